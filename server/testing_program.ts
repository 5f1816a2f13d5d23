import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { programEnvironment } from "../db/testing_environment.ts";

/** The program of `npm start` as a process of its own. */
export interface Program {
  readonly process: ChildProcess;
  /** http://127.0.0.1:<port> */
  readonly url: string;
  /** What it told the person at the terminal so far. */
  output(): string;
  /** Resolves when `/readyz` answers 200; rejects with the output when the program ended before. */
  ready(): Promise<void>;
  /** Resolves with the exit code when the program is gone; null after a kill. */
  ended: Promise<number | null>;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

/** On a machine that does much else. */
const READY_LIMIT = 180_000; // ms

/**
 * Only `programEnvironment` reaches it: nothing of the machine that runs the tests.
 * @param flags of Node; `readStartFlags` where memory or CPU is measured
 */
export async function startProgram(
  variables: Record<string, string>,
  main: string = join(import.meta.dirname, "main.ts"),
  flags: readonly string[] = [],
): Promise<Program> {
  const port = variables["PORT"] ?? String(await findFreePort());
  const child = spawn(process.execPath, [...flags, main], {
    env: programEnvironment({ PORT: port, ...variables }),
    stdio: ["ignore", "pipe", "pipe"],
    // A process group of its own: a signal meant for it does not reach the tests.
    detached: true,
  });
  const chunks: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
  const output = () => Buffer.concat(chunks).toString("utf8");
  const ended = once(child, "exit").then(([code]) => code as number | null);
  const url = `http://127.0.0.1:${port}`;
  return {
    process: child,
    url,
    output,
    ended,
    ready: async () => {
      const deadline = Date.now() + READY_LIMIT;
      while (Date.now() < deadline) {
        if (child.exitCode !== null || child.signalCode !== null) break;
        if (await isReady(url)) return;
        await sleep(50);
      }
      throw new Error(`The program did not get ready: ${output()}`);
    },
    end: async (signal) => {
      if (child.exitCode === null && child.signalCode === null) child.kill(signal);
      return ended;
    },
  };
}

/** What `npm start` and the image tell Node of its memory and its compiler. */
export function readStartFlags(): readonly string[] {
  const manifest = readFileSync(join(import.meta.dirname, "../package.json"), "utf8");
  const [, flags] = /exec node ((?:--\S+ )+)server\/main\.ts"/.exec(manifest) ?? [];
  if (flags === undefined) throw new Error("package.json: npm start tells Node nothing");
  return flags.trim().split(" ");
}

async function isReady(url: string): Promise<boolean> {
  try {
    const { status } = await fetch(`${url}/readyz`, { signal: AbortSignal.timeout(2000) });
    return status === 200;
  } catch {
    // Nobody listens yet.
    return false;
  }
}

export async function findFreePort(): Promise<number> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address ? address.port : 0;
}
