import { execFileSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { Sql } from "../../db/client.ts";
import { connect } from "../../db/pools.ts";
import { startEmbeddedPostgres } from "../../db/embedded.ts";
import { readClusterLocation } from "../../db/embedded_location.ts";
import { migrate } from "../../db/migrate.ts";
import { type Proxy, startProxy } from "./proxy.ts";

/** A durable PostgreSQL that can be broken in every way, and the wire by which the program reaches it. */
export interface BreakableDatabase {
  /** Through the wire. */
  readonly url: string;
  /** Past the wire. */
  readonly directUrl: string;
  readonly wire: Proxy;
  /** Past the wire, as the owner: for the judge of what happened. */
  readonly sql: Sql;
  /** Fast shutdown; `start` brings it back on the same port. */
  stop(): Promise<void>;
  start(): Promise<void>;
  /**
   * SIGKILL of the postmaster; the keeper of the embedded server notices and starts it again. Resolves when
   * the new one answers.
   */
  kill(): Promise<void>;
  /** New transactions can't write; connections that are open now are ended so that they see it. */
  setReadOnly(isReadOnly: boolean): Promise<void>;
  /** Ends every connection but the judge's, one after another or all at once. Returns how many. */
  endConnections(pause?: () => Promise<void>): Promise<number>;
  /** Fills the disk that it lies on; null where it has no small disk of its own. */
  readonly disk: { fill(): Promise<void>; empty(): Promise<void> } | null;
  /** Resolves when queries are answered. */
  ready(): Promise<void>;
  close(): Promise<void>;
}

const DISK = 700; // MiB
/** Connections of the judge. */
const JUDGES = 2;
const log = pino({ level: "silent" });

/** @param root the checkout whose migrations it gets */
export async function startBreakableDatabase(root: string): Promise<BreakableDatabase> {
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-faults-"));
  await chmod(dataDir, 0o711);
  const hasDisk = mountDisk(dataDir);
  const open = () => startEmbeddedPostgres({ dataDir, log, settings: { max_connections: "120" } });
  let server = await open();
  await migrate({
    url: server.url,
    directory: join(root, "db/migrations"),
    log,
  });
  const own = new URL(server.url);
  const wire = await startProxy({ host: own.hostname, port: Number(own.port) });
  const url = new URL(server.url);
  url.port = String(wire.port);
  const sql = connect({ url: server.url, max: JUDGES, applicationName: "judge", log });
  /** When the postmaster began, as soon as one answers on every connection: each may have met the old one. */
  const startTime = async (): Promise<string> => {
    for (;;) {
      try {
        const ask = () =>
          sql<{ moment: string }[]>`select pg_postmaster_start_time()::text as moment`;
        const answers = await Promise.all(Array.from({ length: JUDGES }, ask));
        return answers[0]?.[0]?.moment ?? "";
      } catch {
        await sleep(100);
      }
    }
  };
  const ready = async (): Promise<void> => void (await startTime());
  const ballast = join(dataDir, "ballast");
  return {
    url: url.href,
    directUrl: server.url,
    wire,
    sql,
    ready,
    stop: () => server.stop(),
    start: async () => {
      server = await open();
      await ready();
    },
    kill: async () => {
      const cluster = await readClusterLocation(dataDir);
      const [pid] = (await readFile(join(cluster, "postmaster.pid"), "utf8")).split("\n");
      const before = await startTime();
      process.kill(Number(pid), "SIGKILL");
      // The old one's children answer a moment longer.
      while ((await startTime()) === before) await sleep(20);
    },
    setReadOnly: async (isReadOnly) => {
      const value = isReadOnly ? "on" : "off";
      await sql.begin(async (tx) => {
        await tx`set transaction read write`;
        await tx.unsafe(`alter database smetka set default_transaction_read_only = ${value}`);
      });
      await endConnections(sql);
    },
    endConnections: (pause) => endConnections(sql, pause),
    disk: hasDisk
      ? {
          fill: async () => {
            const piece = Buffer.alloc(1024 * 1024);
            const isWritten = () =>
              writeFile(ballast, piece, { flag: "a" }).then(
                () => true,
                () => false,
              );
            while (await isWritten());
          },
          empty: () => rm(ballast, { force: true }),
        }
      : null,
    close: async () => {
      await sql.end({ timeout: 1 });
      await wire.close();
      await server.stop();
      await rm(await readClusterLocation(dataDir), { recursive: true, force: true });
      if (hasDisk) execFileSync("umount", ["-l", dataDir]);
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Only who administers the machine may; elsewhere the data lie on its common disk. */
function mountDisk(folder: string): boolean {
  try {
    const options = `size=${DISK}m,mode=0711`;
    execFileSync("mount", ["-t", "tmpfs", "-o", options, "tmpfs", folder], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

async function endConnections(sql: Sql, pause?: () => Promise<void>): Promise<number> {
  const rows = await sql<{ pid: number }[]>`
    select pid
    from pg_stat_activity
    where datname = current_database() and application_name <> 'judge'
  `;
  if (!pause) {
    await sql`select pg_terminate_backend(pid) from unnest(${rows.map(({ pid }) => pid)}::int[]) as pid`;
    return rows.length;
  }
  for (const { pid } of rows) {
    await sql`select pg_terminate_backend(${pid}::int)`;
    await pause();
  }
  return rows.length;
}
