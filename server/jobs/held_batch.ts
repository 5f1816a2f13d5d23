import type { HeldJob, LeftJobs } from "../../db/held_jobs.ts";
import type { JobRun } from "./job_run.ts";

/**
 * What became of a job that was held: `deleted` is done, `claimed` has its row like any other, `lost` waits
 * again for anybody, whatever was done for it.
 */
export type HeldOutcome = "deleted" | "claimed" | "lost";

/** Whoever adds a job with the key of a held one waits for as long. */
const LONGEST_HOLD = 250; // ms

/**
 * Jobs that one open transaction holds. It is due when all of them have ended, or after a moment: those that
 * still run or wait then, and those that failed, are claimed.
 */
export class HeldBatch {
  /** Not ended yet. */
  readonly #open: Map<string, HeldJob>;
  readonly #begun: Pick<JobRun, "take">[] = [];
  readonly #failed: HeldJob[] = [];
  readonly #returned: HeldJob[] = [];
  readonly #due = Promise.withResolvers<LeftJobs>();
  readonly #over = Promise.withResolvers<boolean>();
  readonly #timer: NodeJS.Timeout;
  #claimed: ReadonlySet<string> = new Set();
  #isDue = false;

  constructor(jobs: readonly HeldJob[]) {
    this.#open = new Map(jobs.map((job) => [job.id, job]));
    this.#timer = setTimeout(() => this.#close(), LONGEST_HOLD);
    this.#closeIfEmpty();
  }

  /** Resolves when the transaction should end. */
  get left(): Promise<LeftJobs> {
    return this.#due.promise;
  }

  /** It is told when the transaction is lost: then somebody else may work on the job at once. */
  begin(run: Pick<JobRun, "take">): void {
    this.#begun.push(run);
  }

  /** A job was done. Resolves after the transaction. */
  async end(id: string): Promise<HeldOutcome> {
    if (!this.#isDue) this.#open.delete(id);
    this.#closeIfEmpty();
    return this.#outcomeOf(id);
  }

  /** A job failed, so it needs its row. Resolves after the transaction. */
  async fail(id: string): Promise<HeldOutcome> {
    this.#move(id, this.#failed);
    return this.#outcomeOf(id);
  }

  /** A job won't be begun: `deleted` means that it waits again. Resolves after the transaction. */
  async giveBack(id: string): Promise<HeldOutcome> {
    this.#move(id, this.#returned);
    return this.#outcomeOf(id);
  }

  /** The transaction is over. */
  finish(isCommitted: boolean): void {
    this.#close();
    this.#over.resolve(isCommitted);
    const lost = isCommitted ? [] : this.#begun;
    for (const run of lost) run.take();
  }

  #move(id: string, to: HeldJob[]): void {
    const job = this.#open.get(id);
    if (this.#isDue || !job) return;
    to.push(job);
    this.#open.delete(id);
    this.#closeIfEmpty();
  }

  #closeIfEmpty(): void {
    if (this.#open.size === 0) this.#close();
  }

  #close(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    clearTimeout(this.#timer);
    const running = [...this.#open.values(), ...this.#failed];
    this.#claimed = new Set(running.map(({ id }) => id));
    this.#due.resolve({ running, waiting: this.#returned });
  }

  async #outcomeOf(id: string): Promise<HeldOutcome> {
    if (!(await this.#over.promise)) return "lost";
    return this.#claimed.has(id) ? "claimed" : "deleted";
  }
}
