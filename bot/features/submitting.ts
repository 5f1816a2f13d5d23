import type { Audience } from "../../domain/agreement.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import type { Problem } from "../../domain/estimate/preflight.ts";
import type { Id } from "../../domain/ids.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { showCard, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { AGREEMENT, AGREEMENT_BUTTONS, problemsText } from "../texts_agreement.ts";
import { BACK, TOASTS } from "../texts_common.ts";
import { openButton, showEstimate, showEstimateCard, thingOf } from "../views/estimate_card.ts";
import { tellLate } from "../views/revisions.ts";
import { sendLink } from "./sharing.ts";

/** «📤 На согласование»: the check, to whom, and off it goes. */
export const submittingFeature: Feature = {
  presses: [
    onPress(actions.estimateSubmit, begin),
    onPress(actions.estimateSendAnyway, async (ctx, id, version) => {
      const card = await servicesOf(ctx).estimates.card(id);
      if (card.version !== version || !canBeSent(card)) return begin(ctx, id);
      await askWhom(ctx, card, { isSure: true });
    }),
    onPress(actions.estimateSendTo, (ctx, id, version, audience) =>
      send(ctx, id, { version, audience, acceptWarnings: false }),
    ),
    onPress(actions.estimateSendAnywayTo, (ctx, id, version, audience) =>
      send(ctx, id, { version, audience, acceptWarnings: true }),
    ),
  ],
};

async function begin(ctx: ChatContext, id: Id): Promise<void> {
  const { estimates, agreement } = servicesOf(ctx);
  const card = await estimates.card(id);
  if (!canBeSent(card)) return showEstimateCard(ctx, card);
  const problems = await agreement.check(id);
  if (problems.length > 0) return showProblems(ctx, card, problems);
  await askWhom(ctx, card, { isSure: false });
}

function canBeSent({ isRemoved, status }: EstimateCard): boolean {
  return !isRemoved && isEditable(status);
}

async function showProblems(
  ctx: ChatContext,
  card: EstimateCard,
  problems: readonly Problem[],
): Promise<void> {
  const isBlocked = problems.some(({ isBlocking }) => isBlocking);
  const rows = [
    [
      isBlocked
        ? openButton(ctx, card.id)
        : actions.estimateSendAnyway.button(AGREEMENT_BUTTONS.anyway, card.id, card.version),
    ],
    [actions.estimateCard.button(BACK, card.id)],
  ];
  await showCard(ctx, { text: problemsText(card.number, problems), rows }, thingOf(card.id));
}

async function askWhom(
  ctx: ChatContext,
  card: EstimateCard,
  { isSure }: { isSure: boolean },
): Promise<void> {
  const { id, version } = card;
  const action = isSure ? actions.estimateSendAnywayTo : actions.estimateSendTo;
  const button = (label: string, audience: Audience) => action.button(label, id, version, audience);
  const rows = [
    [button(AGREEMENT_BUTTONS.toManager, "manager"), button(AGREEMENT_BUTTONS.toClient, "client")],
    [actions.estimateCard.button(BACK, id)],
  ];
  await showCard(ctx, { text: AGREEMENT.whom(card.number), rows }, thingOf(id));
}

async function send(
  ctx: ChatContext,
  id: Id,
  request: { version: number; audience: Audience; acceptWarnings: boolean },
): Promise<void> {
  const { audience } = request;
  // Before anything is frozen: without an address the client could never open the link.
  if (audience === "client" && ctx.tools.config.publicUrl === null) {
    return toast(ctx, AGREEMENT.noAddress);
  }
  const { agreement, estimates } = servicesOf(ctx);
  const result = await agreement.submit(id, request);
  switch (result.outcome) {
    case "problems":
      return showProblems(ctx, await estimates.card(id), result.problems);
    case "changed":
      await toast(ctx, TOASTS.changed);
      return showEstimate(ctx, id);
    case "late":
      if (result.revision) await tellLate(ctx, result.revision);
      return showEstimate(ctx, id);
    case "submitted": {
      const { number } = result.revision;
      const isClient = audience === "client";
      await toast(ctx, isClient ? AGREEMENT.sentToClient : AGREEMENT.sentToManager(number));
      await showEstimate(ctx, id);
      if (isClient) await sendLink(ctx, id);
      return;
    }
    default:
      return result satisfies never;
  }
}
