import type { Clock } from "../../fake/clock.ts";
import { RestError } from "./errors.ts";
import type { Bitrix24Options } from "./options.ts";

interface Spent {
  /** Seconds this method worked in the last ten minutes. */
  operating: number;
  /** Second at which the oldest minute drops out. */
  operatingResetAt: number;
}

/** Both limits of a portal. https://apidocs.bitrix24.com/limits.html */
export interface Limits {
  /** Counts one HTTP request from this address, or refuses it with 503. */
  admit(address: string): void;
  /** Refuses with 429 while the method has worked too long. Looked at before every call. */
  checkOperating(method: string): void;
  charge(method: string, seconds: number): Spent;
}

interface Bucket {
  minute: number;
  /** When its first call was; it counts for ten minutes from then. */
  startedAt: number;
  seconds: number;
}

const BUCKET_SECONDS = 60;
const WINDOW_SECONDS = 600;

export function createLimits(clock: Clock, options: Bitrix24Options): Limits {
  const counters = new Map<string, { level: number; drainedAt: number }>();
  const buckets = new Map<string, Bucket[]>();
  const seconds = (): number => Math.floor(clock.now() / 1000);

  const living = (method: string): Bucket[] => {
    const now = seconds();
    const kept = (buckets.get(method) ?? []).filter(
      ({ startedAt }) => now < startedAt + WINDOW_SECONDS,
    );
    buckets.set(method, kept);
    return kept;
  };

  return {
    admit(address) {
      const now = clock.now();
      const counter = counters.get(address) ?? { level: 0, drainedAt: now };
      // The counter falls once a second, by whole steps.
      const steps = Math.floor((now - counter.drainedAt) / 1000);
      const level = Math.max(0, counter.level - steps * options.drainPerSecond);
      const drainedAt = counter.drainedAt + steps * 1000;
      if (level >= options.burst) {
        counters.set(address, { level, drainedAt });
        throw new RestError(503, "QUERY_LIMIT_EXCEEDED", "Too many requests");
      }
      counters.set(address, { level: level + 1, drainedAt });
    },
    checkOperating(method) {
      if (options.operatingLimit === null) return;
      if (sum(living(method)) <= options.operatingLimit) return;
      throw new RestError(
        429,
        "OPERATION_TIME_LIMIT",
        "Method is blocked due to operation time limit.",
      );
    },
    charge(method, spent) {
      const now = seconds();
      const minute = Math.floor(now / BUCKET_SECONDS);
      const kept = living(method);
      const current = kept.find((bucket) => bucket.minute === minute);
      if (current === undefined) kept.push({ minute, startedAt: now, seconds: spent });
      else current.seconds += spent;
      const oldest = Math.min(...kept.map(({ startedAt }) => startedAt));
      return { operating: sum(kept), operatingResetAt: oldest + WINDOW_SECONDS };
    },
  };
}

function sum(buckets: readonly Bucket[]): number {
  return buckets.reduce((total, bucket) => total + bucket.seconds, 0);
}
