import type { Readable, Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { once } from "node:events";
import { z } from "zod";
import { quote } from "./backup.ts";
import {
  backupEnd,
  type BackupHead,
  backupHead,
  type BackupTable,
  backupTable,
  ROWS_END,
} from "./backup_format.ts";
import type { Sql, Transaction } from "./client.ts";
import { allowLongTransaction } from "./pools.ts";
import { inTransaction } from "./transactions.ts";
import { StartupError } from "./startup_error.ts";

/** The lines of a backup, read one after the other. */
export interface BackupReader {
  readonly head: BackupHead;
  readonly lines: AsyncIterator<string>;
}

export async function openBackup(source: Readable): Promise<BackupReader> {
  const lines = readLines(source);
  const head = backupHead.safeParse(parse(await nextLine(lines)));
  if (head.success) return { head: head.data, lines };
  throw new StartupError("broken", "Это не резервная копия Смётки, или она повреждена.");
}

/** Throws a StartupError when the database has data already, or tables of another version than the backup's. */
export async function demandEmpty(sql: Sql, { migrations }: BackupHead): Promise<void> {
  const [row] = await sql`
    select to_regclass('public.schema_migrations') is not null as exists
  `;
  if (row?.["exists"] !== true) return;
  const found = await sql`select 1 from companies limit 1`;
  const applied = await sql`select name from schema_migrations order by id`;
  const isSame = migrations.join() === applied.map(({ name }) => String(name)).join();
  if (isSame && found.length === 0) return;
  throw new StartupError(
    "in_use",
    "В этой базе данных уже есть данные. Восстановление идёт только в пустую: создайте новую и укажите её в DATABASE_URL.",
  );
}

/**
 * Fills the empty tables that the backup's own migrations made; all of it or nothing. Foreign keys are
 * taken off meanwhile and checked as a whole at the end. Returns the number of rows by table.
 */
export async function restoreRows(
  sql: Sql,
  { lines }: BackupReader,
): Promise<Readonly<Record<string, number>>> {
  return inTransaction(sql, async (tx) => {
    await tx`set local statement_timeout = 0`;
    await allowLongTransaction(tx);
    const keys = await takeOffForeignKeys(tx);
    const counts: Record<string, number> = {};
    for (;;) {
      const line = parse(await nextLine(lines));
      const end = backupEnd.safeParse(line);
      if (end.success) {
        if (end.data.end !== Object.keys(counts).length) throw cutOff();
        break;
      }
      const table = backupTable.safeParse(line);
      if (!table.success) throw cutOff();
      counts[`${table.data.schema}.${table.data.table}`] = await restoreTable(
        tx,
        table.data,
        lines,
      );
    }
    for (const { table, name, definition } of keys) {
      await tx.unsafe(`alter table ${table} add constraint ${quote(name)} ${definition}`);
    }
    return counts;
  });
}

async function restoreTable(
  tx: Transaction,
  table: BackupTable,
  lines: AsyncIterator<string>,
): Promise<number> {
  const name = `${quote(table.schema)}.${quote(table.table)}`;
  await makePartitions(tx, table);
  await tx.unsafe(`alter table ${name} disable trigger user`);
  // Rows that migrations put there come with the backup.
  if (table.schema === "public") await tx.unsafe(`delete from ${name}`);
  const columns = table.columns.map(quote).join(", ");
  const target = await tx.unsafe(`copy ${name} (${columns}) from stdin`).writable();
  const rows = await copyRows(lines, target);
  await tx.unsafe(`alter table ${name} enable trigger user`);
  for (const [column, value] of Object.entries(table.sequences)) {
    await tx`select setval(pg_get_serial_sequence(${name}, ${column}), ${value}::bigint)`;
  }
  await forgetTransactions(tx, table);
  return rows;
}

/** As they were; a row of another month would fall into the default one and block it later. */
async function makePartitions(tx: Transaction, table: BackupTable): Promise<void> {
  for (const [part, bound] of Object.entries(table.partitions)) {
    if (!/^(DEFAULT$|FOR VALUES )/.test(bound)) throw cutOff();
    const [row] = await tx`select to_regclass(${`public.${quote(part)}`}) is not null as exists`;
    if (row?.["exists"] === true) continue;
    await tx.unsafe(`create table ${quote(part)} partition of ${quote(table.table)} ${bound}`);
    await tx.unsafe(`revoke all on ${quote(part)} from smetka_app`);
  }
}

/** Numbers of transactions belong to the old server: on a new one they would lie in the future. */
async function forgetTransactions(tx: Transaction, table: BackupTable): Promise<void> {
  if (table.schema !== "public") return;
  const columns = await tx`
    select attname
    from pg_attribute
    where attrelid = ${`public.${quote(table.table)}`}::regclass
      and attnum > 0 and not attisdropped and atttypid = 'xid8'::regtype and attgenerated = ''
  `;
  for (const row of columns) {
    const column = quote(String(row["attname"]));
    await tx.unsafe(`alter table ${quote(table.table)} disable trigger user`);
    await tx.unsafe(`update ${quote(table.table)} set ${column} = '0' where ${column} <> '0'`);
    await tx.unsafe(`alter table ${quote(table.table)} enable trigger user`);
  }
}

async function copyRows(lines: AsyncIterator<string>, target: Writable): Promise<number> {
  const ended = finished(target);
  // Heard of below; until then it must not count as nobody's.
  ended.catch(() => undefined);
  try {
    for (let rows = 0; ; rows += 1) {
      const line = await nextLine(lines);
      if (line === ROWS_END) {
        target.end();
        await ended;
        return rows;
      }
      if (!target.write(`${line}\n`)) await Promise.race([once(target, "drain"), ended]);
    }
  } catch (error) {
    // Otherwise the connection waits for more rows, and nothing can be rolled back.
    target.destroy(error instanceof Error ? error : new Error(String(error)));
    throw error;
  }
}

const keyRows = z.array(z.object({ table: z.string(), name: z.string(), definition: z.string() }));

async function takeOffForeignKeys(tx: Transaction) {
  const rows = await tx`
    select
      conrelid::regclass::text as table,
      conname as name,
      pg_get_constraintdef(oid) as definition
    from pg_constraint
    where contype = 'f' and connamespace = 'public'::regnamespace and conparentid = 0
  `;
  const keys = keyRows.parse(rows);
  for (const { table, name } of keys) {
    await tx.unsafe(`alter table ${table} drop constraint ${quote(name)}`);
  }
  return keys;
}

async function nextLine(lines: AsyncIterator<string>): Promise<string> {
  const next = await lines.next();
  if (next.done) throw cutOff();
  return next.value;
}

/** Only the line feed ends a line: names may hold other characters that count as line ends elsewhere. */
async function* readLines(source: Readable): AsyncGenerator<string> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of source) {
    const data = Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = data.indexOf(10); end >= 0; end = data.indexOf(10, start)) {
      yield data.toString("utf8", start, end);
      start = end + 1;
    }
    rest = data.subarray(start);
  }
  // What has no line feed behind it was cut off.
}

function parse(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function cutOff(): StartupError {
  return new StartupError(
    "broken",
    "Резервная копия повреждена или обрывается. В базу ничего не записано.",
  );
}
