import { execFile } from "node:child_process";
import { chown, mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { promisify } from "node:util";
import { connect } from "./pools.ts";
import { findBinaries } from "./embedded_binaries.ts";
import { findFreePort } from "./embedded_cluster.ts";
import { startServer, stopServer } from "./embedded_server.ts";
import { findServerUser } from "./embedded_user.ts";
import { listServerProcesses } from "./testing_processes.ts";
import { pino } from "pino";

const run = promisify(execFile);
const log = pino({ level: "silent" });

/** A streaming replica of a test's own primary. */
export interface TestReplica {
  readonly url: string;
  /** As a machine that loses its power: its last process is gone when this resolves. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

/**
 * Copies a running primary while it is in backup mode, as pg_basebackup does, which npm's PostgreSQL
 * has not, and follows it from there.
 * @param folder the replica's own; the primary's cluster must be on this machine
 */
export async function startTestReplica(primaryUrl: string, folder: string): Promise<TestReplica> {
  const cluster = join(folder, "replica");
  const primary = connect({ url: primaryUrl, max: 1, applicationName: "smetka test", log });
  let source: string;
  try {
    const [row] = await primary`show data_directory`;
    source = String(row?.["data_directory"]);
    const user = await findServerUser(source);
    await mkdir(cluster, { mode: 0o700 });
    // The session that begins a backup has to end it, too: there is one connection.
    await primary`select pg_backup_start('test', true)`;
    await run("cp", ["-a", `${source}/.`, cluster]);
    const [label] = await primary`select labelfile from pg_backup_stop(false)`;
    await rm(join(cluster, "postmaster.pid"), { force: true });
    await writeFile(join(cluster, "backup_label"), String(label?.["labelfile"]));
    await writeFile(join(cluster, "standby.signal"), "");
    if (user) {
      for (const name of ["", "backup_label", "standby.signal"]) {
        await chown(join(cluster, name), user.uid, user.gid);
      }
    }
    const port = await findFreePort();
    const url = new URL(primaryUrl);
    const server = await startServer({
      cluster,
      binaries: await findBinaries(user),
      user,
      port,
      logFile: join(folder, "replica.log"),
      settings: {
        primary_conninfo:
          `host=${url.hostname} port=${url.port} user=${url.username} ` +
          `password=${decodeURIComponent(url.password)} application_name=replica`,
        hot_standby: "on",
        wal_retrieve_retry_interval: "200ms",
      },
    });
    url.port = String(port);
    return {
      url: url.href,
      kill: async () => {
        // Without their parent the others would answer for a while.
        for (const pid of [server.pid, ...(await listServerProcesses(cluster))]) kill(pid);
        while ((await listServerProcesses(cluster)).length > 0) await sleep(10);
      },
      stop: () => stopServer(server),
    };
  } finally {
    await primary.end({ timeout: 1 });
  }
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch (error) {
    // Gone by itself meanwhile.
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
