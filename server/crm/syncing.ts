import { tenantTransaction } from "../../db/transactions.ts";
import {
  findCrmConnection,
  lockCrmConnection,
  type StoredConnection,
} from "../../db/crm_connections.ts";
import { markCrmDealGone } from "../../db/crm_deals.ts";
import { markUnseenCrmClients } from "../../db/crm_clients.ts";
import {
  claimCrmSync,
  endCrmSync,
  renewCrmSync,
  saveCrmSyncPage,
  saveCrmSyncTotal,
  type StoredSync,
} from "../../db/crm_syncs.ts";
import { type CrmAdapter, CrmError, type Pulled } from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import { readDatabaseTime } from "../../db/database_time.ts";
import { applyDealChange, type ChangingDependencies } from "./deal_changes.ts";
import { type DealChange, takeClients, takeDeals } from "./intake.ts";
import { repeatUntilDone } from "../repetition.ts";
import { KEEPING, LEASE, whileHeld } from "./lease.ts";
import { openAdapter } from "./opening.ts";
import { reportTrouble, stopWhereNeeded } from "./trouble.ts";

export interface SyncRequest {
  readonly companyId: Id;
  readonly connectionId: Id;
  readonly isFull: boolean;
  readonly signal: AbortSignal;
  /** After so many ms it stops behind a page; the next run goes on there. */
  readonly patience?: number;
  readonly onPage?: (progress: SyncProgress) => Promise<void> | void;
}

export interface SyncProgress {
  readonly clients: number;
  readonly deals: number;
  /** Of a full scan; null: nobody knows. */
  readonly total: number | null;
}

export type SyncOutcome =
  | { readonly outcome: "done"; readonly clients: number; readonly deals: number }
  /** Its patience ended; there is more. */
  | { readonly outcome: "more" }
  /** Somebody else scans it right now. */
  | { readonly outcome: "busy" }
  /** The connection was removed or is stopped. */
  | { readonly outcome: "off" };

/** Nothing but PostgreSQL is written: every page asks whose the scan is, so nobody has to stop in time. */
const KEEPING_READS = { ...KEEPING, trust: 3_600_000 };

/**
 * Reads what is new, page by page. Every page is stored in one transaction with the place behind it,
 * so after a kill at any point the next run goes on there. Throws `CrmError` when the CRM does not
 * answer; the place is kept.
 */
export async function syncConnection(
  dependencies: ChangingDependencies,
  request: SyncRequest,
): Promise<SyncOutcome> {
  const { sql, newId } = dependencies;
  const { companyId, connectionId } = request;
  const holder = newId();
  const claim = { holder, seconds: LEASE, isFull: request.isFull };
  try {
    const claimed = await tenantTransaction(sql, companyId, async (tx) => {
      const connection = await findCrmConnection(tx, companyId, connectionId);
      if (!connection || connection.state !== "active") return { connection: null, sync: null };
      return { connection, sync: await claimCrmSync(tx, companyId, connectionId, claim) };
    });
    if (!claimed.connection) return { outcome: "off" };
    if (!claimed.sync) return { outcome: "busy" };
    const run = { ...claimed.sync, holder, connection: claimed.connection };
    const renewed = { holder, seconds: LEASE };
    const renew = () =>
      tenantTransaction(sql, companyId, (tx) => renewCrmSync(tx, companyId, connectionId, renewed));
    return await whileHeld(
      { signal: request.signal, renew },
      (signal) => readPages(dependencies, { ...request, signal }, run),
      KEEPING_READS,
    );
  } catch (error) {
    // Held, it would be nobody's until the lease runs out; also when nobody heard that it was taken.
    await repeatUntilDone(() => noteFailure(dependencies, request, holder, error), {
      // Then it has run out.
      patience: () => AbortSignal.any([request.signal, AbortSignal.timeout(LEASE * 1000)]),
      onFailure: (err) => dependencies.log.warn({ connectionId, err }, "a scan is still held"),
    });
    await stopWhereNeeded(dependencies, { companyId, connectionId }, error);
    if (error instanceof CrmError && error.failure.kind === "invalid") {
      const reason = `Загрузка из CRM не идёт: она не приняла наш запрос (${error.code}). Что загружено, цело; через час попробуем ещё раз.`;
      await reportTrouble(dependencies, { companyId, connectionId }, { reason, isStopped: false });
    }
    throw error;
  }
}

