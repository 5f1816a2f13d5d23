import { join } from "node:path";
import { pino } from "pino";
import { connect } from "../db/pools.ts";
import { findRunningDatabase } from "../db/embedded_running.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import { migrate } from "../db/migrate.ts";
import { StartupError } from "../db/startup_error.ts";
import { CrmError } from "../domain/crm_adapter.ts";
import { AppError } from "../domain/errors.ts";
import { type Config, environment, readConfig } from "./config.ts";
import { loadSecretKey } from "./config_secret.ts";
import { CRM_USAGE, readCommand, runCommand } from "./crm/commands.ts";
import { createCrm } from "./crm/crm.ts";
import { startJobBoard } from "./jobs/job_board.ts";
import { newId } from "./new_id.ts";
import { createAsActor } from "./services/work.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";

/** `npm run crm -- …`: the same as the owner does in the chat, for scripts. Beside a running program or alone. */
async function run(config: Config, argv: readonly string[], shutdown: Shutdown): Promise<void> {
  const command = readCommand(argv);
  const log = pino({ level: "silent" });
  const url = await openDatabase(config, shutdown);
  const sql = connect({ url, max: 4, applicationName: "smetka crm", log });
  shutdown.add(() => sql.end({ timeout: 1 }));
  // Jobs keep sessions: past a pooler.
  const directUrl = config.databaseDirectUrl ?? url;
  const board = await startJobBoard({ url: directUrl, log, supervises: false });
  shutdown.add(() => board.stop());
  const clock = () => new Date();
  const work = { sql, board, onCommitted: () => undefined, clock, newId };
  const crm = createCrm({
    ...work,
    asActor: createAsActor(work),
    secretKey: await loadSecretKey(config),
    publicUrl: config.publicUrl ?? localAddress(config),
    arePrivateHostsAllowed: config.allowPrivateCrmHosts,
    log,
  });
  shutdown.add(async () => crm.close());
  const asActor = createAsActor({ ...work, crm: crm.reach });
  await runCommand(
    { crm, sql, asActor, say: (line) => process.stdout.write(`${line}\n`) },
    command,
  );
}

/** Without PUBLIC_URL only this machine reaches the program. */
function localAddress({ http, telegram }: Config): string | null {
  return telegram.mode === "simulator" ? `http://${http.host}:${http.port}` : null;
}

async function openDatabase(config: Config, shutdown: Shutdown): Promise<string> {
  if (config.databaseUrl !== null) return config.databaseUrl;
  const running = await findRunningDatabase(config.dataDir).catch(() => null);
  if (running !== null) return running;
  const log = pino({ level: "silent" });
  const server = await startEmbeddedPostgres({ dataDir: config.dataDir, log });
  shutdown.add(() => server.stop());
  await migrate({ url: server.url, directory: join(import.meta.dirname, "../db/migrations"), log });
  return server.url;
}

async function main(): Promise<number> {
  const read = readConfig(environment());
  if (!read.ok) {
    for (const problem of read.problems) tell(problem);
    return 1;
  }
  const shutdown = createShutdown();
  try {
    await run(read.config, process.argv.slice(2), shutdown);
    return 0;
  } catch (error) {
    if (error instanceof AppError || error instanceof StartupError) {
      tell(error.message);
      if (error instanceof AppError && error.details["usage"] === true) tell(CRM_USAGE);
      return 1;
    }
    if (!(error instanceof CrmError)) throw error;
    tell(`CRM не ответила: ${error.code}. Загруженное сохранено, повторите позже.`);
    return 1;
  } finally {
    await shutdown.run();
  }
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

process.exit(await main());
