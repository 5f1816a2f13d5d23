/**
 * A program with an embedded PostgreSQL, for tests that kill it: `node testing_parent.ts <dataDir>`.
 * Tells what happens as lines of JSON and ends on SIGTERM or SIGINT, after one last query.
 */
import { pino } from "pino";
import postgres from "postgres";
import { startEmbeddedPostgres } from "./embedded.ts";
import { StartupError } from "./startup_error.ts";

function tell(event: Record<string, unknown>): void {
  process.stdout.write(`${JSON.stringify(event)}\n`);
}

const log = pino({ level: "silent" });
const [dataDir = ""] = process.argv.slice(2);

try {
  const server = await startEmbeddedPostgres({
    dataDir,
    log,
    settings: { shared_buffers: "16MB" },
  });
  const keepAlive = setInterval(() => undefined, 60_000);
  const end = async () => {
    const sql = postgres(server.url, { max: 1 });
    await sql`select pg_sleep(0.1)`;
    await sql.end();
    tell({ event: "drained" });
    await server.stop();
    clearInterval(keepAlive);
  };
  process.once("SIGTERM", () => void end());
  process.once("SIGINT", () => void end());
  tell({ event: "ready", url: server.url });
} catch (error) {
  if (!(error instanceof StartupError)) throw error;
  tell({ event: "refused", code: error.code, message: error.message });
  process.exitCode = 1;
}
