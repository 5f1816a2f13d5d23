import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stopOrphan } from "../db/embedded.ts";
import { readClusterLocation } from "../db/embedded_location.ts";
import { findFreePort } from "../server/testing_program.ts";
import { median, milliseconds, type Row } from "./measure.ts";

/** Milliseconds from the command to its address, after a kill -9 of the last program. */
const GOAL = 3000;
const STARTS = 7;
/** Ms that a program runs before it is killed: it has kept by then what it compiled. */
const RUNS = 3000;

/** `npm start` as a person types it: on the embedded database, with the simulated Telegram. */
export async function measureStart(): Promise<Row[]> {
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-start-"));
  // The database's user passes through it.
  await chmod(dataDir, 0o711);
  const times: number[] = [];
  try {
    for (let start = 0; start <= STARTS; start += 1) {
      const program = spawnStart(dataDir, await findFreePort());
      times.push(await timeUntilTold(program));
      await sleep(RUNS);
      const gone = once(program, "exit");
      process.kill(await readPid(dataDir), "SIGKILL");
      await gone;
    }
  } finally {
    const cluster = await readClusterLocation(dataDir);
    await stopOrphan(dataDir);
    await rm(cluster, { recursive: true, force: true });
    await rm(dataDir, { recursive: true, force: true });
  }
  const [first = Number.NaN, ...later] = times;
  return [
    {
      work: "npm start after a kill -9, until it tells its address",
      ours: `${milliseconds(median(later))}, at most ${milliseconds(Math.max(...later))}`,
      peer: `the promise: ${GOAL} ms`,
      ratio: median(later) / GOAL,
      goal: { at: "most", ratio: 1 },
    },
    {
      work: "npm start in a new folder, the database made",
      ours: milliseconds(first),
      peer: "after a kill -9",
      ratio: first / median(later),
      goal: null,
    },
  ];
}

function spawnStart(dataDir: string, port: number): ChildProcess {
  const { PATH, HOME } = process.env;
  return spawn("npm", ["start"], {
    cwd: join(import.meta.dirname, ".."),
    env: { PATH, HOME, DATA_DIR: dataDir, PORT: String(port) },
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function timeUntilTold(program: ChildProcess): Promise<number> {
  const began = performance.now();
  let output = "";
  const told = Promise.withResolvers<number>();
  const listen = (chunk: Buffer): void => {
    output += chunk.toString("utf8");
    if (output.includes("Откройте в браузере")) told.resolve(performance.now() - began);
  };
  program.stdout?.on("data", listen);
  program.stderr?.on("data", listen);
  program.once("exit", () => told.reject(new Error(`npm start ended: ${output}`)));
  return told.promise;
}

/** Of the program itself: npm is its parent. Every line of the log has it. */
async function readPid(dataDir: string): Promise<number> {
  const log = await readFile(join(dataDir, "smetka.log"), "utf8");
  const { pid } = JSON.parse(log.trim().split("\n").at(-1) ?? "") as { pid: number };
  return pid;
}
