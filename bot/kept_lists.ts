import { parseQuickAdd } from "../domain/quick_add/quick_add.ts";
import type { ParsedEstimate } from "../domain/quick_add/types.ts";
import type { Id } from "../domain/ids.ts";
import { pricesOfLines } from "./catalogue_input.ts";
import { type PendingList, pendingList } from "./chat_memory.ts";
import { type ChatContext, servicesOf } from "./context.ts";
import { dropButtons, edit, show, type View } from "./messages.ts";
import type { ReadPrices } from "./tables.ts";
import { cataloguePreview } from "./views/catalogue_preview.ts";
import { previewView, readPreviewFacts } from "./views/list_preview.ts";

/** A list that was kept, read anew: the parser is fast, and rows hold only what was sent. */
export interface KeptLines {
  readonly parsed: ParsedEstimate;
  readonly isTable: boolean;
}

export async function readKeptLines(ctx: ChatContext, listId: Id): Promise<KeptLines> {
  const { text, mapping } = await servicesOf(ctx).lists.read(listId);
  if (mapping === null) return { parsed: parseQuickAdd(text), isTable: false };
  return { parsed: ctx.tools.tables.readLines(rowsOfKept(text), mapping), isTable: true };
}

export async function readKeptPrices(ctx: ChatContext, listId: Id): Promise<ReadPrices> {
  const { text, mapping } = await servicesOf(ctx).lists.read(listId);
  return mapping === null
    ? pricesOfLines(parseQuickAdd(text))
    : ctx.tools.tables.readPrices(rowsOfKept(text), mapping);
}

/** A table is kept as tab-separated text. */
export function rowsOfKept(text: string): string[][] {
  return text.split("\n").map((row) => row.split("\t"));
}

/**
 * A preview below what was sent. The one before loses its buttons, unless it was an offer: each offered
 * list can still become an estimate of its own.
 * @param ready the preview, where it was made already
 */
export async function showNewPending(
  ctx: ChatContext,
  pending: PendingList,
  ready?: View,
): Promise<void> {
  const before = await pendingList.read(ctx);
  const view = ready ?? (await viewOf(ctx, pending));
  await keepShown(ctx, pending, await show(ctx, view));
  if (before && before.messageId !== null && !isSeparateOffer(before, pending)) {
    await dropButtons(ctx, before.messageId);
  }
}

function isSeparateOffer(before: PendingList, next: PendingList): boolean {
  return before.place.kind === "unknown" && next.sourceId !== null;
}

/** Shows the list that waits, in place at a press. */
export async function showPending(ctx: ChatContext, pending: PendingList): Promise<void> {
  await keepShown(ctx, pending, await show(ctx, await viewOf(ctx, pending)));
}

/** Shows it where its preview already stands. */
export async function showPendingInPlace(ctx: ChatContext, pending: PendingList): Promise<void> {
  const view = await viewOf(ctx, pending);
  const { messageId } = pending;
  if (messageId !== null && (await edit(ctx, messageId, view))) {
    return keepShown(ctx, pending, messageId);
  }
  await keepShown(ctx, pending, await show(ctx, view));
}

async function viewOf(ctx: ChatContext, pending: PendingList): Promise<View> {
  const { listId, place } = pending;
  if (place.kind === "catalogue")
    return cataloguePreview(listId, await readKeptPrices(ctx, listId));
  const { parsed } = await readKeptLines(ctx, listId);
  return previewView(pending, parsed, await readPreviewFacts(ctx, place, parsed));
}

function keepShown(
  ctx: ChatContext,
  pending: PendingList,
  messageId: number | null,
): Promise<void> {
  return pendingList.write(ctx, { ...pending, messageId });
}
