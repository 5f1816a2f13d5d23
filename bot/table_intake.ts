import type { Id } from "../domain/ids.ts";
import type { ColumnMapping } from "../domain/services.ts";
import { type ListPlace, pendingList } from "./chat_memory.ts";
import { type ChatContext, chatIdOf, servicesOf } from "./context.ts";
import { rich } from "./html.ts";
import { rowsOfKept, showNewPending } from "./kept_lists.ts";
import { say, show } from "./messages.ts";
import type { SentFile } from "./reading.ts";
import type { ColumnGuess } from "./tables.ts";
import { TABLES } from "./texts_tables.ts";
import { columnsView } from "./views/table_columns.ts";

/** Telegram lets a bot take files of up to 20 MB. */
const MAX_FILE = 20_000_000;

/** What is taken for granted until a person says otherwise. */
const FIRST_COLUMN: ColumnMapping = {
  name: 0,
  unit: null,
  quantity: null,
  price: null,
  sum: null,
  code: null,
  skipRows: 0,
};

/** Reads a spreadsheet; asks about its columns only when they are not clear. */
export async function receiveTable(
  ctx: ChatContext,
  place: ListPlace,
  file: SentFile,
): Promise<void> {
  if (file.size > MAX_FILE) return refuse(ctx, TABLES.tooBig);
  await ctx.api.sendChatAction(chatIdOf(ctx), "typing");
  const download = await ctx.tools.download(file.fileId);
  if (download.outcome !== "bytes") {
    return refuse(ctx, download.outcome === "too_big" ? TABLES.tooBig : TABLES.gone);
  }
  const table = await ctx.tools.tables.read(download.bytes);
  if (!table.ok) return refuse(ctx, table.problem);

  const { lists } = servicesOf(ctx);
  const rows = table.rows.map((row) => row.map((cell) => cell.replace(/[\t\r\n]+/g, " ")));
  const guess = ctx.tools.tables.guessColumns(rows);
  const remembered = await lists.rememberedMapping(guess.headerKey);
  const listId = await lists.keep({
    text: rows.map((row) => row.join("\t")).join("\n"),
    fileName: file.name,
    mapping: remembered ?? guess.mapping ?? FIRST_COLUMN,
  });
  const pending = {
    listId,
    place,
    messageId: null,
    sourceId: null,
    sentAt: ctx.message?.date ?? 0,
  };
  if (remembered !== null || guess.isSure) return showNewPending(ctx, pending);
  await pendingList.write(ctx, pending);
  return showColumns(ctx, listId);
}

/** The columns as they are understood, each with a button to correct it. */
export async function showColumns(ctx: ChatContext, listId: Id): Promise<void> {
  const { mapping, guess, rows } = await readColumns(ctx, listId);
  await show(ctx, columnsView({ listId, mapping, guess, sample: rows[mapping.skipRows] ?? [] }));
}

export async function readColumns(
  ctx: ChatContext,
  listId: Id,
): Promise<{ mapping: ColumnMapping; guess: ColumnGuess; rows: string[][] }> {
  const { text, mapping } = await servicesOf(ctx).lists.read(listId);
  const rows = rowsOfKept(text);
  return { mapping: mapping ?? FIRST_COLUMN, guess: ctx.tools.tables.guessColumns(rows), rows };
}

async function refuse(ctx: ChatContext, problem: string): Promise<void> {
  await say(ctx, { text: rich`${problem}` });
}
