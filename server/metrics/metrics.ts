import { performance } from "node:perf_hooks";
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from "prom-client";
import type { DatabaseFigures } from "../../db/metrics.ts";
import { createDatabaseGauges } from "./database_gauges.ts";

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
  /** The same of several things at once: a pool and what of it, for example. */
  gauges<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
    read: () => readonly Sample<Label>[],
  ): void;
  /** Returns what counts one, or `by`; its name gets the ending `_total`. */
  counter<Label extends string>(
    name: string,
    help: string,
    labels: readonly Label[],
  ): (labels: Readonly<Record<Label, string>>, by?: number) => void;
}

export interface Sample<Label extends string> {
  readonly labels: Readonly<Record<Label, string>>;
  readonly value: number;
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
  crm_wait: "Waiting of calls to CRMs for their turn, by system; failed: given up",
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
    gauges: (name, help, labelNames, read) => {
      const gauge = new Gauge({
        name: `smetka_${name}`,
        help,
        labelNames,
        registers: [registry],
        collect: () => {
          gauge.reset();
          for (const { labels, value } of read()) gauge.set(labels, value);
        },
      });
    },
    counter: (name, help, labelNames) => {
      const counter = new Counter({
        name: `smetka_${name}_total`,
        help,
        labelNames,
        registers: [registry],
      });
      return (labels, by = 1) => counter.inc(labels, by);
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
    crm_wait: make("crm_wait"),
    request: make("request"),
  };
}
