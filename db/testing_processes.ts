import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile, readlink, readdir } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import { programEnvironment } from "./testing_environment.ts";

/** One line of `testing_parent.ts`. */
interface ParentEvent {
  event: "ready" | "refused" | "drained";
  url: string;
  code: string;
  message: string;
}

export interface Parent {
  process: ChildProcess;
  /** The next line that the program writes. Rejects, with what it complained of, if it ends. */
  nextEvent(): Promise<ParentEvent>;
  /** Sends the signal to the program only and waits until it is gone. */
  end(signal: NodeJS.Signals): Promise<void>;
}

/** `checkout` is a folder that holds db/testing_parent.ts, this one by default. */
export interface ParentOptions {
  checkout?: string;
  uid?: number;
  gid?: number;
}

/** Starts the program as the leader of a process group of its own, as a terminal does. */
export function startParent(dataDir: string, options: ParentOptions = {}): Parent {
  const { checkout = join(import.meta.dirname, ".."), ...user } = options;
  const program = join(checkout, "db", "testing_parent.ts");
  const child = spawn(process.execPath, [program, dataDir], {
    ...user,
    env: programEnvironment({}),
    cwd: "/",
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const complaints: string[] = [];
  child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.toString("utf8")));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    nextEvent: async () => {
      const line = await lines.next();
      if (line.done) throw new Error(`The program ended: ${complaints.join("")}`);
      return JSON.parse(line.value) as ParentEvent;
    },
    end: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, "exit");
      child.kill(signal);
      await gone;
    },
  };
}

/** The pid in postmaster.pid. */
export async function readServerPid(cluster: string): Promise<number> {
  const [pid] = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
  return Number(pid);
}

/** Every process whose working directory is `cluster`: the postmaster and all its children. */
export async function listServerProcesses(cluster: string): Promise<number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const directories = await Promise.all(
    pids.map((pid) => readlink(`/proc/${pid}/cwd`).catch(() => "")),
  );
  return pids.filter((_, index) => directories[index] === cluster).map(Number);
}
