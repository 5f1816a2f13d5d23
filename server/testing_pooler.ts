import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import postgres from "postgres";
import { findFreePort } from "./testing_program.ts";

export interface Pooler {
  /** The same database, through the pooler. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Older ones know nothing of prepared statements. */
const PREPARING_SINCE = [1, 21] as const;

/** "1.18.0", or null where there is no PgBouncer. */
export function findPooler(): string | null {
  const found = spawnSync("pgbouncer", ["--version"], { encoding: "utf8" });
  return /PgBouncer (\d+\.\d+\.\d+)/.exec(found.stdout ?? "")?.[1] ?? null;
}

/** A real PgBouncer in transaction mode in front of a database. */
export async function startPooler(databaseUrl: string, version: string): Promise<Pooler> {
  const target = new URL(databaseUrl);
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), "smetka-pooler-"));
  const prepares = isAtLeast(version, PREPARING_SINCE);
  const name = target.pathname.slice(1);
  const settings = join(folder, "pgbouncer.ini");
  const users = join(folder, "users.txt");
  await writeFile(users, `"${target.username}" "${decodeURIComponent(target.password)}"\n`);
  await writeFile(
    settings,
    [
      "[databases]",
      `${name} = host=${target.hostname} port=${target.port} dbname=${name}`,
      "[pgbouncer]",
      "listen_addr = 127.0.0.1",
      `listen_port = ${port}`,
      "unix_socket_dir =",
      "auth_type = scram-sha-256",
      `auth_file = ${users}`,
      "pool_mode = transaction",
      "default_pool_size = 8",
      "max_client_conn = 200",
      ...(prepares ? ["max_prepared_statements = 200"] : []),
    ].join("\n"),
  );
  for (const path of [folder, settings, users]) await chmod(path, 0o755);
  // It refuses to run as root.
  const asWhom = userInfo().uid === 0 ? ["-u", "nobody"] : [];
  const child = spawn("pgbouncer", [...asWhom, settings], { stdio: ["ignore", "ignore", "pipe"] });
  const url = new URL(databaseUrl);
  url.port = String(port);
  if (!prepares) url.searchParams.set("prepare", "false");
  await waitFor(url.href, child);
  return {
    url: url.href,
    stop: async () => {
      if (child.exitCode === null && child.signalCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function waitFor(url: string, child: ChildProcess): Promise<void> {
  const said: Buffer[] = [];
  child.stderr?.on("data", (chunk: Buffer) => said.push(chunk));
  for (let attempt = 0; attempt < 200 && child.exitCode === null; attempt += 1) {
    const sql = postgres(url, { max: 1, connect_timeout: 2, onnotice: () => undefined });
    try {
      await sql`select 1`;
      return;
    } catch {
      await sleep(50);
    } finally {
      await sql.end({ timeout: 1 });
    }
  }
  throw new Error(`PgBouncer did not start: ${Buffer.concat(said).toString("utf8")}`);
}

function isAtLeast(version: string, [major, minor]: readonly [number, number]): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
