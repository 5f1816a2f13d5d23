import { type JobContext, JobTaken } from "./queues.ts";

interface RunOptions {
  readonly attempt: number;
  readonly isLastAttempt: boolean;
  /** Aborted when the program stops. */
  readonly stopping: AbortSignal;
  /** When its time is over. `performance.now()` */
  readonly until: number;
}

/** One run of a job, as its handler sees it. Most are short and ask for no signal: it is made when asked for. */
export class JobRun implements JobContext {
  readonly attempt: number;
  readonly isLastAttempt: boolean;
  readonly #stopping: AbortSignal;
  readonly #until: number;
  #taking: AbortController | null = null;
  #signal: AbortSignal | null = null;
  #isTaken = false;

  constructor({ attempt, isLastAttempt, stopping, until }: RunOptions) {
    this.attempt = attempt;
    this.isLastAttempt = isLastAttempt;
    this.#stopping = stopping;
    this.#until = until;
  }

  get signal(): AbortSignal {
    return (this.#signal ??= this.#makeSignal());
  }

  /** Somebody else may work on the job now. */
  get isTaken(): boolean {
    return this.#isTaken;
  }

  take(): void {
    this.#isTaken = true;
    this.#taking?.abort(new JobTaken());
  }

  #makeSignal(): AbortSignal {
    this.#taking = new AbortController();
    if (this.#isTaken) this.#taking.abort(new JobTaken());
    const left = Math.max(0, Math.round(this.#until - performance.now()));
    return AbortSignal.any([this.#stopping, this.#taking.signal, AbortSignal.timeout(left)]);
  }
}
