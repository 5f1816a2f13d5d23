import { join } from "node:path";
import { pino } from "pino";
import { findRunningDatabase } from "../db/embedded_running.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import type { Config } from "./config.ts";
import type { Shutdown } from "./shutdown.ts";

export const MIGRATIONS_DIRECTORY = join(import.meta.dirname, "../db/migrations");

/**
 * The address of the database for a command: the given one, that of the program that runs beside it, or
 * an embedded one that is started for the command. Migrated, unless `isEmpty` is wanted.
 */
export async function openCommandDatabase(
  config: Config,
  shutdown: Shutdown,
  { isEmpty = false }: { isEmpty?: boolean } = {},
): Promise<string> {
  const log = pino({ level: "silent" });
  const url = config.databaseDirectUrl ?? config.databaseUrl;
  if (url !== null) return url;
  const running = await findRunningDatabase(config.dataDir).catch(() => null);
  if (running !== null) return running;
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  shutdown.add(() => server.stop());
  if (!isEmpty) await migrate({ url: server.url, directory: MIGRATIONS_DIRECTORY, log });
  return server.url;
}
