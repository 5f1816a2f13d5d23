import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { deleteChatStatesBefore } from "../../db/chat_state.ts";
import { eraseKept } from "../../db/erasures.ts";
import { deleteKeptListsBefore } from "../../db/kept_lists.ts";
import { deleteListExportsBefore } from "../../db/list_exports.ts";
import { deleteLoginLinksBefore } from "../../db/login_links.ts";
import { deleteRequestsBefore } from "../../db/repeatable_requests.ts";
import { deleteSessionsBefore } from "../../db/sessions.ts";
import { deleteUpdatesBefore } from "../../db/updates.ts";
import type { Handlers } from "./queues.ts";

const DAY = 24 * 3600 * 1000; // ms
const BATCH = 1000;
/** `erase_kept` looks through the papers of so many clients. */
const ERASED_AT_ONCE = 100;
/** Nothing waits for it, so one night need not do it all. */
const MOST_BATCHES = 100;

/** How long what is nobody's record stays; docs/privacy.md and the page /privacy say the same. */
const KEPT = {
  loginLinks: 1 * DAY,
  sessions: 1 * DAY,
  requests: 1 * DAY,
  exports: 1 * DAY,
  lists: 30 * DAY,
  updates: 7 * DAY,
  chatStates: 90 * DAY,
} as const;

/** At two in the night of Moscow: forgets what has had its time. */
export function createRetention({
  sql,
  clock,
  log,
}: {
  readonly sql: Sql;
  readonly clock: () => Date;
  readonly log: Logger;
}): Handlers["retention.daily"] {
  return async (_payload, { signal }) => {
    const now = clock();
    const before = (age: number) => new Date(now.getTime() - age);
    const counts = {
      loginLinks: await repeat(signal, () =>
        deleteLoginLinksBefore(sql, before(KEPT.loginLinks), BATCH),
      ),
      sessions: await repeat(signal, () => deleteSessionsBefore(sql, before(KEPT.sessions), BATCH)),
      requests: await repeat(signal, () => deleteRequestsBefore(sql, before(KEPT.requests), BATCH)),
      exports: await repeat(signal, () =>
        deleteListExportsBefore(sql, before(KEPT.exports), BATCH),
      ),
      lists: await repeat(signal, () => deleteKeptListsBefore(sql, before(KEPT.lists), BATCH)),
      updates: await repeat(signal, () => deleteUpdatesBefore(sql, before(KEPT.updates), BATCH)),
      chatStates: await repeat(signal, () =>
        deleteChatStatesBefore(sql, before(KEPT.chatStates), BATCH),
      ),
      erasures: await repeat(signal, () => eraseKept(sql, now), ERASED_AT_ONCE),
    };
    log.info(counts, "what had its time is forgotten");
  };
}

export async function scheduleRetention(boss: Pick<PgBoss, "schedule">): Promise<void> {
  await boss.schedule("retention.daily", "0 23 * * *", {}, { singletonKey: "retention.daily" });
}

/** In batches, so that no transaction is long. */
async function repeat(
  signal: AbortSignal,
  forget: () => Promise<number>,
  most = BATCH,
): Promise<number> {
  let all = 0;
  for (let batch = 0; batch < MOST_BATCHES && !signal.aborted; batch += 1) {
    const count = await forget();
    all += count;
    if (count < most) break;
  }
  return all;
}
