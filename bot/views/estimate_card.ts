import type { InlineKeyboardButton } from "grammy/types";
import { packId, type Id } from "../../domain/ids.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs } from "../keyboards.ts";
import { join, rich } from "../html.ts";
import { type Rows, showCard, type View } from "../messages.ts";
import { BACK } from "../texts_common.ts";
import { BROWSER_LOGIN } from "../texts_settings.ts";
import { cardText, ESTIMATE_BUTTONS, ESTIMATES } from "../texts_estimates.ts";
import { CONTRACT_BUTTONS, contractLines, extraLines } from "../texts_contracts.ts";
import { decisionRows, revisionLine } from "./revisions.ts";

/** Shows an estimate as it is now, in place at a press. */
export async function showEstimate(ctx: ChatContext, id: Id): Promise<void> {
  await showEstimateCard(ctx, await servicesOf(ctx).estimates.card(id));
}

export async function showEstimateCard(ctx: ChatContext, card: EstimateCard): Promise<void> {
  await showCard(ctx, await estimateView(ctx, card), thingOf(card.id));
}

/** The card with other buttons: a menu of it. */
export async function showEstimateMenu(
  ctx: ChatContext,
  card: EstimateCard,
  rows: Rows,
): Promise<void> {
  const back = [actions.estimateCard.button(BACK, card.id)];
  const view = { text: cardText(card), rows: [...rows, back] };
  await showCard(ctx, card.isRemoved ? removedView(card) : view, thingOf(card.id));
}

export function thingOf(id: Id): string {
  return `e.${packId(id)}`;
}

async function estimateView(ctx: ChatContext, card: EstimateCard): Promise<View> {
  if (card.isRemoved) return removedView(card);
  const { id } = card;
  const documents = [
    actions.estimateDocument.button(ESTIMATE_BUTTONS.pdf, id, "pdf"),
    actions.estimateDocument.button(ESTIMATE_BUTTONS.xlsx, id, "xlsx"),
  ];
  const more = actions.estimateMore.button(ESTIMATE_BUTTONS.more, id);
  if (!isEditable(card.status)) return frozenView(ctx, card, [documents, [more]]);
  const extra = await extraParts(ctx, card);
  return {
    text: join([cardText(card), extra.text]),
    rows: [
      ...(extra.rows ?? []),
      [openButton(ctx, id), actions.estimateLines.button(ESTIMATE_BUTTONS.lines, id)],
      documents,
      [actions.estimateSubmit.button(ESTIMATE_BUTTONS.submit, id), more],
    ],
  };
}

/** Nothing here changes the content: what is frozen is decided about, replaced, or read. */
async function frozenView(ctx: ChatContext, card: EstimateCard, rows: Rows): Promise<View> {
  const revision = await servicesOf(ctx).agreement.current(card.id);
  const open = [openButton(ctx, card.id)];
  const after = await contractParts(ctx, card);
  if (!revision) return { text: cardText(card), rows: [open, ...rows] };
  return {
    text: join([cardText(card), after.text, await revisionLine(ctx, revision)]),
    rows: [...decisionRows(ctx, revision), ...(after.rows ?? []), open, ...rows],
  };
}

/** Whose extra work it is, why, and what shows it. */
async function extraParts(ctx: ChatContext, card: EstimateCard): Promise<View> {
  const details = card.parentId === null ? null : await servicesOf(ctx).extras.details(card.id);
  if (!details) return { text: rich`` };
  const change = isEditable(card.status)
    ? [actions.extraReason.button(CONTRACT_BUTTONS.reason, card.id)]
    : [];
  const drop =
    isEditable(card.status) && details.photos.length > 0
      ? [actions.extraDropPhotos.button(CONTRACT_BUTTONS.dropPhotos, card.id)]
      : [];
  const parent = [actions.estimateCard.button(CONTRACT_BUTTONS.parent, details.parent.id)];
  return { text: extraLines(details), rows: [...inPairs([...change, ...drop]), parent] };
}

/** What follows an approval: extra work, acts, payments. */
async function contractParts(ctx: ChatContext, card: EstimateCard): Promise<View> {
  if (card.parentId !== null) return extraParts(ctx, card);
  const contract = await servicesOf(ctx).extras.contract(card.id);
  if (!contract) return { text: rich`` };
  const { id } = card;
  const acts = actions.acts.button(CONTRACT_BUTTONS.acts, id);
  const first =
    card.status === "approved" ? [actions.extras.button(CONTRACT_BUTTONS.extra, id), acts] : [acts];
  const payments = [actions.payments.button(CONTRACT_BUTTONS.payments, id)];
  return { text: contractLines(contract), rows: [first, payments] };
}

function removedView(card: EstimateCard): View {
  return {
    text: ESTIMATES.removed(card.number),
    rows: [[actions.estimateRestore.button(ESTIMATE_BUTTONS.restore, card.id)]],
  };
}

/** «⋯ Ещё»: what is needed less often. */
export function moreRows(card: EstimateCard): Rows {
  const { id } = card;
  const terms = isEditable(card.status)
    ? [
        actions.discountMenu.button(ESTIMATE_BUTTONS.discount, id),
        actions.vatMenu.button(ESTIMATE_BUTTONS.vat, id),
        actions.clientMenu.button(ESTIMATE_BUTTONS.client, id, null),
      ]
    : [];
  const removal = isEditable(card.status)
    ? [actions.estimateRemove.button(ESTIMATE_BUTTONS.remove, id)]
    : [];
  return inPairs([
    actions.estimateCopy.button(ESTIMATE_BUTTONS.copy, id),
    ...terms,
    actions.estimateHistory.button(ESTIMATE_BUTTONS.history, id),
    actions.estimateShare.button(ESTIMATE_BUTTONS.share, id),
    actions.browserLogin.button(BROWSER_LOGIN.button, id),
    actions.estimateList.button(ESTIMATE_BUTTONS.all, null, "all"),
    ...removal,
  ]);
}

/** Without a Mini App the lines are shown in the chat. */
export function openButton({ tools }: ChatContext, id: Id): InlineKeyboardButton {
  if (tools.miniAppUrl === null) return actions.estimateOpen.button(ESTIMATE_BUTTONS.open, id, 0);
  return { text: ESTIMATE_BUTTONS.open, web_app: { url: miniAppLink(tools.miniAppUrl, id) } };
}

/** The Mini App at an estimate: the same name of parameter as in the deep link `startapp=e_…`. */
export function miniAppLink(miniAppUrl: string, id: Id): string {
  const url = new URL(miniAppUrl);
  url.searchParams.set("tgWebAppStartParam", startParamOf(id));
  return url.href;
}

/** What the app opens at an estimate by: as `startapp=e_…` of a deep link. */
export function startParamOf(id: Id): string {
  return `e_${packId(id)}`;
}
