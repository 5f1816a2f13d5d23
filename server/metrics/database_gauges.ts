import { Counter, Gauge, type Registry } from "prom-client";
import type { DatabaseFigures } from "../../db/metrics.ts";

/** What the database says of the work of all processes. */
export interface DatabaseGauges {
  show(figures: DatabaseFigures): void;
  /** It did not answer: what it said before stays, with `smetka_database_up` 0. */
  hide(): void;
}

export function createDatabaseGauges(registry: Registry): DatabaseGauges {
  const registers = [registry];
  const gauge = <Label extends string>(
    name: string,
    help: string,
    labelNames: readonly Label[] = [],
  ): Gauge<Label> => new Gauge({ name: `smetka_${name}`, help, labelNames, registers });
  const up = gauge("database_up", "1 when the database answers");
  const jobs = gauge("jobs", "Jobs by queue and state, of all processes", ["queue", "state"]);
  const oldest = gauge("job_age_seconds", "Age of the oldest job by queue and state", [
    "queue",
    "state",
  ]);
  const waiting = gauge("notifications_waiting", "Messages that are not sent yet");
  const delay = gauge("notification_age_seconds", "Age of the oldest message that is not sent yet");
  const silence = gauge("telegram_pause_seconds", "Pause that Telegram asked of us, what is left");
  const sessions = gauge(
    "database_connections",
    "Connections to the database by application and state, of all processes",
    ["name", "state"],
  );
  const crms = createCrmGauges(gauge);
  const scrapes = new Counter({
    name: "smetka_database_failures_total",
    help: "Scrapes that the database did not answer",
    registers,
  });
  return {
    show(figures) {
      up.set(1);
      jobs.reset();
      oldest.reset();
      sessions.reset();
      for (const { queue, state, jobs: count, oldest: age } of figures.queues) {
        jobs.set({ queue, state }, count);
        oldest.set({ queue, state }, age);
      }
      waiting.set(figures.notifications.waiting);
      delay.set(figures.notifications.oldest);
      silence.set(figures.telegramPause);
      for (const { name, state, count } of figures.connections) {
        sessions.set({ name, state }, count);
      }
      crms.show(figures);
    },
    hide() {
      up.set(0);
      scrapes.inc();
    },
  };
}

type MakeGauge = <Label extends string>(
  name: string,
  help: string,
  labelNames?: readonly Label[],
) => Gauge<Label>;

/** By kind of CRM: never by account, for there are as many as companies. */
function createCrmGauges(gauge: MakeGauge): Pick<DatabaseGauges, "show"> {
  const stopped = gauge("crm_stopped", "CRM connections that are stopped");
  const connections = gauge("crm_connections", "CRM connections by system and state", [
    "name",
    "state",
  ]);
  const accounts = gauge("crm_accounts", "Accounts of CRMs that we have called", ["name"]);
  const paused = gauge("crm_paused", "Accounts and methods of CRMs that asked us to pause", [
    "name",
  ]);
  const blocked = gauge("crm_blocked", "Accounts of CRMs that blocked us", ["name"]);
  const pause = gauge("crm_pause_seconds", "Longest pause that a CRM asked for, what is left", [
    "name",
  ]);
  const budget = gauge(
    "crm_budget_requests",
    "Requests that the tightest account takes at once; below 0: promised to those who wait",
    ["name"],
  );
  const pace = gauge("crm_pace_requests", "Requests a second that we allow ourselves per account", [
    "name",
  ]);
  return {
    show({ stoppedCrms, crmConnections, crmLimits }) {
      stopped.set(stoppedCrms);
      connections.reset();
      for (const { name, state, count } of crmConnections) connections.set({ name, state }, count);
      for (const { name, ...limits } of crmLimits) {
        accounts.set({ name }, limits.accounts);
        paused.set({ name }, limits.paused);
        blocked.set({ name }, limits.blocked);
        pause.set({ name }, limits.pause);
        budget.set({ name }, limits.budget);
        pace.set({ name }, limits.perSecond);
      }
    },
  };
}
