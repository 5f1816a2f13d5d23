import { z } from "zod";
import type { Sql, Transaction } from "./client.ts";

const positionRow = z.object({ position: z.coerce.bigint().nullable() });

/** How far the log of a primary is written, in bytes. */
export async function readWrittenPosition(primary: Sql): Promise<bigint> {
  const [row] = await primary`
    select (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as position
  `;
  return positionRow.parse(row).position ?? 0n;
}

/** How far a replica has replayed its primary's log, in bytes. Null: it is no replica. */
export async function readReplayedPosition(replica: Sql): Promise<bigint | null> {
  const [row] = await replica`
    select (pg_last_wal_replay_lsn() - '0/0'::pg_lsn)::text as position
  `;
  return positionRow.parse(row).position;
}

const writtenRow = z.object({ has_written: z.boolean() });

/** Whether this transaction has changed anything so far. */
export async function hasWritten(tx: Transaction): Promise<boolean> {
  const [row] = await tx`
    select pg_current_xact_id_if_assigned() is not null as has_written
  `;
  return writtenRow.parse(row).has_written;
}
