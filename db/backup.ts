import { once } from "node:events";
import type { Writable } from "node:stream";
import { z } from "zod";
import { type BackupHead, type BackupTable, ROWS_END } from "./backup_format.ts";
import type { Queryable, Sql } from "./client.ts";

/** Jobs that are done need no second life. */
const UNFINISHED_JOBS = `state in ('created', 'retry', 'active', 'failed')`;
/** The schema of pg-boss is its own business: only jobs are kept, and it makes its tables itself. */
const JOBS = { schema: "pgboss", table: "job" } as const;
const MIGRATIONS = "schema_migrations";

/**
 * Writes the whole content of the database as of one moment, while everybody goes on working, as lines of
 * the form of `backup_format.ts`; does not end `target`. Runs as the owner of the tables. The keys of CRM
 * connections stay encrypted: they need the same SECRET_KEY again.
 */
export async function writeBackup(sql: Sql, target: Writable, now: Date): Promise<void> {
  const write = async (chunk: string | Uint8Array) => {
    if (!target.write(chunk)) await once(target, "drain");
  };
  await sql.begin("isolation level repeatable read read only", async (tx) => {
    // A big table takes longer than any query of a person may.
    await tx`set local statement_timeout = 0`;
    const head: BackupHead = {
      format: "smetka backup",
      version: 1,
      createdAt: now.toISOString(),
      migrations: await listMigrations(tx),
    };
    await write(`${JSON.stringify(head)}\n`);
    const tables = await listTables(tx);
    for (const table of tables) {
      await write(`${JSON.stringify(table)}\n`);
      const rows = await tx.unsafe(copyStatement(table)).readable();
      for await (const chunk of rows) await write(chunk as Uint8Array);
      // postgres.js keeps its socket from reading while more is here than was taken, and goes on when the
      // stream is read again: nobody reads one that has ended, and no answer would ever be heard.
      rows._read(0);
      await write(`${ROWS_END}\n`);
    }
    await write(`${JSON.stringify({ end: tables.length })}\n`);
  });
}

async function listMigrations(sql: Queryable): Promise<[string, ...string[]]> {
  const rows = await sql`
    select name
    from ${sql(MIGRATIONS)}
    order by id
  `;
  return z.tuple([z.string()], z.string()).parse(rows.map((row) => String(row["name"])));
}

const tableRows = z.array(
  z.object({
    schema: z.enum(["public", "pgboss"]),
    table: z.string(),
    columns: z.tuple([z.string()], z.string()),
    sequences: z.record(z.string(), z.string()),
    partitions: z.record(z.string(), z.string()),
  }),
);

async function listTables(sql: Queryable): Promise<BackupTable[]> {
  const rows = await sql`
    select
      pg_namespace.nspname as schema,
      pg_class.relname as table,
      (
        select json_agg(attname order by attnum)
        from pg_attribute
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped and attgenerated = ''
      ) as columns,
      coalesce((
        select json_object_agg(attname, pg_sequence_last_value(sequence.name)::text)
        from pg_attribute
        cross join lateral (
          select pg_get_serial_sequence(pg_class.oid::regclass::text, attname)::regclass as name
        ) as sequence
        where attrelid = pg_class.oid and attnum > 0 and not attisdropped
          and pg_sequence_last_value(sequence.name) is not null
      ), '{}') as sequences,
      coalesce((
        select json_object_agg(part.relname, pg_get_expr(part.relpartbound, part.oid))
        from pg_inherits
        join pg_class as part on part.oid = pg_inherits.inhrelid
        where pg_inherits.inhparent = pg_class.oid and pg_class.relnamespace = 'public'::regnamespace
      ), '{}') as partitions
    from pg_class
    join pg_namespace on pg_namespace.oid = pg_class.relnamespace
    where pg_class.relkind in ('r', 'p')
      and not pg_class.relispartition
      and (
        (pg_namespace.nspname = 'public' and pg_class.relname <> ${MIGRATIONS})
        or (pg_namespace.nspname = ${JOBS.schema} and pg_class.relname = ${JOBS.table})
      )
    order by 1 desc, 2
  `;
  return tableRows.parse(rows);
}

function copyStatement({ schema, table, columns }: BackupTable): string {
  const names = columns.map(quote).join(", ");
  const where = schema === JOBS.schema ? ` where ${UNFINISHED_JOBS}` : "";
  return `copy (select ${names} from ${quote(schema)}.${quote(table)}${where}) to stdout`;
}

/** For `copy`, which takes no parameters. */
export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