type Run = StoredSync & { readonly holder: Id; readonly connection: StoredConnection };

async function readPages(
  dependencies: ChangingDependencies,
  { companyId, connectionId, signal, onPage, patience = Number.POSITIVE_INFINITY }: SyncRequest,
  run: Run,
): Promise<SyncOutcome> {
  const { sql } = dependencies;
  const started = performance.now();
  const adapter = openAdapter(dependencies, run.connection);
  let { cursor, clients, deals } = run;
  const total = await readTotal(dependencies, adapter, run, signal);
  for (;;) {
    signal.throwIfAborted();
    const askedAt = await readDatabaseTime(sql);
    const page = await adapter.pull(cursor, signal);
    const changes = await tenantTransaction(sql, companyId, async (tx) => {
      const isOurs = await saveCrmSyncPage(tx, companyId, connectionId, {
        holder: run.holder,
        seconds: LEASE,
        cursor: page.cursor,
        clients: page.clients.length,
        deals: page.deals.length,
      });
      if (!isOurs) throw new CrmError({ kind: "transient" }, "scan_taken_over");
      if (!(await lockCrmConnection(tx, companyId, connectionId))) return null;
      const found = await storePage(
        { ...dependencies, tx, companyId, connectionId, askedAt },
        page,
      );
      if (page.isComplete) {
        const { isFull } = page;
        if (isFull && run.fullStartedAt) {
          await markUnseenCrmClients(tx, companyId, connectionId, run.fullStartedAt);
        }
        const { holder } = run;
        const end = { holder, outcome: "complete", isFull, error: null } as const;
        await endCrmSync(tx, companyId, connectionId, end);
      }
      return found;
    });
    if (changes === null) return { outcome: "off" };
    for (const change of changes) await applyDealChange(dependencies, run.connection, change);
    cursor = page.cursor;
    clients += page.clients.length;
    deals += page.deals.length;
    await onPage?.({ clients, deals, total });
    if (page.isComplete) return { outcome: "done", clients, deals };
    if (performance.now() - started < patience) continue;
    const pause = { holder: run.holder, outcome: "broken", isFull: false, error: null } as const;
    await tenantTransaction(sql, companyId, (tx) => endCrmSync(tx, companyId, connectionId, pause));
    return { outcome: "more" };
  }
}

/** Counted once, before the first page of a full scan. */
async function readTotal(
  { sql }: ChangingDependencies,
  adapter: CrmAdapter,
  { cursor, total, holder, connection }: Run,
  signal: AbortSignal,
): Promise<number | null> {
  if (cursor !== null || total !== null) return total;
  const counted = await adapter.count(signal);
  if (counted === null) return null;
  const { companyId, id } = connection;
  await tenantTransaction(sql, companyId, (tx) =>
    saveCrmSyncTotal(tx, companyId, id, { holder, total: counted }),
  );
  return counted;
}

async function storePage(
  intake: Parameters<typeof takeClients>[0],
  page: Pulled,
): Promise<DealChange[]> {
  const { tx, companyId, connectionId } = intake;
  await takeClients(intake, page.clients, page);
  for (const { ref } of page.deals.filter(({ deleted }) => deleted)) {
    await markCrmDealGone(tx, companyId, connectionId, ref.id);
  }
  return takeDeals(intake, page.deals);
}

async function noteFailure(
  dependencies: ChangingDependencies,
  { companyId, connectionId }: SyncRequest,
  holder: Id,
  error: unknown,
): Promise<void> {
  const isStopped = error instanceof CrmError && error.failure.kind === "stopped";
  const reason = error instanceof CrmError ? error.code : "internal";
  await tenantTransaction(dependencies.sql, companyId, async (tx) => {
    await endCrmSync(tx, companyId, connectionId, {
      holder,
      outcome: isStopped ? "failed" : "broken",
      isFull: false,
      error: reason,
    });
  });
}
