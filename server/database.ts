import { join } from "node:path";
import type { Logger } from "pino";
import { checkConnection } from "../db/client_check.ts";
import type { Sql } from "../db/client.ts";
import { connect, giveDefaults } from "../db/pools.ts";
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
