import { parseArgs } from "node:util";
import { pino } from "pino";
import type { Sql } from "../db/client.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { connect } from "../db/pools.ts";
import { listCrmCompanies } from "../db/crm_connections.ts";
import { listMembers } from "../db/memberships.ts";
import { StartupError } from "../db/startup_error.ts";
import type { Actor } from "../domain/access.ts";
import { openCommandDatabase } from "./command_database.ts";
import { type Config, environment, readConfig } from "./config.ts";
import { type Counts, type FormerReport, importFormer } from "./imports/former/former_import.ts";
import { FormerFileError, readFormerFile } from "./imports/former/former_rows.ts";
import { startJobBoard } from "./jobs/job_board.ts";
import { newId } from "./new_id.ts";
import { createShutdown, type Shutdown } from "./shutdown.ts";

const USAGE = `npm run import -- sqlite <файл> [--company <id>] [--source <имя>] [--dry-run]
  Переносит клиентов, объекты и сметы из базы прежней программы. Второй запуск добавит только новое.
  --company  в какую компанию (нужен, если их несколько)
  --source   своё имя для каждого файла, если файлов несколько (обычно: sqlite)
  --dry-run  проверить и показать отчёт, ничего не записывая`;

const log = pino({ level: "silent" });
const MOST_COMPANIES = 100;
const MOST_MEMBERS = 500;

interface Command {
  readonly file: string;
  readonly company: string | null;
  readonly source: string;
  readonly isDryRun: boolean;
}

/** Null when the words make no sense. */
function readCommand(argv: readonly string[]): Command | null {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        company: { type: "string" },
        source: { type: "string", default: "sqlite" },
        "dry-run": { type: "boolean", default: false },
      },
    });
    const [kind, file, ...rest] = positionals;
    if (kind !== "sqlite" || !file || rest.length > 0 || !values.source) return null;
    const { company = null, source, "dry-run": isDryRun } = values;
    return { file, company, source, isDryRun };
  } catch {
    return null;
  }
}

async function run(command: Command, config: Config, shutdown: Shutdown): Promise<string> {
  const tables = readFormerFile(command.file);
  const url = await openCommandDatabase(config, shutdown);
  const sql = connect({ url, max: 2, applicationName: "smetka import", log });
  shutdown.add(() => sql.end({ timeout: 1 }));
  const owner = await findOwner(sql, command.company);
  const board = await startJobBoard({ url, log, supervises: false });
  shutdown.add(() => board.stop());
  const clock = () => new Date();
  const work = { sql, board, onCommitted: () => undefined, clock, newId };
  const { source, isDryRun } = command;
  const report = await importFormer(tables, { sql, work, owner, source, isDryRun });
  return describe(report, { ...command, others: tables.others });
}

async function findOwner(sql: Sql, wanted: string | null): Promise<Actor> {
  const companies = await listCrmCompanies(sql, MOST_COMPANIES);
  const fitting = companies.filter(({ companyId }) => wanted === null || companyId === wanted);
  const [company, another] = fitting;
  if (!company || another) {
    const list = companies.map(({ companyId, name }) => `\n  ${companyId}  ${name}`).join("");
    throw new StartupError(
      "unsupported",
      companies.length === 0
        ? "Компаний ещё нет. Сначала напишите боту /start: он её создаст."
        : `Укажите компанию: --company <id>.${list}`,
    );
  }
  const { companyId } = company;
  const members = await tenantTransaction(sql, companyId, (tx) =>
    listMembers(tx, companyId, MOST_MEMBERS),
  );
  const owner = members.find(({ role }) => role === "owner");
  if (!owner) throw new StartupError("broken", "У компании нет владельца.");
  return { companyId, userId: owner.userId, role: "owner" };
}

function describe(report: FormerReport, command: Command & { others: readonly string[] }): string {
  const line = (name: string, { brought, known, refused }: Counts) =>
    `${name}: перенесено ${brought}, уже были ${known}, не перенесено ${refused}`;
  const { problems, problemCount } = report;
  return [
    command.isDryRun ? "Проверка: ничего не записано." : "Готово.",
    line("Клиенты", report.clients),
    line("Объекты", report.projects),
    line("Сметы", report.estimates),
    `Строк в сметах: ${report.lines}`,
    ...(command.others.length > 0 ? [`Не читались таблицы: ${command.others.join(", ")}`] : []),
    ...(problemCount > 0 ? [`Обратите внимание (${problemCount}):`] : []),
    ...problems.map((problem) => `  ${problem}`),
    ...(problemCount > problems.length ? ["  …"] : []),
  ].join("\n");
}

async function main(argv: readonly string[]): Promise<number> {
  const command = readCommand(argv);
  if (!command) {
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
    process.stdout.write(`${await run(command, read.config, shutdown)}\n`);
    return 0;
  } catch (error) {
    if (!(error instanceof StartupError || error instanceof FormerFileError)) throw error;
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
