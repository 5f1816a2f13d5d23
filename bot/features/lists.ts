import { z } from "zod";
import type { ParsedEstimate } from "../../domain/quick_add/types.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { type ListPlace, type PendingList, pendingList } from "../chat_memory.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask, askBelow } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { join } from "../html.ts";
import { readKeptLines, readKeptPrices } from "../kept_lists.ts";
import { readSentList, receiveList } from "../list_intake.ts";
import { dropButtons, show, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { LISTS } from "../texts_lists.ts";
import { NEW_ESTIMATE } from "../texts_new_estimate.ts";
import { listedSections } from "../../domain/listed_sections.ts";
import { showEstimate, showEstimateCard } from "../views/estimate_card.ts";
import { askProjectForList } from "./new_estimate.ts";

const linesQuestion = defineQuestion({
  step: "estimate.lines",
  params: z.strictObject({ estimateId: idSchema }),
  expects: NEW_ESTIMATE.linesExpected,
  prompt: () => ({ text: join([NEW_ESTIMATE.askLines, NEW_ESTIMATE.linesHint]) }),
  read: readSentList,
  handle: (ctx, { estimateId }, list) => receiveList(ctx, { kind: "estimate", estimateId }, list),
  cancel: (ctx, { estimateId }) => showEstimate(ctx, estimateId),
});

/** «✏️ Исправить»: the list that comes next takes the place of the one that waits. */
const againQuestion = defineQuestion({
  step: "list.again",
  params: z.strictObject({}),
  expects: NEW_ESTIMATE.linesExpected,
  prompt: () => ({ text: LISTS.askAgain }),
  read: readSentList,
  handle: async (ctx, _params, list) => {
    const pending = await pendingList.read(ctx);
    await receiveList(ctx, pending?.place ?? { kind: "unknown" }, list);
  },
});

/** Lists of lines: the preview's buttons. */
export const listsFeature: Feature = {
  questions: [linesQuestion, againQuestion],
  presses: [
    onPress(actions.estimateLines, async (ctx, estimateId) => {
      await servicesOf(ctx).estimates.card(estimateId);
      await ask(ctx, linesQuestion, { estimateId });
    }),
    onPress(actions.listAdd, (ctx, listId) => withPending(ctx, listId, addPending)),
    onPress(actions.listCreate, createFromOffer),
    onPress(actions.listFix, (ctx, listId) =>
      withPending(ctx, listId, async () => {
        await dropPressed(ctx);
        await askBelow(ctx, againQuestion, {});
      }),
    ),
    onPress(actions.listDrop, (ctx, listId) => withPending(ctx, listId, dropPending)),
  ],
};

/** The list waits once: whoever presses twice, or on an older preview, is told so. */
async function withPending(
  ctx: ChatContext,
  listId: Id,
  work: (ctx: ChatContext, pending: PendingList) => Promise<void>,
): Promise<void> {
  const pending = await pendingList.read(ctx);
  if (pending?.listId === listId) return work(ctx, pending);
  await toast(ctx, LISTS.gone);
}

/** Every offer keeps its button, also when another list was sent since. */
async function createFromOffer(ctx: ChatContext, listId: Id): Promise<void> {
  const pending = await pendingList.read(ctx);
  if (pending?.listId !== listId) {
    await servicesOf(ctx).lists.read(listId);
    const messageId = ctx.callbackQuery?.message?.message_id ?? null;
    await pendingList.write(ctx, {
      listId,
      place: { kind: "unknown" },
      messageId,
      sourceId: null,
      sentAt: 0,
    });
  }
  await askProjectForList(ctx);
}

async function addPending(ctx: ChatContext, pending: PendingList): Promise<void> {
  await pendingList.forget(ctx);
  await ctx.conversation.exitAll();
  if (pending.place.kind === "catalogue") return loadPrices(ctx, pending.listId);
  const { parsed, isTable } = await readKeptLines(ctx, pending.listId);
  const card = await estimateFor(ctx, pending.place, parsed);
  const added = await servicesOf(ctx).estimates.addList(card.id, listedSections(parsed), {
    source: isTable ? "import" : "bot",
  });
  await toast(ctx, LISTS.added(added.added, added.unpriced));
  await showEstimate(ctx, card.id);
}

async function loadPrices(ctx: ChatContext, listId: Id): Promise<void> {
  const { items } = await readKeptPrices(ctx, listId);
  const { added, updated } = await servicesOf(ctx).catalogue.importItems(items);
  await show(ctx, { text: LISTS.loaded(added, updated) });
}

function estimateFor(
  ctx: ChatContext,
  place: Exclude<ListPlace, { kind: "catalogue" }>,
  { title }: ParsedEstimate,
): Promise<EstimateCard> {
  const { estimates } = servicesOf(ctx);
  if (place.kind === "estimate") return estimates.card(place.estimateId);
  const { projectId, clientId } =
    place.kind === "new" ? place : { projectId: null, clientId: null };
  return estimates.create({ projectId, clientId, ...(title === null ? {} : { title }) });
}

async function dropPending(ctx: ChatContext, { place }: PendingList): Promise<void> {
  await pendingList.forget(ctx);
  await ctx.conversation.exitAll();
  if (place.kind === "estimate") {
    const card = await servicesOf(ctx).estimates.card(place.estimateId);
    return showEstimateCard(ctx, card);
  }
  await show(ctx, { text: LISTS.dropped });
}

async function dropPressed(ctx: ChatContext): Promise<void> {
  const pressed = ctx.callbackQuery?.message?.message_id;
  if (pressed !== undefined) await dropButtons(ctx, pressed);
}
