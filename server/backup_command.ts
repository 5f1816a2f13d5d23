import { createReadStream, createWriteStream } from "node:fs";
import { rename, rm, stat } from "node:fs/promises";
import { PassThrough } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { pino } from "pino";
import { writeBackup } from "../db/backup.ts";
import { connect } from "../db/pools.ts";
import { migrate } from "../db/migrate.ts";
import { demandEmpty, openBackup, restoreRows } from "../db/restore.ts";
import { StartupError } from "../db/startup_error.ts";
import { MIGRATIONS_DIRECTORY, openCommandDatabase } from "./command_database.ts";
import { type Config, environment, readConfig } from "./config.ts";
import { startJobBoard } from "./jobs/job_board.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";

const USAGE = `npm run backup -- <файл>     сохранить всё в файл, например smetka-2026-11-25.gz
npm run restore -- <файл>    восстановить из файла в пустую базу данных`;

const log = pino({ level: "silent" });

/** Everything in one file. It appears under its name only when it is whole. */
async function backup(config: Config, file: string, shutdown: Shutdown): Promise<string> {
  const url = await openCommandDatabase(config, shutdown);
  const sql = connect({ url, max: 1, applicationName: "smetka backup", log });
  shutdown.add(() => sql.end({ timeout: 1 }));
  const unfinished = `${file}.part`;
  const lines = new PassThrough();
  const writing = pipeline(
    lines,
    createGzip({ level: 6 }),
    createWriteStream(unfinished, { mode: 0o600, flush: true }),
  );
  try {
    // The one that fails first tells why.
    await Promise.all([writeBackup(sql, lines, new Date()).then(() => lines.end()), writing]);
  } catch (error) {
    lines.destroy();
    await rm(unfinished, { force: true });
    throw error;
  }
  await rename(unfinished, file);
  const { size } = await stat(file);
  return `Сохранено: ${file}, ${Math.ceil(size / 1024)} КБ. Ключ SECRET_KEY храните отдельно: без него связи с CRM придётся настроить заново.`;
}

/** Into an empty database: all of it or nothing. */
async function restore(config: Config, file: string, shutdown: Shutdown): Promise<string> {
  await stat(file).catch(() => {
    throw new StartupError("broken", `Файла ${file} нет.`);
  });
  const source = new PassThrough();
  const reading = pipeline(createReadStream(file), createGunzip(), source);
  // What is cut off in the middle of gzip shows as lines that end too early, too.
  reading.catch((error: Error) => source.destroy(error));
  const url = await openCommandDatabase(config, shutdown, { isEmpty: true });
  const sql = connect({ url, max: 1, applicationName: "smetka restore", log });
  shutdown.add(() => sql.end({ timeout: 1 }));
  const reader = await openBackup(source).catch(demandReadable);
  await demandEmpty(sql, reader.head);
  const { migrations } = reader.head;
  await migrate({ url, directory: MIGRATIONS_DIRECTORY, log, upTo: migrations });
  const board = await startJobBoard({ url, log, supervises: false });
  await board.stop();
  const counts = await restoreRows(sql, reader).catch(demandReadable);
  await migrate({ url, directory: MIGRATIONS_DIRECTORY, log });
  const rows = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `Восстановлено на ${reader.head.createdAt}: таблиц ${Object.keys(counts).length}, строк ${rows}.`;
}

/** Gzip that breaks off is a broken backup, not a fault of ours. */
function demandReadable(error: unknown): never {
  const isOfGzip = error instanceof Error && "code" in error && String(error.code).startsWith("Z_");
  if (!isOfGzip) throw error;
  throw new StartupError(
    "broken",
    "Резервная копия повреждена или обрывается. В базу ничего не записано.",
    { cause: error },
  );
}

async function main([command, file]: readonly string[]): Promise<number> {
  const work = command === "backup" ? backup : command === "restore" ? restore : null;
  if (!work || !file) {
    tell(USAGE);
    return 1;
  }
  const read = readConfig(environment());
  if (!read.ok) {
    for (const problem of read.problems) tell(problem);
    return 1;
  }
  const shutdown = createShutdown();
  try {
    process.stdout.write(`${await work(read.config, file, shutdown)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StartupError)) throw error;
    tell(error.message);
    return 1;
  } finally {
    await shutdown.run();
  }
}

function tell(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

process.exit(await main(process.argv.slice(2)));
