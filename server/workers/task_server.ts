import { parentPort } from "node:worker_threads";

export interface TaskMessage {
  readonly request: unknown;
}

export type TaskAnswer<Result> =
  | { readonly isDone: true; readonly result: Result }
  | { readonly isDone: false; readonly message: string };

/** The other end of `createTaskWorker`, inside the thread: answers each request with one result. */
export function serveTasks(work: (request: unknown) => Promise<unknown>): void {
  const port = parentPort;
  if (!port) throw new Error("not in a worker thread");
  port.on("message", ({ request }: TaskMessage) => {
    work(request).then(
      (result) => port.postMessage({ isDone: true, result } satisfies TaskAnswer<unknown>),
      (error: unknown) => {
        const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
        port.postMessage({ isDone: false, message } satisfies TaskAnswer<unknown>);
      },
    );
  });
}
