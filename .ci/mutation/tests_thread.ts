import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Answer, Asked, DryRun, Question, Verdict, WorkerData } from "./tests_worker.ts";

const TICK = 100;

/** The thread that runs the tests; begun again after a mutant that hangs or breaks it. */
export class TestsThread {
  readonly #data: WorkerData;
  #worker: Worker;
  #loaded: Promise<unknown>;

  constructor(data: WorkerData) {
    this.#data = data;
    ({ worker: this.#worker, loaded: this.#loaded } = start(data));
  }

  /** @throws when a test fails without a mutant */
  async runDry(): Promise<DryRun> {
    return (await this.#ask(null)) as DryRun;
  }

  /** @param patience milliseconds of this process being awake, as it may be stopped for a while */
  async tryMutant(question: NonNullable<Question>, patience: number): Promise<Verdict> {
    // Not the mutant's time.
    await this.#loaded;
    const stop = new AbortController();
    let left = patience;
    const ticking = setInterval(() => {
      left -= TICK;
      if (left <= 0) stop.abort();
    }, TICK);
    try {
      return (await this.#ask(question, stop.signal)) as Verdict;
    } catch {
      // Endless, or out of memory.
      await this.close();
      ({ worker: this.#worker, loaded: this.#loaded } = start(this.#data));
      return "out of time";
    } finally {
      clearInterval(ticking);
    }
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }

  async #ask(question: Question, signal?: AbortSignal): Promise<Answer["answer"]> {
    await this.#loaded;
    const answering = once(this.#worker, "message", { signal });
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    this.#worker.postMessage({ question } satisfies Asked);
    const [{ answer }] = (await answering) as [Answer];
    return answer;
  }
}

function start(workerData: WorkerData): { worker: Worker; loaded: Promise<unknown> } {
  const worker = new Worker(new URL("tests_worker.ts", import.meta.url), {
    workerData,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: 1024 },
  });
  const loaded = once(worker, "message");
  // Whoever asks hears of it.
  loaded.catch(() => undefined);
  return { worker, loaded };
}
