import type { JobWithMetadata } from "pg-boss";

/** As much as one gets through in this time is taken ahead. */
const AHEAD = 100; // ms
const MOST_AHEAD = 400;
/** Whoever waits for longer is better off with another process. */
const LONGEST_WAIT = 1_000; // ms

/** A job that was taken and not begun. `takenAt`: ms of the clock. */
export interface TakenJob {
  readonly job: JobWithMetadata;
  readonly takenAt: number;
}

/**
 * Jobs of one queue that this process took before it had a slot for them: the quicker the last ones were,
 * the more. A queue of slow jobs takes none ahead, nor does a process that has not ended a job yet: a job
 * that kills its process takes few others with it.
 * @param clock milliseconds that only grow
 */
export class JobStock {
  readonly #clock: () => number;
  readonly #waiting: TakenJob[] = [];
  #ended = 0;
  /** Jobs that end in a millisecond. */
  #rate = 0;
  #ratedAt: number;

  constructor(clock: () => number) {
    this.#clock = clock;
    this.#ratedAt = clock();
  }

  get size(): number {
    return this.#waiting.length;
  }

  add(jobs: readonly JobWithMetadata[]): void {
    const takenAt = this.#clock();
    for (const job of jobs) this.#waiting.push({ job, takenAt });
  }

  next(): TakenJob | undefined {
    return this.#waiting.shift();
  }

  remove(id: string): void {
    const index = this.#waiting.findIndex(({ job }) => job.id === id);
    if (index >= 0) this.#waiting.splice(index, 1);
  }

  /** A job ended. */
  countEnd(): void {
    this.#ended += 1;
  }

  /** How many should be fetched besides those for free slots. None while enough of them wait. */
  measureLack(): number {
    const now = this.#clock();
    const passed = now - this.#ratedAt;
    if (passed > 2) {
      this.#rate += Math.min(1, passed / AHEAD) * (this.#ended / passed - this.#rate);
      this.#ended = 0;
      this.#ratedAt = now;
    }
    const goal = Math.min(MOST_AHEAD, Math.floor(this.#rate * AHEAD));
    // Few and large fetches: each costs as much as a dozen of its jobs.
    return this.#waiting.length * 4 < goal ? goal - this.#waiting.length : 0;
  }

  /** Ids of all that wait, none of which is here any more. */
  clear(): string[] {
    return this.#waiting.splice(0).map(({ job }) => job.id);
  }

  /** `clear`, where the first has waited for too long. */
  clearStale(): string[] {
    const [first] = this.#waiting;
    return first && this.#clock() - first.takenAt > LONGEST_WAIT ? this.clear() : [];
  }
}
