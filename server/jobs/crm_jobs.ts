import type { PgBoss } from "pg-boss";
import type { Sql } from "../../db/client.ts";
import { inTransaction } from "../../db/transactions.ts";
import { listActiveCrmConnections } from "../../db/crm_connections.ts";
import { deleteCrmDraftsBefore } from "../../db/crm_drafts.ts";
import { deleteInboxEventsBefore } from "../../db/crm_inbox.ts";
import { keepIntegrationLogs } from "../../db/integration_logs.ts";
import { CrmError } from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import type { CrmChat } from "../crm/chat.ts";
import { checkConnection } from "../crm/checking.ts";
import type { ConnectingDependencies } from "../crm/connecting.ts";
import { pushEstimate, type PushSources } from "../crm/pushing.ts";
import { handleInbox, type ReceivingDependencies } from "../crm/receiving.ts";
import { syncConnection, type SyncOutcome } from "../crm/syncing.ts";
import { showFailure, showOutcome, showProgress } from "../crm/watching.ts";
import { connectDraft } from "./crm_connect.ts";
import type { EnqueueOptions, Handlers, JobContext, Payload, QueueName } from "./queues.ts";

export type CrmJobDependencies = ReceivingDependencies &
  ConnectingDependencies & { readonly sources: PushSources; readonly chat: CrmChat };

type CrmQueue = Extract<QueueName, `crm.${string}`>;

/** Who died a moment ago holds it still; see `LEASE`. */
const BUSY_PAUSE = 2; // s
/** A long scan is many short jobs: one that dies with its process is missed soon. */
const PATIENCE = 60_000; // ms
const LOG_DAYS = 90;
const INBOX_DAYS = 14;
const DAY = 86_400_000; // ms
const SPREAD = 300; // s: not every portal at the full hour
const PAGE = 100;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/** What is done with CRMs outside of anybody's request. */
export function createCrmJobs(dependencies: CrmJobDependencies): Pick<Handlers, CrmQueue> {
  const again = createAgain(dependencies);
  return {
    "crm.connect": (payload, { signal }) => connectDraft(dependencies, payload, signal),
    "crm.check": async (payload, { signal }) => {
      await withPatience(dependencies, "crm.check", payload, again, () =>
        checkConnection(dependencies, payload, signal),
      );
    },
    "crm.sync": async (payload, context) => {
      await withPatience(dependencies, "crm.sync", payload, again, async () => {
        const outcome = await syncWatched(dependencies, payload, context);
        const { companyId, connectionId } = payload;
        const rest = { companyId, connectionId };
        if (outcome === "more") await again("crm.sync", rest, 0);
        // Behind a scan that lives this reads what came meanwhile; behind a dead one it goes on.
        if (outcome === "busy") await again("crm.sync", rest, BUSY_PAUSE);
      });
    },
    "crm.push": async (payload, { signal, isLastAttempt }) => {
      await withPatience(dependencies, "crm.push", payload, again, async () => {
        const request = { ...payload, signal, isLastAttempt };
        const outcome = await pushEstimate(dependencies, dependencies.sources, request);
        if (outcome === "busy") await again("crm.push", payload, BUSY_PAUSE);
      });
    },
    "crm.webhook": async (payload, { signal }) => {
      await withPatience(dependencies, "crm.webhook", payload, again, async () => {
        const { hasMore } = await handleInbox(dependencies, payload, signal);
        if (hasMore) await again("crm.webhook", payload, 0);
      });
    },
    "crm.hourly": async () => {
      await eachConnection(dependencies.sql, async ({ companyId, id: connectionId }) => {
        const place = { companyId, connectionId };
        await again("crm.sync", place, spreadOf(connectionId));
        await again("crm.check", place, spreadOf(connectionId));
      });
    },
    "crm.daily": async () => {
      const { sql, clock, log } = dependencies;
      const now = clock();
      const before = (days: number) => new Date(now.getTime() - days * DAY);
      const months = await keepIntegrationLogs(sql, now, LOG_DAYS);
      const events = await deleteInboxEventsBefore(sql, before(INBOX_DAYS));
      const drafts = await deleteCrmDraftsBefore(sql, before(1));
      log.info({ months, events, drafts }, "old records of CRMs dropped");
    },
  };
}

async function syncWatched(
  dependencies: CrmJobDependencies,
  { companyId, connectionId, isFull = false }: Payload<"crm.sync">,
  { signal, isLastAttempt }: JobContext,
): Promise<SyncOutcome["outcome"]> {
  const place = { companyId, connectionId };
  try {
    const outcome = await syncConnection(dependencies, {
      ...place,
      isFull,
      signal,
      patience: PATIENCE,
      onPage: (progress) => showProgress(dependencies, place, progress),
    });
    await showOutcome(dependencies, place, outcome);
    return outcome.outcome;
  } catch (error) {
    await showFailure(dependencies, place, error, isLastAttempt);
    throw error;
  }
}

/** Every hour the scans, at 02:00 in Moscow the log. The board keeps one schedule for all processes. */
export async function scheduleCrmJobs(boss: Pick<PgBoss, "schedule">): Promise<void> {
  await boss.schedule("crm.hourly", "0 * * * *", {}, { singletonKey: "crm.hourly" });
  await boss.schedule("crm.daily", "0 23 * * *", {}, { singletonKey: "crm.daily" });
}

/** Puts the same work into its queue for later. */
type Again = <Queue extends CrmQueue>(
  queue: Queue,
  payload: Payload<Queue>,
  seconds: number,
) => Promise<void>;

function createAgain({ sql, board, onCommitted }: CrmJobDependencies): Again {
  return async (queue, payload, seconds) => {
    const queues = new Set<QueueName>();
    await inTransaction(sql, async (tx) => {
      const enqueue = board.enqueueIn(tx, (name) => queues.add(name));
      await enqueue(queue, payload, { ...keyOf(queue, payload), startAfter: seconds });
    });
    onCommitted(queues);
  };
}

function keyOf(queue: CrmQueue, payload: object): EnqueueOptions {
  const { connectionId = "", estimateId = "" } = payload as Record<string, string>;
  return { singletonKey: `${queue} ${connectionId} ${estimateId}` };
}

/**
 * «Later» of the CRM is no failure of the job: it comes again at that time, and its attempts are kept
 * for real trouble. What only a person can mend ends here; the owner reads it at the connection.
 */
async function withPatience<Queue extends CrmQueue>(
  { clock }: Pick<CrmJobDependencies, "clock">,
  queue: Queue,
  payload: Payload<Queue>,
  again: Again,
  work: () => Promise<void>,
): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const { failure } = error;
    if (failure.kind === "stopped" || failure.kind === "invalid") return;
    if (failure.kind !== "rate") throw error;
    const seconds = Math.ceil((failure.retryAt.getTime() - clock().getTime()) / 1000);
    await again(queue, payload, Math.min(3600, Math.max(1, seconds)));
  }
}

async function eachConnection(
  sql: Sql,
  work: (connection: Awaited<ReturnType<typeof listActiveCrmConnections>>[number]) => Promise<void>,
): Promise<void> {
  for (let after: Id = FIRST_ID; ;) {
    const page = await listActiveCrmConnections(sql, after, PAGE);
    for (const connection of page) await work(connection);
    const last = page.at(-1);
    if (!last || page.length < PAGE) return;
    after = last.id;
  }
}

function spreadOf(id: Id): number {
  return Number.parseInt(id.slice(-4), 16) % SPREAD;
}
