import type { HeldJob } from "../../db/held_jobs.ts";
import type { HeldBatch } from "./held_batch.ts";

/** As much as one gets through in this time is taken ahead. */
const AHEAD = 60; // ms
const MOST_AHEAD = 400;
/**
 * A process that is younger may have been started again by what it works on: its jobs are claimed, so that
 * its next death is an attempt of each.
 */
const SETTLED = 1_000; // ms
const QUICK = 25; // ms
const NEWEST = 0.1;
/** Whoever waits for longer is better off with another process. */
const LONGEST_WAIT = 1_000; // ms

/** However it was taken. */
export type Job = HeldJob;

/** A job that was taken and not begun. */
export interface TakenJob {
  readonly job: Job;
  /** Milliseconds of the clock. */
  readonly takenAt: number;
  /** The open transaction that holds it; null where its row says whose it is. */
  readonly batch: HeldBatch | null;
}

/**
 * Jobs of one queue that this process took before it had a slot for them: the quicker the last ones were,
 * the more. A queue of slow jobs takes none ahead, nor does a process that has not ended a job yet: a job
 * that kills its process takes few others with it.
 * @param clock milliseconds that only grow
 */
export class JobStock {
  readonly #clock: () => number;
  readonly #slots: number;
  readonly #waiting: TakenJob[] = [];
  /** When the first job ended. */
  #settling: number | null = null;
  #lastEnd = 0;
  /** Milliseconds of the last jobs, the newest ones counting most. */
  #usualTime = 0;

  constructor(clock: () => number, slots: number) {
    this.#clock = clock;
    this.#slots = slots;
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(jobs: readonly Job[], batch: HeldBatch | null): void {
    const takenAt = this.#clock();
    for (const job of jobs) this.#waiting.push({ job, takenAt, batch });
  }

  next(): TakenJob | undefined {
    return this.#waiting.shift();
  }

  remove(id: string): void {
    const index = this.#waiting.findIndex(({ job }) => job.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** Those of a transaction that was lost. */
  drop(batch: HeldBatch): void {
    const kept = this.#waiting.filter((taken) => taken.batch !== batch);
    this.#waiting.splice(0, Infinity, ...kept);
  }

  /** A job ended that took so many ms. */
  countEnd(time: number): void {
    this.#usualTime += (this.#settling === null ? 1 : NEWEST) * (time - this.#usualTime);
    this.#lastEnd = this.#clock();
    this.#settling ??= this.#lastEnd;
  }

  /** Whether they take a moment each, in a process that has worked for a while. */
  isQuick(areSlotsFull: boolean): boolean {
    if (this.#settling === null) return false;
    return this.#clock() - this.#settling > SETTLED && this.#timeOfOne(areSlotsFull) < QUICK;
  }

  /** Where all slots are full and nothing ends, what runs now is slower than what ended last. */
  #timeOfOne(areSlotsFull: boolean): number {
    const silence = areSlotsFull ? this.#clock() - this.#lastEnd : 0;
    return Math.max(this.#usualTime, silence, 0.1);
  }

  /** How many should be fetched besides those for free slots. None while enough of them wait. */
  measureLack(areSlotsFull: boolean): number {
    if (this.#settling === null) return 0;
    const time = this.#timeOfOne(areSlotsFull);
    const goal = Math.min(MOST_AHEAD, Math.floor((this.#slots * AHEAD) / time));
    // Few and large fetches: each costs as much as a dozen of its jobs.
    return this.#waiting.length * 4 < goal ? goal - this.#waiting.length : 0;
  }

  /** All that wait, none of which is here any more. */
  clear(): TakenJob[] {
    return this.#waiting.splice(0);
  }

  /** `clear`, where the first has waited for too long. */
  clearStale(): TakenJob[] {
    const [first] = this.#waiting;
    return first && this.#clock() - first.takenAt > LONGEST_WAIT ? this.clear() : [];
  }
}
