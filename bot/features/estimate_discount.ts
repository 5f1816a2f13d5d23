import { z } from "zod";
import type { Discount } from "../../domain/estimate/estimate.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { kopecks, MAX_KOPECKS } from "../../domain/money.ts";
import { explainNumberProblem } from "../../domain/number_sentences.ts";
import { parseMoneyRu, parsePercentRu } from "../../domain/numbers_ru.ts";
import { type Percent, PERCENT_HUNDRED, PERCENT_ONE } from "../../domain/percent.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { DISCOUNTS } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion, type Reading } from "../conversations/question.ts";
import { inPairs } from "../keyboards.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { TERMS } from "../texts_terms.ts";
import { showEstimate, showEstimateMenu } from "../views/estimate_card.ts";
import { setHeader } from "./estimate_header.ts";

const SHARE_LIMITS = { minimum: 0n as Percent, maximum: PERCENT_HUNDRED };
const SUM_LIMITS = { minimum: kopecks(1n), maximum: MAX_KOPECKS };

const discountQuestion = defineQuestion({
  step: "estimate.discount",
  params: z.strictObject({ estimateId: idSchema }),
  expects: TERMS.discountExpected,
  prompt: () => ({ text: TERMS.askDiscount }),
  read: (ctx) => {
    const field = readField(ctx);
    return field?.ok ? readDiscount(field.value) : field;
  },
  handle: async (ctx, { estimateId }, discount) => {
    await setHeader(ctx, estimateId, null, { discount });
    await showEstimate(ctx, estimateId);
  },
  cancel: (ctx, { estimateId }) => showEstimate(ctx, estimateId),
});

export const estimateDiscountFeature: Feature = {
  questions: [discountQuestion],
  presses: [
    onPress(actions.discountMenu, async (ctx, id) => showMenu(ctx, await cardOf(ctx, id))),
    onPress(actions.discountSet, async (ctx, id, version, percent) => {
      const { discount } = await cardOf(ctx, id);
      await setHeader(ctx, id, version, { discount: percentDiscount(percent, discount) });
      await showEstimate(ctx, id);
    }),
    onPress(actions.discountBase, async (ctx, id, version) => {
      const { discount } = await cardOf(ctx, id);
      if (discount) {
        const base = discount.base === "all" ? "works" : "all";
        await setHeader(ctx, id, version, { discount: { ...discount, base } });
      }
      await showEstimate(ctx, id);
    }),
    onPress(actions.discountAsk, (ctx, estimateId) => ask(ctx, discountQuestion, { estimateId })),
  ],
};

function cardOf(ctx: ChatContext, id: Id): Promise<EstimateCard> {
  return servicesOf(ctx).estimates.card(id);
}

async function showMenu(ctx: ChatContext, card: EstimateCard): Promise<void> {
  const { id, version, discount } = card;
  const fixed = DISCOUNTS.filter((percent) => percent !== "0").map((percent) =>
    actions.discountSet.button(`${percent}\u00a0%`, id, version, percent),
  );
  const present = discount
    ? [
        actions.discountBase.button(
          discount.base === "all" ? TERMS.onWorks : TERMS.onAll,
          id,
          version,
        ),
        actions.discountSet.button(TERMS.noDiscount, id, version, "0"),
      ]
    : [];
  const other = actions.discountAsk.button(TERMS.otherDiscount, id);
  await showEstimateMenu(ctx, card, inPairs([...fixed, other, ...present]));
}

function percentDiscount(percent: string, before: Discount | null): Discount | null {
  if (percent === "0") return null;
  const share = (BigInt(percent) * PERCENT_ONE) as Percent;
  return { kind: "percent", percent: share, base: before?.base ?? "all" };
}

/** «10 %», «5 000 ₽», «10 % на работы». A small bare number could be both, so it is asked again. */
export function readDiscount(text: string): Reading<Discount> {
  const onWorks = /\s*(?:на|с|от)\s+работ\p{L}*$/iu;
  const base = onWorks.test(text) ? "works" : "all";
  const size = text.replace(onWorks, "").trim();
  if (/[%]|процент/i.test(size)) {
    const read = parsePercentRu(size, SHARE_LIMITS);
    if (read.ok) return { ok: true, value: { kind: "percent", percent: read.value, base } };
    const field = { kind: "percent", limits: SHARE_LIMITS } as const;
    return { ok: false, problem: explainNumberProblem(read.reason, field) };
  }
  const read = parseMoneyRu(size, SUM_LIMITS);
  if (!read.ok) {
    const field = { kind: "money", limits: SUM_LIMITS } as const;
    return { ok: false, problem: explainNumberProblem(read.reason, field) };
  }
  if (read.value <= 10_000n && !/[₽а-я]/i.test(size)) {
    return { ok: false, problem: TERMS.percentOrRoubles };
  }
  return { ok: true, value: { kind: "amount", amount: read.value, base } };
}
