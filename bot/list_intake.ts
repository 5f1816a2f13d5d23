import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import type { ParsedEstimate } from "../domain/quick_add/types.ts";
import { type ListPlace, pendingList } from "./chat_memory.ts";
import { type ChatContext, servicesOf } from "./context.ts";
import type { Reading } from "./conversations/question.ts";
import { showNewPending, showPendingInPlace } from "./kept_lists.ts";
import { readFile, readText, type SentFile } from "./reading.ts";
import { receiveTable } from "./table_intake.ts";
import { previewView, readPreviewFacts } from "./views/list_preview.ts";

/** A list of works and materials as it came. */
export type SentList =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "file"; readonly file: SentFile };

/** Parts of one long paste arrive within moments; Telegram cuts them at 4 096 characters. */
const PARTS_ARRIVE_WITHIN = 60; // seconds
const LONG_PART = 3000; // characters

export function readSentList(ctx: ChatContext): Reading<SentList> {
  const file = readFile(ctx);
  if (file) return { ok: true, value: { kind: "file", file } };
  const text = readText(ctx);
  return text === null ? null : { ok: true, value: { kind: "text", text } };
}

/** Keeps the list and shows what was understood. Nothing is added before «✅ Добавить». */
export async function receiveList(
  ctx: ChatContext,
  place: ListPlace,
  list: SentList,
): Promise<void> {
  if (list.kind === "file") return receiveTable(ctx, place, list.file);
  return receiveText(ctx, place, { text: list.text, parsed: parseQuickAdd(list.text) });
}

/** `receiveList` of a text that was read already. */
export async function receiveText(
  ctx: ChatContext,
  place: ListPlace,
  { text, parsed }: { readonly text: string; readonly parsed: ParsedEstimate },
): Promise<void> {
  // Both travel in one packet.
  const [listId, facts] = await Promise.all([
    servicesOf(ctx).lists.keep({ text, fileName: null, mapping: null }),
    place.kind === "catalogue" ? null : readPreviewFacts(ctx, place, parsed),
  ]);
  const pending = {
    listId,
    place,
    messageId: null,
    sourceId: ctx.msgId ?? null,
    sentAt: ctx.msg?.date ?? 0,
  };
  if (facts === null) return showNewPending(ctx, pending);
  return showNewPending(ctx, pending, previewView(pending, parsed, facts));
}

/**
 * The next part of a list that was too long for one message: joined to the first. False when the text
 * is something else.
 */
export async function joinNextPart(ctx: ChatContext, looksLikeList: boolean): Promise<boolean> {
  const text = readText(ctx);
  const pending = await pendingList.read(ctx);
  if (!pending || text === null || pending.place.kind === "catalogue") return false;
  const { lists } = servicesOf(ctx);
  const age = (ctx.message?.date ?? 0) - pending.sentAt;
  if (age > PARTS_ARRIVE_WITHIN) return false;
  const first = await lists.read(pending.listId);
  if (first.mapping !== null || !(looksLikeList || first.text.length > LONG_PART)) return false;
  const listId = await lists.keep({ ...first, text: `${first.text}\n${text}` });
  await showNewPending(ctx, {
    listId,
    place: pending.place,
    messageId: null,
    // An edit of one part can't be told from the whole any more.
    sourceId: null,
    sentAt: ctx.message?.date ?? 0,
  });
  return true;
}

/** The person corrected the message with the list: it is read again. False when it is another message. */
export async function rereadEdited(ctx: ChatContext): Promise<boolean> {
  const message = ctx.editedMessage;
  const pending = await pendingList.read(ctx);
  if (!message?.text || !pending || pending.sourceId !== message.message_id) return false;
  const listId = await servicesOf(ctx).lists.keep({
    text: message.text,
    fileName: null,
    mapping: null,
  });
  await showPendingInPlace(ctx, { ...pending, listId });
  return true;
}
