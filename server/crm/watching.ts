import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { listCrmReviews } from "../../db/crm_reviews.ts";
import { endCrmWatchers, takeDueCrmWatchers } from "../../db/crm_watchers.ts";
import { CrmError, STOP_SENTENCES } from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import type { CrmChat } from "./chat.ts";
import type { SyncOutcome, SyncProgress } from "./syncing.ts";

interface Watching {
  readonly sql: Sql;
  readonly chat: CrmChat;
}

interface Place {
  readonly companyId: Id;
  readonly connectionId: Id;
}

/** Between two changes of one message: Telegram takes no more, and nobody reads faster. */
const PAUSE = 3; // s

/** Moves the bar in every chat that watches the scan. */
export async function showProgress(
  { sql, chat }: Watching,
  { companyId, connectionId }: Place,
  progress: SyncProgress,
): Promise<void> {
  const watchers = await tenantTransaction(sql, companyId, (tx) =>
    takeDueCrmWatchers(tx, companyId, connectionId, PAUSE),
  );
  for (const watcher of watchers) await chat.progress(watcher, progress);
}

/** Says how the scan ended; a scan that goes on says nothing. */
export async function showOutcome(
  { sql, chat }: Watching,
  { companyId, connectionId }: Place,
  outcome: SyncOutcome,
): Promise<void> {
  if (outcome.outcome === "more" || outcome.outcome === "busy") return;
  const { watchers, hasReviews } = await tenantTransaction(sql, companyId, async (tx) => ({
    watchers: await endCrmWatchers(tx, companyId, connectionId),
    hasReviews: (await listCrmReviews(tx, companyId, 1)).length > 0,
  }));
  for (const watcher of watchers) {
    if (outcome.outcome === "off") {
      await chat.broken(watcher, connectionId, "Подключение отключено или остановлено.");
      continue;
    }
    const { clients, deals } = outcome;
    await chat.synced(watcher, { connectionId, clients, deals, hasReviews });
  }
}

/** Says why a scan ended, when it does not go on by itself. */
export async function showFailure(
  { sql, chat }: Watching,
  { companyId, connectionId }: Place,
  error: unknown,
  isLastAttempt: boolean,
): Promise<void> {
  const reason = reasonOf(error, isLastAttempt);
  if (reason === null) return;
  const watchers = await tenantTransaction(sql, companyId, (tx) =>
    endCrmWatchers(tx, companyId, connectionId),
  );
  for (const watcher of watchers) await chat.broken(watcher, connectionId, reason);
}

function reasonOf(error: unknown, isLastAttempt: boolean): string | null {
  const { failure } = error instanceof CrmError ? error : { failure: null };
  if (failure?.kind === "stopped") return STOP_SENTENCES[failure.reason];
  if (failure?.kind === "invalid") return "CRM не приняла наш запрос. Мы записали его в журнал.";
  if (failure?.kind === "rate" || !isLastAttempt) return null;
  return failure === null
    ? "Ошибка на нашей стороне, мы её записали."
    : "CRM не отвечает, несколько попыток не помогли.";
}
