import type { PgBoss } from "pg-boss";
import type { Logger } from "pino";
import type { Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import {
  listEstimatesByValidity,
  listPlannedPayments,
  listReminderCompanies,
  listUnanswered,
  takeReminder,
  type WaitingEstimate,
} from "../../db/reminders.ts";
import { findEstimate } from "../../db/estimates.ts";
import { listStages } from "../../db/payments.ts";
import { type Day, dayIn, hourIn } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import type { Notify } from "../../domain/notifications.ts";
import { formatMoney } from "../../domain/money.ts";
import { findUnpaidStages } from "../../domain/payments.ts";
import {
  dueMark,
  dueWindow,
  REMINDING_HOURS,
  validityMark,
  validityWindow,
  waitingMark,
  waitingWindow,
} from "../../domain/reminders.ts";
import { MANY_STAGES, readMoney } from "../services/contracts.ts";
import { companyScope, type WorkDependencies } from "../services/work.ts";
import type { Handlers, QueueName } from "./queues.ts";

/** One company at one moment. */
export interface ReminderScope {
  readonly tx: Transaction;
  readonly companyId: Id;
  readonly timezone: string;
  readonly now: Date;
  /** By the company's time. */
  readonly today: Day;
  readonly notify: Notify;
}

/** One reminder to send. `key` names it for ever: whoever takes it first sends it. */
export interface DueReminder {
  readonly key: string;
  readonly tell: () => Promise<void>;
}

/** Finds what people of a company should be reminded of today; may find what was sent already. */
export type ReminderSource = (scope: ReminderScope) => Promise<readonly DueReminder[]>;

/** All that reminds. Something new to remind of is one more source. */
export const REMINDER_SOURCES: readonly ReminderSource[] = [
  findValidity,
  findUnanswered,
  findUnpaid,
];

const PAGE = 200;
/** The rest comes an hour later. */
const MANY = 500;
const FIRST_ID = "00000000-0000-0000-0000-000000000000";

/**
 * Once an hour for every company whose working hours it is: what one look missed, because the program
 * was down or had no time, the next one finds. A reminder and the mark that it was sent commit together.
 */
export function createReminders(
  dependencies: WorkDependencies & { readonly log: Logger },
  sources: readonly ReminderSource[] = REMINDER_SOURCES,
): Handlers["reminders.hourly"] {
  const { sql, clock, log, onCommitted } = dependencies;

  async function remind(companyId: Id, timezone: string): Promise<number> {
    const now = clock();
    const queues = new Set<QueueName>();
    const sent = await tenantTransaction(sql, companyId, async (tx) => {
      const { notify } = companyScope(dependencies, tx, { companyId }, queues);
      const today = dayIn(timezone, now);
      const scope = { tx, companyId, timezone, now, today, notify };
      let count = 0;
      for (const find of sources) {
        for (const { key, tell } of await find(scope)) {
          if (!(await takeReminder(tx, companyId, key))) continue;
          await tell();
          count += 1;
        }
      }
      return count;
    });
    onCommitted(queues);
    return sent;
  }

  return async (_, { signal }) => {
    for (let after = FIRST_ID; ;) {
      const page = await listReminderCompanies(sql, after, PAGE);
      for (const { companyId, timezone } of page) {
        signal.throwIfAborted();
        const hour = hourIn(timezone, clock());
        if (hour < REMINDING_HOURS.from || hour > REMINDING_HOURS.to) continue;
        const sent = await remind(companyId, timezone);
        if (sent > 0) log.info({ companyId, sent }, "reminders were sent");
      }
      const last = page.at(-1);
      if (!last || page.length < PAGE) return;
      after = last.companyId;
    }
  };
}

/** At the full hour: time zones of Russia differ by whole hours. The board keeps one schedule for all. */
export async function scheduleReminders(boss: Pick<PgBoss, "schedule">): Promise<void> {
  await boss.schedule("reminders.hourly", "0 * * * *", {}, { singletonKey: "reminders.hourly" });
}

/** Promised prices that end while the estimate waits for its answer. */
async function findValidity(scope: ReminderScope): Promise<DueReminder[]> {
  const { tx, companyId, today, notify } = scope;
  const found = await listEstimatesByValidity(tx, companyId, validityWindow(today), MANY);
  return found.flatMap((estimate): DueReminder[] => {
    const { validUntil, estimateId, userIds } = estimate;
    const mark = validUntil && validityMark(validUntil, today);
    if (validUntil === null || mark === null) return [];
    const content = { ...describe(estimate), validUntil };
    const kind = mark === "expired" ? "expired" : "expiring";
    return [
      {
        key: `validity ${estimateId} ${validUntil} ${mark}`,
        tell: () => notify(kind, content, { to: { userIds }, by: null }),
      },
    ];
  });
}

/** Submitted and not answered: who has to decide hears of it, and who waits for it. */
async function findUnanswered(scope: ReminderScope): Promise<DueReminder[]> {
  const { tx, companyId, timezone, now, today, notify } = scope;
  const found = await listUnanswered(tx, companyId, waitingWindow(now), MANY);
  return found.flatMap((estimate): DueReminder[] => {
    const days = waitingMark(dayIn(timezone, estimate.submittedAt), today);
    if (days === null) return [];
    const { revisionId, revision, audience, userIds, isExtra } = estimate;
    const content = {
      ...describe(estimate),
      revisionId,
      revision,
      audience,
      days,
      isExtra,
    };
    const to =
      audience === "manager" ? { userIds, roles: ["owner", "manager"] as const } : { userIds };
    return [
      {
        key: `unanswered ${revisionId} ${days}`,
        tell: () => notify("unanswered", content, { to, by: null }),
      },
    ];
  });
}

/** Planned payments whose day has come, with what has not come of each. */
async function findUnpaid(scope: ReminderScope): Promise<DueReminder[]> {
  const { tx, companyId, today, notify } = scope;
  const found = await listPlannedPayments(tx, companyId, dueWindow(today), MANY);
  const reminders: DueReminder[] = [];
  for (const { estimateId, title, userIds } of found) {
    const main = await findEstimate(tx, companyId, estimateId);
    if (!main) continue;
    const { balance } = await readMoney({ tx, actor: { companyId } }, main);
    const stages = await listStages(tx, companyId, estimateId, MANY_STAGES);
    for (const stage of findUnpaidStages(stages, balance, today)) {
      const mark = stage.dueOn && dueMark(stage.dueOn, today);
      if (stage.dueOn === null || mark === null) continue;
      const content = {
        estimateId,
        number: main.number,
        title,
        total: formatMoney(balance.agreed),
        stage: stage.title,
        open: formatMoney(stage.open),
        dueOn: stage.dueOn,
        isLate: mark === "late",
      };
      const to = { userIds, roles: ["owner", "manager"] as const };
      reminders.push({
        key: `unpaid ${stage.id} ${stage.dueOn} ${mark}`,
        tell: () => notify("unpaid", content, { to, by: null }),
      });
    }
  }
  return reminders;
}

function describe({ estimateId, number, title, total }: WaitingEstimate) {
  return { estimateId, number, title, total };
}
