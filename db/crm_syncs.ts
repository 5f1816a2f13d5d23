import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";

export interface StoredSync {
  readonly cursor: unknown;
  readonly fullStartedAt: Date | null;
  readonly state: "running" | "done" | "failed";
  readonly clients: number;
  readonly deals: number;
  /** Records that a full scan will read; null: not told. */
  readonly total: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly completeAt: Date | null;
  readonly error: string | null;
}

const syncRow = z
  .object({
    cursor: z.unknown(),
    full_started_at: z.date().nullable(),
    state: z.enum(["running", "done", "failed"]),
    clients: z.number(),
    deals: z.number(),
    total: z.number().nullable(),
    started_at: z.date(),
    finished_at: z.date().nullable(),
    complete_at: z.date().nullable(),
    error: z.string().nullable(),
  })
  .transform((row): StoredSync => ({
    cursor: row.cursor,
    fullStartedAt: row.full_started_at,
    state: row.state,
    clients: row.clients,
    deals: row.deals,
    total: row.total,
    startedAt: row.started_at,
    finishedAt: row.finished_at,
    completeAt: row.complete_at,
    error: row.error,
  }));

function syncColumns(tx: Transaction) {
  return tx`
    cursor, full_started_at, state, clients, deals, total, started_at, finished_at, complete_at, error
  `;
}

/**
 * Takes the scan for `seconds`, or null while somebody else has it. A scan that was broken off goes
 * on with its counts. `isFull`: everything is read again, unless such a scan is under way.
 */
export async function claimCrmSync(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  claim: { readonly holder: Id; readonly seconds: number; readonly isFull: boolean },
): Promise<StoredSync | null> {
  const { holder, seconds, isFull } = claim;
  // A full scan that was broken off goes on, also when asked for once more.
  const isAnew = tx`
    ${isFull} and not (sync.state = 'running' and sync.full_started_at is not null)
  `;
  const [row] = await tx`
    insert into crm_syncs as sync (
      company_id, connection_id, state, full_started_at, lease_holder, lease_until
    )
    values (
      ${companyId}, ${connectionId}, 'running', now(), ${holder},
      now() + make_interval(secs => ${seconds})
    )
    on conflict (company_id, connection_id) do update
    set
      cursor = case when ${isAnew} then null else sync.cursor end,
      full_started_at = case
        when ${isAnew} or (sync.cursor is null and sync.full_started_at is null) then now()
        else sync.full_started_at
      end,
      clients = case when sync.state = 'running' then sync.clients else 0 end,
      deals = case when sync.state = 'running' then sync.deals else 0 end,
      total = case when sync.state = 'running' and not (${isAnew}) then sync.total end,
      started_at = case when sync.state = 'running' then sync.started_at else now() end,
      finished_at = null,
      error = null,
      state = 'running',
      lease_holder = excluded.lease_holder,
      lease_until = excluded.lease_until
    where sync.lease_until is null or sync.lease_until < now()
    returning ${syncColumns(tx)}
  `;
  return row ? syncRow.parse(row) : null;
}

/** Holds a scan longer. False: somebody else has it. */
export async function renewCrmSync(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  lease: { readonly holder: Id; readonly seconds: number },
): Promise<boolean> {
  const { count } = await tx`
    update crm_syncs
    set lease_until = now() + make_interval(secs => ${lease.seconds})
    where company_id = ${companyId} and connection_id = ${connectionId}
      and lease_holder = ${lease.holder}
  `;
  return count > 0;
}

/** False when somebody else took the scan over. */
export async function saveCrmSyncTotal(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  { holder, total }: { readonly holder: Id; readonly total: number },
): Promise<boolean> {
  const { count } = await tx`
    update crm_syncs
    set total = ${total}
    where company_id = ${companyId} and connection_id = ${connectionId}
      and lease_holder = ${holder}
  `;
  return count > 0;
}

/** One page is in: false when somebody else took the scan over, and nothing may remain of the page. */
export async function saveCrmSyncPage(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  page: {
    readonly holder: Id;
    readonly seconds: number;
    readonly cursor: unknown;
    readonly clients: number;
    readonly deals: number;
  },
): Promise<boolean> {
  const { count } = await tx`
    update crm_syncs
    set
      cursor = ${tx.json((page.cursor ?? null) as never)},
      clients = clients + ${page.clients},
      deals = deals + ${page.deals},
      lease_until = now() + make_interval(secs => ${page.seconds})
    where company_id = ${companyId} and connection_id = ${connectionId}
      and lease_holder = ${page.holder}
  `;
  return count > 0;
}

/** `complete`: the scan ended. `broken`: it goes on from its page. `failed`: it stopped for good. */
export async function endCrmSync(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
  end: {
    readonly holder: Id;
    readonly outcome: "complete" | "broken" | "failed";
    readonly isFull: boolean;
    readonly error: string | null;
  },
): Promise<void> {
  const isComplete = end.outcome === "complete";
  await tx`
    update crm_syncs
    set
      state = ${{ complete: "done", broken: "running", failed: "failed" }[end.outcome]},
      error = ${end.error},
      finished_at = case when ${end.outcome === "broken"} then null else now() end,
      complete_at = case when ${isComplete} then now() else complete_at end,
      full_complete_at = case when ${isComplete && end.isFull} then now() else full_complete_at end,
      full_started_at = case when ${isComplete} then null else full_started_at end,
      lease_holder = null,
      lease_until = null
    where company_id = ${companyId} and connection_id = ${connectionId}
      and lease_holder = ${end.holder}
  `;
}

export async function findCrmSync(
  tx: Transaction,
  companyId: Id,
  connectionId: Id,
): Promise<StoredSync | null> {
  const [row] = await tx`
    select ${syncColumns(tx)}
    from crm_syncs
    where company_id = ${companyId} and connection_id = ${connectionId}
  `;
  return row ? syncRow.parse(row) : null;
}
