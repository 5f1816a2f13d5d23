import type { Id } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { type PendingList, pendingList } from "../chat_memory.ts";
import type { ColumnRole } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { showPending } from "../kept_lists.ts";
import { show, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { readColumns, showColumns } from "../table_intake.ts";
import { TABLES } from "../texts_tables.ts";
import { columnChoiceView } from "../views/table_columns.ts";

/** What the columns of a sent table mean, when it could not be guessed for sure. */
export const tablesFeature: Feature = {
  presses: [
    onPress(actions.columns, (ctx, listId) => whilePending(ctx, listId, showColumns)),
    onPress(actions.columnRole, (ctx, listId, role) =>
      whilePending(ctx, listId, () => showChoice(ctx, listId, role)),
    ),
    onPress(actions.columnPick, (ctx, listId, role, index) =>
      whilePending(ctx, listId, () => pick(ctx, { listId, role, index })),
    ),
    onPress(actions.columnsDone, (ctx, listId) => whilePending(ctx, listId, finish)),
  ],
};

async function whilePending(
  ctx: ChatContext,
  listId: Id,
  work: (ctx: ChatContext, listId: Id, pending: PendingList) => Promise<void>,
): Promise<void> {
  const pending = await pendingList.read(ctx);
  if (pending?.listId === listId) return work(ctx, listId, pending);
  await toast(ctx, TABLES.gonePending);
}

async function showChoice(ctx: ChatContext, listId: Id, role: ColumnRole): Promise<void> {
  const { mapping, guess, rows } = await readColumns(ctx, listId);
  await show(ctx, columnChoiceView({ listId, guess, sample: rows[mapping.skipRows] ?? [] }, role));
}

/** One column has one meaning: where another had it, that one is left without. */
async function pick(
  ctx: ChatContext,
  { listId, role, index }: { listId: Id; role: ColumnRole; index: number | null },
): Promise<void> {
  const { mapping } = await readColumns(ctx, listId);
  const free = (other: number | null): number | null => (other === index ? null : other);
  const cleared = {
    ...mapping,
    quantity: free(mapping.quantity),
    unit: free(mapping.unit),
    price: free(mapping.price),
    sum: free(mapping.sum),
  };
  const next =
    role === "name" ? { ...cleared, name: index ?? mapping.name } : { ...cleared, [role]: index };
  await servicesOf(ctx).lists.setMapping(listId, next);
  await showColumns(ctx, listId);
}

async function finish(ctx: ChatContext, listId: Id, pending: PendingList): Promise<void> {
  const { mapping, guess } = await readColumns(ctx, listId);
  await servicesOf(ctx).lists.rememberMapping(guess.headerKey, mapping);
  await showPending(ctx, pending);
}
