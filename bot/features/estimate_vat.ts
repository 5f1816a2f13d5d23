import type { InlineKeyboardButton } from "grammy/types";
import type { EstimateCard } from "../../domain/services.ts";
import { VAT_RATES, type VatMode, vatPercent } from "../../domain/vat.ts";
import { actions } from "../actions.ts";
import { vatChoice, vatModeOf } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs } from "../keyboards.ts";
import { type Feature, onPress } from "../routes.ts";
import { TERMS } from "../texts_terms.ts";
import { showEstimate, showEstimateMenu } from "../views/estimate_card.ts";
import { setHeader } from "./estimate_header.ts";

/** The VAT of one estimate; the company's own mode stands in the settings. */
export const estimateVatFeature: Feature = {
  presses: [
    onPress(actions.vatMenu, async (ctx, id) => {
      await showMenu(ctx, await servicesOf(ctx).estimates.card(id));
    }),
    onPress(actions.vatSet, async (ctx, id, version, choice) => {
      await setHeader(ctx, id, version, { vat: vatModeOf(choice) });
      await showEstimate(ctx, id);
    }),
  ],
};

async function showMenu(ctx: ChatContext, card: EstimateCard): Promise<void> {
  const { id, version, date } = card;
  const button = (label: string, mode: VatMode): InlineKeyboardButton =>
    actions.vatSet.button(label, id, version, vatChoice(mode));
  const rates = VAT_RATES.flatMap((rate) => {
    const percent = `${vatPercent(rate, date)}\u00a0%`;
    return [
      button(`${percent} ${TERMS.onTop}`, { kind: "on_top", rate }),
      button(`${percent} ${TERMS.included}`, { kind: "included", rate }),
    ];
  });
  const none = button(TERMS.noVat, await groundOfNone(ctx, card));
  await showEstimateMenu(ctx, card, [[none], ...inPairs(rates)]);
}

/** The legal ground that stands in the document: the estimate's own, else the company's, else УСН. */
async function groundOfNone(ctx: ChatContext, { vat, date }: EstimateCard): Promise<VatMode> {
  if (vat.kind === "none") return vat;
  const mode = await servicesOf(ctx).company.vatModeOn(date);
  return mode.kind === "none" ? mode : { kind: "none", ground: "usn" };
}
