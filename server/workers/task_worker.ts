import { Worker } from "node:worker_threads";
import type { TaskAnswer, TaskMessage } from "./task_server.ts";

/**
 * busy: the queue is full; timeout: the task took too long and its thread was ended; crashed: the
 * thread died, mostly for want of memory; failed: the task threw; closed: the worker was closed.
 */
export type TaskFailure = "busy" | "timeout" | "crashed" | "failed" | "closed";

export class TaskError extends Error {
  readonly reason: TaskFailure;

  constructor(reason: TaskFailure, message: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "TaskError";
    this.reason = reason;
  }
}

export interface TaskWorker<Request, Result> {
  /** Copies the request into the thread and the result back. Rejects with `TaskError` only. */
  run(request: Request): Promise<Result>;
  close(): Promise<void>;
}

export interface TaskWorkerOptions {
  /** A module that calls `serveTasks`. */
  readonly script: URL;
  /** Milliseconds of work for one task; waiting in the queue is not counted. */
  readonly timeout: number;
  /** How many tasks may wait. */
  readonly queueLimit: number;
  /** Megabytes of the thread's JavaScript heap. */
  readonly memory: number;
  /** Milliseconds without a task after which the thread gives its memory back. */
  readonly idleTimeout?: number;
}

interface Task<Request, Result> {
  readonly request: Request;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: TaskError) => void;
}

/**
 * One thread that does heavy work, one task at a time in the order of asking, so that the event loop
 * stays free. A thread that hangs or dies takes down only its own task; the next gets a new one.
 */
export function createTaskWorker<Request, Result>(
  options: TaskWorkerOptions,
): TaskWorker<Request, Result> {
  const waiting: Task<Request, Result>[] = [];
  let worker: Worker | null = null;
  let current: Task<Request, Result> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  function startWorker(): Worker {
    const started = new Worker(options.script, {
      resourceLimits: { maxOldGenerationSizeMb: options.memory },
    });
    started.on("message", (answer: TaskAnswer<Result>) => finish(started, answer));
    started.on("error", (cause) =>
      lose(started, new TaskError("crashed", "thread died", { cause })),
    );
    started.on("exit", () => lose(started, new TaskError("crashed", "thread ended")));
    return started;
  }

  function finish(from: Worker, answer: TaskAnswer<Result>): void {
    if (from !== worker || !current) return;
    const task = current;
    rest();
    if (answer.isDone) task.resolve(answer.result);
    else task.reject(new TaskError("failed", answer.message));
    startNext();
  }

  /** The thread is gone, or no longer wanted: late words of a former thread count for nothing. */
  function lose(from: Worker, error: TaskError): void {
    if (from !== worker) return;
    worker = null;
    const task = current;
    rest();
    task?.reject(error);
    startNext();
  }

  function rest(): void {
    clearTimeout(timer);
    current = null;
  }

  function startNext(): void {
    if (current || isClosed) return;
    const task = waiting.shift();
    if (!task) {
      waitForNext();
      return;
    }
    clearTimeout(timer);
    worker ??= startWorker();
    const working = worker;
    working.ref();
    current = task;
    timer = setTimeout(() => {
      lose(working, new TaskError("timeout", `task took over ${options.timeout} ms`));
      void working.terminate();
    }, options.timeout);
    try {
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      working.postMessage({ request: task.request } satisfies TaskMessage);
    } catch (cause) {
      rest();
      task.reject(new TaskError("failed", "the request can't be copied into a thread", { cause }));
      startNext();
    }
  }

  /** An idle thread neither keeps the process alive nor, for long, its memory. */
  function waitForNext(): void {
    worker?.unref();
    timer = setTimeout(() => {
      const idle = worker;
      worker = null;
      void idle?.terminate();
    }, options.idleTimeout ?? 60_000).unref();
  }

  return {
    run(request) {
      return new Promise((resolve, reject) => {
        if (isClosed) return reject(new TaskError("closed", "the worker is closed"));
        if (waiting.length >= options.queueLimit) {
          return reject(new TaskError("busy", `${waiting.length} tasks are waiting`));
        }
        waiting.push({ request, resolve, reject });
        return startNext();
      });
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      clearTimeout(timer);
      const left = current ? [current, ...waiting.splice(0)] : waiting.splice(0);
      const ending = worker;
      worker = null;
      current = null;
      for (const task of left) task.reject(new TaskError("closed", "the worker is closed"));
      await ending?.terminate();
    },
  };
}
