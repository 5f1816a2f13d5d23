import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import { type AbandonedJob, reviveJobs, reviveUnheard } from "./abandoned_jobs.ts";
import { claimFetched, type JobDatabase } from "./claimed_fetch.ts";
import type { Sql } from "./client.ts";
import { type HeldJob, holdJobs, type LeftJobs } from "./held_jobs.ts";
import { endFrozenSessions, findLostWorkers, WORKERS } from "./frozen_workers.ts";
import { keepConnection, type KeptConnection } from "./kept_connection.ts";

const MANY_JOBS = 500;
/** A statement whose answer was lost may still commit; none runs for longer. */
const LONGEST_STATEMENT = 60_000; // ms

const claimRows = z.array(z.object({ id: z.string(), queue: z.string() }));

/** The jobs of one worker, and a look at those of workers that died. */
export interface JobClaims {
  /**
   * Jobs that this worker runs from now on: `fetch` takes them from one queue, and the same statement
   * notes whose they are. One call at a time for each queue.
   * @param isCrowded whether more jobs are expected than are fetched at a time
   */
  take<Job extends { readonly id: Id }>(
    queue: string,
    fetch: (db: JobDatabase) => Promise<Job[]>,
    isCrowded?: boolean,
  ): Promise<Job[]>;
  /** See `holdJobs`. What is left running is of this worker from then on. */
  hold(
    queue: string,
    limit: number,
    use: (jobs: readonly HeldJob[]) => Promise<LeftJobs>,
  ): Promise<void>;
  /** Jobs that were taken and not begun wait again for anybody: it was no attempt. */
  giveBack(ids: readonly Id[]): Promise<void>;
  /** Forgets them with the next look. */
  release(id: Id): void;
  /**
   * Shows that this worker lives, and revives the jobs of those that were found dead twice in a row:
   * after PostgreSQL was gone for a moment everybody gets the time to come back. Also revives its own
   * that it never heard of, because the answer to `take` was lost.
   */
  look(): Promise<readonly AbandonedJob[]>;
  close(): Promise<void>;
}

export interface StandingStill {
  /** Milliseconds without a word after which a worker stands still. */
  readonly patience: number;
  /** Milliseconds for which it is seen so before anything is taken from it. */
  readonly watching: number;
}

/** Together as long as a lease of what a job does outside: see docs/decisions/0035-who-stands-still.md. */
const STANDING_STILL: StandingStill = { patience: 10_000, watching: 2_000 };

interface ClaimOptions {
  /** Where it keeps its lock: a pool without a pooler in between, which would give the session away. */
  readonly lockOn?: Sql | undefined;
  readonly times?: StandingStill | undefined;
  /** Hears of a job that runs here and was taken over by somebody else. */
  readonly onTaken?: (id: Id) => void;
}

/**
 * A worker holds a lock on one connection that is kept for it: PostgreSQL lets go of it when the
 * process dies, however it dies. A job whose worker's lock is gone is taken over at once. One that holds
 * its lock and stands still, or can't be reached, loses it after `patience` and `watching`.
 */
