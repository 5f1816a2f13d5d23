import { z } from "zod";
import { ESTIMATE_STATUSES, type EstimateStatus } from "../domain/estimate/status.ts";
import type { Id } from "../domain/ids.ts";
import type { Queryable } from "./client.ts";

/*
 * The outbox of live updates: written by triggers (0006_live.sql), read by every process that has
 * sockets. A reader remembers the snapshot of its last reading. What is new is what that snapshot did
 * not see: the transactions from its `xmax` on and those that were under way. Exact whatever the order
 * of commits, and nothing waits for a long transaction.
 */

/** PostgreSQL's text form of pg_snapshot, "xmin:xmax:xip,xip". */
export type Snapshot = string;

const KINDS = [
  "changes",
  "estimate",
  "document",
  "notifications",
  "crm_sync",
  "signed_out",
  /** Of a newer version of the program, while both run. */
  "unknown",
] as const;
export type LiveKind = (typeof KINDS)[number];

export interface LiveRow {
  readonly companyId: Id;
  readonly kind: LiveKind;
  /** Of the estimate after this batch; null for what is no estimate. */
  readonly version: number | null;
  readonly userId: Id | null;
  readonly details: unknown;
  /** As it is now, not as it was when the event happened. */
  readonly estimate: LiveEstimate | null;
}

export interface LiveEstimate {
  readonly id: Id;
  readonly version: number;
  readonly status: EstimateStatus;
  readonly revision: number;
  readonly isRemoved: boolean;
  /** Who may read it besides leaders. */
  readonly ownerIds: readonly Id[];
}

const liveRow = z
  .object({
    company_id: z.string(),
    kind: z.enum(KINDS).catch("unknown"),
    version: z.number().nullable(),
    user_id: z.string().nullable(),
    details: z.unknown(),
    estimate_id: z.string().nullable(),
    current_version: z.number().nullable(),
    status: z.enum(ESTIMATE_STATUSES).nullable(),
    revision: z.number().nullable(),
    is_removed: z.boolean().nullable(),
    foreman_id: z.string().nullable(),
    created_by: z.string().nullable(),
  })
  .transform((row): LiveRow => ({
    companyId: row.company_id,
    kind: row.kind,
    version: row.version,
    userId: row.user_id,
    details: row.details,
    estimate:
      row.estimate_id === null || row.status === null
        ? null
        : {
            id: row.estimate_id,
            version: row.current_version ?? 0,
            status: row.status,
            revision: row.revision ?? 1,
            isRemoved: row.is_removed ?? false,
            ownerIds: [row.foreman_id ?? "", row.created_by ?? ""],
          },
  }));
const liveRows = z.array(liveRow);

export interface LiveNews {
  /** Everything that this snapshot sees has been read now. */
  readonly snapshot: Snapshot;
  /** In the order of what happened to each thing; one more than the limit when there are more. */
  readonly rows: readonly LiveRow[];
}

const snapshotRow = z.object({ snapshot: z.string() });

/** Where a reader begins. */
export async function takeSnapshot(sql: Queryable): Promise<Snapshot> {
  const [row] = await sql`select pg_current_snapshot()::text as snapshot`;
  return snapshotRow.parse(row).snapshot;
}

/**
 * What was committed since a snapshot, of all companies; so it runs as the owner of the tables. One
 * statement, so that the rows are exactly those that lie between the two snapshots.
 */
