import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { programEnvironment } from "../../db/testing_environment.ts";

interface WorkerEvent {
  readonly event: "ready" | "started" | "ended";
  readonly queue?: string;
  readonly attempt?: number;
  readonly outcome?: string;
  readonly reason?: string;
}

export interface WorkerProcess {
  readonly process: ChildProcess;
  /** The next line that it tells. Rejects, with what it complained of, when it ends instead. */
  nextEvent(): Promise<WorkerEvent>;
  /** With SIGKILL: it gets no chance to say goodbye. Resolves when it is gone. */
  kill(): Promise<void>;
  readonly gone: Promise<unknown>;
}

/** See testing_worker.ts. */
export function startWorkerProcess(
  databaseUrl: string,
  mode: "hang" | "die" | "hold" | "send",
  telegram: { readonly apiRoot: string; readonly token: string } = { apiRoot: "", token: "" },
): WorkerProcess {
  const program = join(import.meta.dirname, "testing_worker.ts");
  const child = spawn(
    process.execPath,
    [program, databaseUrl, mode, telegram.apiRoot, telegram.token],
    { env: programEnvironment({}), stdio: ["ignore", "pipe", "pipe"] },
  );
  const gone = once(child, "exit");
  const complaints: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.toString("utf8")));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    gone,
    nextEvent: async () => {
      const line = await lines.next();
      if (line.done) throw new Error(`The worker ended: ${complaints.join("")}`);
      return JSON.parse(line.value) as WorkerEvent;
    },
    kill: async () => {
      if (child.exitCode === null && child.signalCode === null) child.kill("SIGKILL");
      await gone;
    },
  };
}
