import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";

/** Clock ticks per second of /proc on Linux: USER_HZ. */
const TICKS = 100;

export interface Spawned {
  readonly process: ChildProcess;
  /** What its first line said: an address. */
  readonly url: string;
  end(): Promise<void>;
}

/** Starts a program of this folder that prints its address as its first line. */
export async function spawnProgram(
  file: string,
  variables: Readonly<Record<string, string>>,
): Promise<Spawned> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file)], {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...variables },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [url] = (await once(lines, "line")) as [string];
  return {
    process: child,
    url,
    end: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Milliseconds of CPU that a process has used, user and system. */
export async function readCpu(pid: number | undefined): Promise<number> {
  const stat = await readFile(`/proc/${pid ?? "self"}/stat`, "utf8");
  // The name in brackets may hold spaces; the fields behind it are counted from 3.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
}
