import { performance } from "node:perf_hooks";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DatabaseFigures } from "../../db/metrics.ts";

/** What a process counts of its own work, in Prometheus' text form; labels are names, never ids or people. */
export interface Metrics {
  readonly contentType: string;
  /** Everything counted here, and what the database says at this moment. */
  text(): Promise<string>;
  /** Counts one piece of work and its time; failures are counted and go on to the caller. */
  measure<Result>(what: Measured, work: () => Promise<Result>): Promise<Result>;
  /** For work that measures itself; `seconds` it took. */
  note(what: Measured & { readonly outcome: "done" | "failed"; readonly seconds: number }): void;
  /** Read anew at each scrape: live connections, for example. */
  gauge(name: string, help: string, read: () => number): void;
}

export interface Measured {
  readonly kind: keyof typeof MEASURED;
  /** A few fixed words: a queue, a CRM, a route's pattern. */
  readonly name: string;
}

const MEASURED = {
  update: "Updates of Telegram",
  job: "Jobs of this process, by queue",
  notification: "Messages handed to Telegram",
  crm_call: "Calls to CRMs, by system",
  request: "HTTP requests, by route",
} as const;

/** Seconds; most work here takes milliseconds, a CRM may take half a minute. */
const BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/**
 * @param readFigures asked at most once in `FRESH` ms however often somebody scrapes; when it fails the
 * process' own figures are still served and `smetka_database_up` is 0
 */
export function createMetrics(readFigures: () => Promise<DatabaseFigures>): Metrics {
  const registry = new Registry();
  const own = processFigures();
  const durations = createDurations(registry);
  const database = createDatabaseGauges(registry);
  let readAt = -FRESH;

  async function refresh(): Promise<void> {
    if (performance.now() - readAt < FRESH) return;
    readAt = performance.now();
    try {
      database.show(await readFigures());
    } catch {
      database.hide();
    }
  }

  return {
    contentType: registry.contentType,
    text: async () => {
      await refresh();
      const texts = [await own.metrics(), await registry.metrics()];
      return texts.join("\n");
    },
    measure: async ({ kind, name }, work) => {
      const end = durations[kind].startTimer({ name });
      try {
        const result = await work();
        end({ outcome: "done" });
        return result;
      } catch (error) {
        end({ outcome: "failed" });
        throw error;
      }
    },
    note: ({ kind, name, outcome, seconds }) => {
      durations[kind].observe({ name, outcome }, seconds);
    },
    gauge: (name, help, read) => {
      const gauge: Gauge = new Gauge({
        name: `smetka_${name}`,
        help,
        registers: [registry],
        collect: () => gauge.set(read()),
      });
    },
  };
}

const FRESH = 2_000; // ms

let watching: Registry | null = null;

/** What prom-client watches of a process, with timers and observers that nothing ends: once in each. */
function processFigures(): Registry {
  if (watching) return watching;
  watching = new Registry();
  collectDefaultMetrics({ register: watching, prefix: "smetka_" });
  return watching;
}

type Durations = Readonly<Record<Measured["kind"], Histogram<"name" | "outcome">>>;

function createDurations(registry: Registry): Durations {
  const make = (kind: Measured["kind"]) =>
    new Histogram({
      name: `smetka_${kind}_seconds`,
      help: MEASURED[kind],
      labelNames: ["name", "outcome"] as const,
      buckets: BUCKETS,
      registers: [registry],
    });
  return {
    update: make("update"),
    job: make("job"),
    notification: make("notification"),
    crm_call: make("crm_call"),
    request: make("request"),
  };
}

function createDatabaseGauges(registry: Registry) {
  const registers = [registry];
  const up = new Gauge({
    name: "smetka_database_up",
    help: "1 when the database answers",
    registers,
  });
  const jobs = new Gauge({
    name: "smetka_jobs",
    help: "Jobs by queue and state, of all processes",
    labelNames: ["queue", "state"],
    registers,
  });
  const oldest = new Gauge({
    name: "smetka_job_age_seconds",
    help: "Age of the oldest job by queue and state",
    labelNames: ["queue", "state"],
    registers,
  });
  const waiting = new Gauge({
    name: "smetka_notifications_waiting",
    help: "Messages that are not sent yet",
    registers,
  });
  const delay = new Gauge({
    name: "smetka_notification_age_seconds",
    help: "Age of the oldest message that is not sent yet",
    registers,
  });
  const connections = new Gauge({
    name: "smetka_database_connections",
    help: "Connections to the database by state, of all processes",
    labelNames: ["state"],
    registers,
  });
  const circuits = new Gauge({
    name: "smetka_crm_stopped",
    help: "CRM connections that are stopped",
    registers,
  });
  const scrapes = new Counter({
    name: "smetka_database_failures_total",
    help: "Scrapes that the database did not answer",
    registers,
  });
  return {
    show(figures: DatabaseFigures): void {
      up.set(1);
      jobs.reset();
      oldest.reset();
      connections.reset();
      for (const { queue, state, jobs: count, oldest: age } of figures.queues) {
        jobs.set({ queue, state }, count);
        oldest.set({ queue, state }, age);
      }
      waiting.set(figures.notifications.waiting);
      delay.set(figures.notifications.oldest);
      for (const { state, count } of figures.connections) connections.set({ state }, count);
      circuits.set(figures.stoppedCrms);
    },
    hide(): void {
      up.set(0);
      scrapes.inc();
    },
  };
}
