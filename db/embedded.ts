import { mkdir, realpath } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import postgres from "postgres";
import { findBinaries } from "./embedded_binaries.ts";
import type { Binaries } from "./embedded_binaries.ts";
import {
  clusterOwner,
  findFreePort,
  hasCluster,
  initialiseCluster,
  readClusterAccess,
  secureCluster,
  writeClusterAccess,
} from "./embedded_cluster.ts";
import { explainFailure } from "./embedded_failures.ts";
import { keepRunning } from "./embedded_keeper.ts";
import { chooseClusterLocation, readClusterLocation } from "./embedded_location.ts";
import { lockDirectory } from "./embedded_lock.ts";
import type { DirectoryLock } from "./embedded_lock.ts";
import { findRunningServer, startServer, stopServer, waitUntilReady } from "./embedded_server.ts";
import type { RunningServer } from "./embedded_server.ts";
import { findServerUser } from "./embedded_user.ts";
import type { ServerUser } from "./embedded_user.ts";
import { StartupError } from "./startup_error.ts";

/** A PostgreSQL 18 that this process started, or took over from one that was killed. */
export interface EmbeddedPostgres {
  /** postgres://…@127.0.0.1:…, as the owner of the database. Holds the password. */
  url: string;
  /** Fast shutdown; resolves when the server is gone. Safe to call twice. */
  stop(): Promise<void>;
}

export interface EmbeddedPostgresOptions {
  /** The program's data folder (DATA_DIR). Made when missing. */
  dataDir: string;
  log: Logger;
  /** Without it a free port is chosen once and remembered. A server taken over keeps its own. */
  port?: number;
  /** postgresql.conf settings over the defaults, such as `fsync: "off"` in tests. */
  settings?: Readonly<Record<string, string>>;
}

const databaseName = "smetka";
const startAttempts = 20;
const pauseBetweenAttempts = 200; // ms

/**
 * Starts the database of a machine that has none: makes the cluster on the first start, adopts a
 * server whose parent was killed, and refuses when another live process works with `dataDir`.
 * Throws a StartupError; then nothing keeps running.
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const dataDir = await openDataDir(options.dataDir);
  const locks: DirectoryLock[] = [await lock(dataDir)];
  const release = () => Promise.all(locks.map((held) => held.release()));
  try {
    const place = await preparePlace(dataDir, options.log);
    // A copied data folder remembers the same place outside itself; only one may use it.
    if (dirname(place.cluster) !== dataDir) locks.push(await lock(place.cluster));
    const server =
      (await adoptServer(place, options.log)) ?? (await launchServer(place, dataDir, options));
    const url = await openDatabase(place.cluster, server);
    options.log.info({ port: server.port, serverPid: server.pid }, "embedded PostgreSQL is ready");
    const keeper = keepRunning({
      isRunning: async () => (await findRunningServer(place.cluster)) !== null,
      restart: async () => {
        // On the same port: everybody has the address already.
        await launchServer(place, dataDir, { ...options, port: server.port });
      },
      log: options.log,
    });
    const stop = async () => {
      await keeper.stop();
      await stopCluster(place.cluster);
      await release();
    };
    let stopping: Promise<void> | undefined;
    return { url, stop: () => (stopping ??= stop()) };
  } catch (error) {
    await release();
    throw explainFailure(dataDir, error);
  }
}

/**
 * Ends the server that a killed process left behind in `dataDir`.
 * Returns false, and touches nothing, when its owner still lives.
 */
export async function stopOrphan(dataDir: string): Promise<boolean> {
  const directory = await realpath(dataDir);
  const held = await lockDirectory(directory);
  if (held === null) return false;
  await stopCluster(await readClusterLocation(directory));
  await held.release();
  return true;
}

interface Place {
  cluster: string;
  binaries: Binaries;
  user: ServerUser | null;
}

async function openDataDir(path: string): Promise<string> {
  try {
    await mkdir(path, { recursive: true });
    return await realpath(path);
  } catch (error) {
    throw explainFailure(resolve(path), error);
  }
}

async function lock(directory: string): Promise<DirectoryLock> {
  const held = await lockDirectory(directory);
  if (held) return held;
  throw new StartupError(
    "in_use",
    `Смётка уже работает с папкой ${directory}. Закройте её или укажите другую папку в DATA_DIR.`,
  );
}

async function preparePlace(dataDir: string, log: Logger): Promise<Place> {
  const user = await findServerUser(await readClusterLocation(dataDir));
  const binaries = await findBinaries(user);
  const cluster = await chooseClusterLocation(dataDir, user);
  if (!(await hasCluster(cluster, binaries))) {
    log.info({ cluster }, "first start: making the database");
    await initialiseCluster({ cluster, binaries, user });
  }
  await secureCluster(cluster, user);
  return { cluster, binaries, user };
}

async function adoptServer({ cluster }: Place, log: Logger): Promise<RunningServer | null> {
  const running = await findRunningServer(cluster);
  if (running === null) return null;
  log.warn({ serverPid: running.pid }, "the last process was killed: its PostgreSQL is taken over");
  await waitUntilReady(cluster, running.pid);
  return running;
}

async function launchServer(
  place: Place,
  dataDir: string,
  options: EmbeddedPostgresOptions,
): Promise<RunningServer> {
  const access = await readClusterAccess(place.cluster);
  const logFile = join(dataDir, "postgres.log");
  let port = options.port ?? access.port;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const settings = options.settings ?? {};
      const server = await startServer({ ...place, port, logFile, settings });
      if (port !== access.port) {
        await writeClusterAccess(place.cluster, { ...access, port }, place.user);
      }
      return server;
    } catch (error) {
      if (!(error instanceof StartupError) || attempt === startAttempts) throw error;
      if (error.code === "port_taken" && options.port === undefined) {
        port = await findFreePort();
      } else if (error.code === "in_use") {
        // Children of a killed postmaster need a moment to notice that it is gone.
        await sleep(pauseBetweenAttempts);
      } else {
        throw error;
      }
    }
  }
}

/** Proves that the server is ours and takes our password, and makes the database on first start. */
async function openDatabase(cluster: string, server: RunningServer): Promise<string> {
  const { password } = await readClusterAccess(cluster);
  const address = `postgres://${clusterOwner}:${password}@127.0.0.1:${server.port}`;
  const sql = postgres(`${address}/postgres`, { max: 1, connect_timeout: 10 });
  try {
    const found = await sql`select 1 from pg_database where datname = ${databaseName}`;
    if (found.length === 0) await sql`create database ${sql(databaseName)}`;
    return `${address}/${databaseName}`;
  } catch (error) {
    await stopServer(server);
    throw explainFailure(cluster, error);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function stopCluster(cluster: string): Promise<void> {
  const running = await findRunningServer(cluster);
  if (running) await stopServer(running);
}
