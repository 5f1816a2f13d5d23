import { join } from "node:path";
import type { Logger } from "pino";
import { checkConnection } from "../db/client_check.ts";
import type { Sql } from "../db/client.ts";
import { connect, giveDefaults } from "../db/pools.ts";
import { settleDriverClasses } from "../db/driver_classes.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import type { Config } from "./config.ts";
import type { Shutdown } from "./shutdown.ts";

const directory = join(import.meta.dirname, "../db/migrations");

/** Where the database is. */
export interface DatabaseAddresses {
  readonly url: string;
  /** For what keeps a session; the same where no pooler stands between. */
  readonly directUrl: string;
}

/**
 * Starts the embedded server, or checks the given one, and brings the schema up to date.
 * Throws a StartupError with a sentence for the person at the terminal.
 */
export async function openDatabase(
  config: Config,
  log: Logger,
  shutdown: Shutdown,
): Promise<DatabaseAddresses> {
  const directUrl = config.databaseDirectUrl ?? config.databaseUrl;
  if (directUrl === null || config.databaseUrl === null) {
    const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
    shutdown.add(() => server.stop());
    await migrate({ url: server.url, directory, log });
    return { url: server.url, directUrl: server.url };
  }
  await checkConnection(directUrl);
  await migrate({ url: directUrl, directory, log });
  if (config.databaseDirectUrl !== null) {
    const direct = connect({ url: directUrl, max: 1, applicationName: "smetka start", log });
    try {
      await giveDefaults(direct);
    } finally {
      await direct.end({ timeout: 1 });
    }
    await checkConnection(config.databaseUrl);
  }
  return { url: config.databaseUrl, directUrl };
}

const POOL_SIZE = 24;
/** Connections for what is asked outside transactions. */
const SINGLE_QUERIES = 6;
/**
 * Connections for what every request asks first: whose session it is, and what its page is made of now. All
 * of it is short, and what is asked at the same moment travels in one packet: the fewer the cheaper.
 */
const LOOKUPS = 2;

/** The pools of one process. But for one connection nothing connects before it is asked for something. */
export async function openPools(
  { url, directUrl }: DatabaseAddresses,
  options: { readonly applicationName: string; readonly log: Logger; readonly shutdown: Shutdown },
): Promise<Pools> {
  const { applicationName, log, shutdown } = options;
  const isPooled = url !== directUrl;
  const open = (address: string, max: number, maxSingle = max): Sql => {
    const isThrough = isPooled && address === url;
    const pool = connect({
      url: address,
      max,
      maxSingle,
      applicationName,
      log,
      isPooled: isThrough,
    });
    shutdown.add(() => pool.end({ timeout: 1 }));
    return pool;
  };
  const sql = open(url, POOL_SIZE, SINGLE_QUERIES);
  const direct = isPooled ? open(directUrl, 1) : sql;
  await settleDriverClasses(sql);
  return { sql, lookups: open(url, LOOKUPS), direct };
}

interface Pools {
  readonly sql: Sql;
  readonly lookups: Sql;
  /** For what hangs on a session, such as a lock: a pooler would give the session to somebody else. */
  readonly direct: Sql;
}

/** Where the manager's pages read; null: there is no replica. Nothing connects before the first page. */
export function openReplica(config: Config, log: Logger, shutdown: Shutdown): Sql | null {
  if (config.databaseReplicaUrl === null) return null;
  const replica = connect({
    url: config.databaseReplicaUrl,
    max: REPLICA_POOL,
    applicationName: "smetka pages",
    log,
  });
  shutdown.add(() => replica.end({ timeout: 1 }));
  return replica;
}

const REPLICA_POOL = 8;