export function createJobClaims(sql: Sql, worker: number, options: ClaimOptions = {}): JobClaims {
  const { lockOn = sql, times = STANDING_STILL, onTaken = () => undefined } = options;
  let keeper: KeptConnection | null = null;
  let suspects: readonly number[] = [];
  const released = new Set<Id>();
  const held = new Set<Id>();
  /** Workers that stand still, since it was seen. `performance.now()` */
  let frozenSince = new Map<number, number>();
  let lookedAt = performance.now();
  let mayBeTaken = false;
  /** Being claimed: a row of theirs may be there or not. */
  const underWay = new Set<Id>();
  /** Queues from which jobs are being taken. */
  const taking = new Set<string>();
  /** Until then jobs may be claimed that nobody here knows of. `performance.now()` */
  let unsureUntil = 0;

  /** The connection that holds the lock; null while the server still knows of the one before it. */
  async function keepAlive(): Promise<KeptConnection | null> {
    if (keeper && !keeper.isLost()) return keeper;
    keeper = null;
    suspects = [];
    const kept = keepConnection(lockOn);
    try {
      const [row] = await kept.sql`select pg_try_advisory_lock(${WORKERS}, ${worker}) as is_taken`;
      if (row?.["is_taken"] === true) keeper = kept;
      return keeper;
    } finally {
      if (keeper !== kept) kept.close();
    }
  }

  async function forgetReleased(): Promise<void> {
    if (released.size === 0) return;
    const ids = [...released];
    await sql`delete from job_claims where job_id = any(${ids}::uuid[]) and worker = ${worker}`;
    for (const id of ids) released.delete(id);
  }

  /** Those that hold no lock. Who stands still loses it here, and is found among them soon after. */
  async function findDead({ sql: own }: KeptConnection): Promise<number[]> {
    const lost = await findLostWorkers(own, worker, times.patience / 1000);
    const ids = (isFrozen: boolean) =>
      lost.filter((found) => found.isFrozen === isFrozen).map((found) => found.worker);
    await endFrozenSessions(own, watchFrozen(ids(true)), times.patience / 1000);
    return ids(false);
  }

  /** Where everything stood still together, with the machine or the server, each gets the time to go on. */
  function watchFrozen(found: readonly number[]): number[] {
    const now = performance.now();
    frozenSince = new Map(found.map((id) => [id, frozenSince.get(id) ?? now]));
    return found.filter((id) => now - (frozenSince.get(id) ?? now) >= times.watching);
  }

  /** Whoever stood still itself, or was cut off, may have lost its jobs. */
  async function tellTaken(): Promise<void> {
    if (held.size === 0) return;
    const ids = [...held];
    const rows = await sql`
      select job_id as id, queue
      from job_claims
      where worker = ${worker} and job_id = any(${ids}::uuid[])
    `;
    const own = new Set(claimRows.parse([...rows]).map(({ id }) => id));
    for (const id of ids) {
      if (own.has(id) || !held.delete(id)) continue;
      onTaken(id);
    }
  }

  /** Claimed by this worker, but the answer was lost. */
  async function findUnheard(): Promise<Id[]> {
    if (performance.now() > unsureUntil) return [];
    const rows = await sql`
      select job_id as id, queue from job_claims where worker = ${worker} limit ${MANY_JOBS}
    `;
    // What is held and taken now: a row that was seen is in one of these, if anybody knows of it.
    return claimRows
      .parse([...rows])
      .filter(({ id, queue }) => !taking.has(queue) && !underWay.has(id))
      .filter(({ id }) => !held.has(id) && !released.has(id))
      .map(({ id }) => id);
  }

  return {
    take: async (queue, fetch, isCrowded = false) => {
      taking.add(queue);
      try {
        const jobs = await fetch(claimFetched(sql, { queue, worker, isCrowded }));
        for (const { id } of jobs) {
          released.delete(id);
          held.add(id);
        }
        return jobs;
      } catch (error) {
        unsureUntil = performance.now() + LONGEST_STATEMENT;
        throw error;
      } finally {
        taking.delete(queue);
      }
    },
    hold: async (queue, limit, use) => {
      let claiming: readonly Id[] = [];
      try {
        await holdJobs(sql, { queue, worker, limit }, async (jobs) => {
          const left = await use(jobs);
          claiming = left.running.map(({ id }) => id);
          for (const id of claiming) {
            released.delete(id);
            underWay.add(id);
          }
          return left;
        });
        for (const id of claiming) held.add(id);
      } catch (error) {
        if (claiming.length > 0) unsureUntil = performance.now() + LONGEST_STATEMENT;
        throw error;
      } finally {
        for (const id of claiming) underWay.delete(id);
      }
    },
    giveBack: async (ids) => {
      for (const id of ids) held.delete(id);
      try {
        await reviveUnheard(sql, worker, ids);
      } catch (error) {
        // Nobody here knows of them now: the next look gives them back.
        unsureUntil = performance.now() + LONGEST_STATEMENT;
        throw error;
      }
    },
    release: (id) => {
      held.delete(id);
      released.add(id);
    },
    look: async () => {
      const start = performance.now();
      // The time before a pause of its own says nothing of the others.
      if (start - lookedAt > times.watching) frozenSince = new Map();
      if (start - lookedAt > times.patience || keeper?.isLost()) mayBeTaken = true;
      lookedAt = start;
      try {
        const kept = await keepAlive();
        if (!kept) return [];
        if (mayBeTaken) await tellTaken();
        mayBeTaken = false;
        await forgetReleased();
        const dead = await findDead(kept);
        const confirmed = dead.filter((found) => suspects.includes(found));
        suspects = dead;
        const unheard = await reviveUnheard(sql, worker, await findUnheard());
        return [...unheard, ...(await reviveJobs(sql, confirmed))];
      } catch (error) {
        suspects = [];
        throw error;
      }
    },
    close: async () => {
      try {
        await forgetReleased();
      } finally {
        keeper?.close();
        keeper = null;
      }
    },
  };
}