export async function readNews(sql: Queryable, since: Snapshot, limit: number): Promise<LiveNews> {
  const rows = await sql`
    select taken.snapshot, news.*
    from (select pg_current_snapshot()::text as snapshot) as taken
    left join lateral (
      select
        live_events.company_id, live_events.kind, live_events.version, live_events.user_id,
        live_events.details, live_events.estimate_id, estimates.version as current_version,
        estimates.status, estimates.revision, estimates.removed_at is not null as is_removed,
        estimates.foreman_id, estimates.created_by
      from live_events
      left join estimates
        on estimates.company_id = live_events.company_id and estimates.id = live_events.estimate_id
      where live_events.transaction_id >= pg_snapshot_xmax(${since}::pg_snapshot)
        or live_events.transaction_id = any(array(select pg_snapshot_xip(${since}::pg_snapshot)))
      order by live_events.id
      limit ${limit + 1}
    ) as news on true
  `;
  const snapshot = snapshotRow.parse(rows[0]).snapshot;
  const found = rows.filter((row) => row["company_id"] !== null);
  return { snapshot, rows: liveRows.parse(found) };
}

/** What one company missed between two snapshots, `limit` + 1 rows at most. */
export async function listMissedEvents(
  tx: Queryable,
  companyId: Id,
  between: { since: Snapshot; until: Snapshot },
  limit: number,
): Promise<LiveRow[]> {
  const { since, until } = between;
  const rows = await tx`
    select
      live_events.company_id, live_events.kind, live_events.version, live_events.user_id,
      live_events.details, live_events.estimate_id, estimates.version as current_version,
      estimates.status, estimates.revision, estimates.removed_at is not null as is_removed,
      estimates.foreman_id, estimates.created_by
    from live_events
    left join estimates
      on estimates.company_id = live_events.company_id and estimates.id = live_events.estimate_id
    where live_events.company_id = ${companyId}
      and (
        live_events.transaction_id >= pg_snapshot_xmax(${since}::pg_snapshot)
        or live_events.transaction_id = any(array(select pg_snapshot_xip(${since}::pg_snapshot)))
      )
      and pg_visible_in_snapshot(live_events.transaction_id, ${until}::pg_snapshot)
    order by live_events.id
    limit ${limit + 1}
  `;
  return liveRows.parse(rows);
}

export interface LiveBatch {
  readonly estimateId: Id;
  readonly version: number;
}

const batchRow = z.object({
  estimate_id: z.string(),
  version: z.number(),
  changes: z.string().nullable(),
});

/**
 * The changes of these versions as the text of a JSON list in the form of the wire, by
 * `<estimate>/<version>`; null for a batch of more than `limit`. As the owner of the tables.
 */
export async function readBatches(
  sql: Queryable,
  batches: readonly (LiveBatch & { readonly companyId: Id })[],
  limit: number,
): Promise<Map<string, string | null>> {
  const rows = await sql`
    select
      wanted.estimate_id, wanted.version,
      case
        when count(*) <= ${limit}
        then '[' || string_agg(batch.change::text, ',' order by batch.ordinal) || ']'
      end as changes
    from unnest(
      ${batches.map(({ companyId }) => companyId)}::uuid[],
      ${batches.map(({ estimateId }) => estimateId)}::uuid[],
      ${batches.map(({ version }) => version)}::int[]
    ) as wanted (company_id, estimate_id, version)
    cross join lateral (
      select change, ordinal
      from estimate_changes
      where estimate_changes.company_id = wanted.company_id
        and estimate_changes.estimate_id = wanted.estimate_id
        and estimate_changes.version = wanted.version
      limit ${limit + 1}
    ) as batch
    group by wanted.estimate_id, wanted.version
  `;
  return new Map(
    z
      .array(batchRow)
      .parse(rows)
      .map(({ estimate_id, version, changes }) => [`${estimate_id}/${version}`, changes]),
  );
}

/** Wakes the readers of all processes. Never inside a business transaction: see docs/decisions/0015. */
export async function notifyLive(sql: Queryable, channel: string, sender: string): Promise<void> {
  await sql`select pg_notify(${channel}, ${sender})`;
}

/** Forgets what was told before a moment. Returns how many went, `limit` at most. */
export async function deleteLiveEventsBefore(
  sql: Queryable,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from live_events
    where ctid = any(array(
      select ctid
      from live_events
      where created_at < ${moment}
      limit ${limit}
      for update skip locked
    ))
  `;
  return result.count;
}
