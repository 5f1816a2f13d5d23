import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline/promises";
import type { Queryable } from "../db/client.ts";
import { programEnvironment } from "../db/testing_environment.ts";

export interface Spawned {
  readonly process: ChildProcess;
  /** What its first line said: an address. */
  readonly url: string;
  end(): Promise<void>;
}

/**
 * Starts a program of this folder that prints its address as its first line.
 * @param flags of Node
 */
export async function spawnProgram(
  file: string,
  variables: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Spawned> {
  const child = spawn(process.execPath, [...flags, join(import.meta.dirname, file)], {
    env: programEnvironment(variables),
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

/** Milliseconds of CPU that a process has used, in all its threads that still live. */
export async function readCpu(pid: number | undefined): Promise<number> {
  const tasks = `/proc/${pid ?? "self"}/task`;
  const times = (await readdir(tasks)).map(async (task) => {
    // Nanoseconds on the processor, nanoseconds of waiting for it, turns.
    const [onProcessor = "0"] = (await readFile(`${tasks}/${task}/schedstat`, "utf8")).split(" ");
    return Number(onProcessor) / 1_000_000;
  });
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
}

/** Reads the milliseconds of CPU that the database's process behind a connection has used. */
export async function readBackendCpu(tx: Queryable): Promise<() => number> {
  const [row] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
  const file = `/proc/${row?.pid}/schedstat`;
  return () => Number(readFileSync(file, "utf8").split(" ")[0]) / 1_000_000;
}

/** Milliseconds of CPU that the database has used for the connections of one program. */
export async function readDatabaseCpu(tx: Queryable, applicationName: string): Promise<number> {
  const rows = await tx<{ pid: number }[]>`
    select pid
    from pg_stat_activity
    where application_name = ${applicationName}
      -- Followed by the number of the process.
      or (
        starts_with(application_name, ${applicationName} || ' ')
        and application_name ~ ' \\d+$'
      )
    limit 200
  `;
  const times = rows.map(({ pid }) => readCpu(pid));
  return (await Promise.all(times)).reduce((sum, time) => sum + time, 0);
}

/** Bytes of a process in memory now. */
export async function readRss(pid: number | undefined): Promise<number> {
  const status = await readFile(`/proc/${pid ?? "self"}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}
