import { spawn } from "node:child_process";
import { open, readFile, readlink, realpath, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Binaries } from "./embedded_binaries.ts";
import { keptMemory, memorySettings } from "./embedded_memory.ts";
import { explainFailure, isErrorCode } from "./embedded_failures.ts";
import type { ServerUser } from "./embedded_user.ts";
import { StartupError } from "./startup_error.ts";

/** A postmaster that serves our cluster, started by this process or by one that was killed. */
export interface RunningServer {
  pid: number;
  port: number;
}

const startTimeout = 60_000; // ms; recovery after a crash replays at most max_wal_size
const stopTimeout = 15_000; // ms
const pollInterval = 10; // ms
const logLimit = 10_000_000; // bytes; checked at each start

/** For a small machine, too: about 70 MB beside the pages that it keeps; every commit on the disk. */
const serverSettings: Readonly<Record<string, string>> = {
  listen_addresses: "127.0.0.1",
  // No socket files: /tmp is everybody's, and the port with its password is enough.
  unix_socket_directories: "",
  max_connections: "100",
  work_mem: "8MB",
  maintenance_work_mem: "64MB",
  max_wal_size: "512MB",
  // Pages come from the system's memory: to hand each to another process takes longer than to read it.
  io_method: "sync",
  // Short queries only: compiling them costs more than it saves.
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  lc_messages: "C",
  log_checkpoints: "off",
  // Statements and their values would put names and phones into the log.
  log_min_error_statement: "panic",
  log_error_verbosity: "terse",
};

/**
 * The server that already works in `cluster`, if there is one: an orphan of a killed process.
 * Any other pid file is stale and is removed, or PostgreSQL would refuse to start while its pid
 * belongs to another program or to a dead one that nobody collected. Safe: a living child of a
 * killed server still holds its shared memory, and PostgreSQL looks for that too.
 */
export async function findRunningServer(cluster: string): Promise<RunningServer | null> {
  const file = await readPidFile(cluster);
  if (file === null) return null;
  const isOurs = (await isAlive(file.pid)) && (await isServerOf(cluster, file.pid));
  if (!isOurs) {
    await rm(pidPath(cluster), { force: true });
    return null;
  }
  if (file.status === "stopping" && (await waitUntilGone(file.pid))) return null;
  return { pid: file.pid, port: file.port };
}

/** Starts a server in its own session, so that Ctrl-C in the terminal reaches only this program. */
export async function startServer(options: {
  cluster: string;
  binaries: Binaries;
  user: ServerUser | null;
  port: number;
  /** Where PostgreSQL's own log goes. It may not hold values of statements. */
  logFile: string;
  settings?: Readonly<Record<string, string>>;
}): Promise<RunningServer> {
  const { cluster, binaries, user, port, logFile } = options;
  const settings = {
    ...serverSettings,
    ...memorySettings(),
    ...options.settings,
    port: String(port),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  const log = await open(logFile, "a", 0o600);
  let { size: logStart } = await log.stat();
  if (logStart > logLimit) {
    await log.truncate();
    logStart = 0;
  }
  const child = spawn(binaries.postgres, ["-D", cluster, ...flags], {
    ...user,
    cwd: "/",
    env: { LC_ALL: "C", TZ: "UTC", ...keptMemory },
    stdio: ["ignore", log.fd, log.fd],
    detached: true,
  });
  const ended = new AbortController();
  child.once("error", (error) => ended.abort(error));
  child.once("exit", (code, signal) => ended.abort(new Error(`postgres: ${code ?? signal}`)));
  child.unref();
  await log.close();
  try {
    const pid = child.pid ?? Number.NaN;
    await waitUntilReady(cluster, pid, ended.signal);
    return { pid, port };
  } catch (error) {
    if (!ended.signal.aborted) child.kill("SIGQUIT");
    const written = await readFile(logFile).catch(() => Buffer.alloc(0));
    throw explainFailure(cluster, error, written.subarray(logStart).toString("utf8"));
  }
}

/**
 * Resolves when the server of this pid takes connections. Throws a StartupError when it does not in
 * time, and the signal's reason when that is aborted.
 */
export async function waitUntilReady(
  cluster: string,
  pid: number,
  ended?: AbortSignal,
): Promise<void> {
  const deadline = performance.now() + startTimeout;
  while (performance.now() < deadline) {
    ended?.throwIfAborted();
    const file = await readPidFile(cluster);
    if (file?.pid === pid && file.status === "ready") return;
    await sleep(pollInterval);
  }
  throw new StartupError(
    "timeout",
    `База данных в папке ${cluster} не ответила за минуту. Запустите ещё раз; данные целы.`,
  );
}

/** Ends the server with PostgreSQL's fast shutdown: open transactions are rolled back. */
export async function stopServer({ pid }: RunningServer): Promise<void> {
  for (const signal of ["SIGINT", "SIGQUIT"] as const) {
    if (!sendSignal(pid, signal)) return;
    if (await waitUntilGone(pid)) return;
  }
}

async function waitUntilGone(pid: number): Promise<boolean> {
  const deadline = performance.now() + stopTimeout;
  while (performance.now() < deadline) {
    if (!(await isAlive(pid))) return true;
    await sleep(pollInterval);
  }
  return false;
}

function sendSignal(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch {
    return false;
  }
}

async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return isErrorCode(error, "EPERM");
  }
  // Where the first process of a container does not collect the dead, they still answer signals.
  const state = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return !/\) [ZX] /.test(state);
}

/** A postmaster's working directory is its cluster. A reused pid has another one. */
async function isServerOf(cluster: string, pid: number): Promise<boolean> {
  if (process.platform !== "linux") return true;
  const directory = await readlink(`/proc/${pid}/cwd`).catch(() => "");
  return directory === (await realpath(cluster));
}

interface PidFile {
  pid: number;
  port: number;
  status: string;
}

function pidPath(cluster: string): string {
  return join(cluster, "postmaster.pid");
}

/** postmaster.pid, one thing a line: pid, folder, start, port, sockets, address, memory, status. */
async function readPidFile(cluster: string): Promise<PidFile | null> {
  const text = await readFile(pidPath(cluster), "utf8").catch(() => null);
  if (text === null) return null;
  const lines = text.split("\n");
  return { pid: Number(lines[0]), port: Number(lines[3]), status: lines[7]?.trim() ?? "" };
}
