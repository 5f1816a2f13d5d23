import { createHash } from "node:crypto";
import type { Actor } from "../../../domain/access.ts";
import { AppError } from "../../../domain/errors.ts";
import type { Id } from "../../../domain/ids.ts";
import { formatMoneyRu } from "../../../domain/numbers_ru.ts";
import type { ListedSection, Services } from "../../../domain/services.ts";
import { cutText } from "../../../domain/text.ts";
import type { Sql, Transaction } from "../../../db/client.ts";
import { tenantTransaction } from "../../../db/transactions.ts";
import {
  type ImportedColumns,
  findImportedThing,
  type ImportedKind,
  insertImportedRecord,
} from "../../../db/imported_records.ts";
import { listMembers } from "../../../db/memberships.ts";
import type { QueueName } from "../../jobs/queues.ts";
import { createServices } from "../../services/services.ts";
import { scopeFor, type WorkDependencies } from "../../services/work.ts";
import { type FormerItem, readClient, readItem, readTotal, RowReader } from "./former_records.ts";
import type { FormerRow, FormerTables } from "./former_rows.ts";

export interface FormerImport {
  readonly sql: Sql;
  readonly work: WorkDependencies;
  /** Owner of the company that gets it all. */
  readonly owner: Actor;
  /** Keeps the data of several files apart. */
  readonly source: string;
  /** Does everything and then takes it back: the report is that of the real run. */
  readonly isDryRun: boolean;
}

export interface Counts {
  brought: number;
  /** Were brought by an earlier run. */
  known: number;
  refused: number;
}

export interface FormerReport {
  readonly clients: Counts;
  readonly projects: Counts;
  readonly estimates: Counts;
  lines: number;
  /** Russian sentences, the first `MOST_PROBLEMS` of them. */
  readonly problems: string[];
  problemCount: number;
}

const MOST_PROBLEMS = 200;
const MOST_MEMBERS = 500;

/** Nothing is told to anybody: what was made years ago is no news. */
const tellNobody = () => Promise.resolve();

/** Rolls back the one transaction of a dry run. */
class DryRun extends Error {}

/**
 * Brings clients, objects and estimates of the former application; a second run brings what is new. Each
 * of them is one transaction: a row that is refused is reported and holds nobody up.
 */
export async function importFormer(
  tables: FormerTables,
  options: FormerImport,
): Promise<FormerReport> {
  const report: FormerReport = {
    clients: noCounts(),
    projects: noCounts(),
    estimates: noCounts(),
    lines: 0,
    problems: [],
    problemCount: 0,
  };
  if (!options.isDryRun) {
    await bringAll(tables, new Run(options, report, null));
    return report;
  }
  const { sql, owner } = options;
  await tenantTransaction(sql, owner.companyId, async (tx) => {
    await bringAll(tables, new Run(options, report, tx));
    throw new DryRun();
  }).catch((error: unknown) => {
    if (!(error instanceof DryRun)) throw error;
  });
  return report;
}

async function bringAll(tables: FormerTables, run: Run): Promise<void> {
  await run.start();
  for (const row of tables.clients) await run.client(row);
  for (const row of tables.projects) await run.project(row);
  const items = Map.groupBy(tables.items, (row) => new RowReader(row).text("estimateId"));
  for (const row of tables.estimates) {
    await run.estimate(row, items.get(new RowReader(row).text("id")) ?? []);
  }
}

function noCounts(): Counts {
  return { brought: 0, known: 0, refused: 0 };
}

interface Making {
  readonly tx: Transaction;
  readonly services: Services;
}

class Run {
  readonly #options: FormerImport;
  readonly #report: FormerReport;
  /** People of the company by name: an estimate goes to the foreman who made it. */
  readonly #members = new Map<string, Actor>();
  /** Of a dry run; otherwise each record has one of its own. */
  readonly #outer: Transaction | null;

  constructor(options: FormerImport, report: FormerReport, outer: Transaction | null) {
    this.#options = options;
    this.#report = report;
    this.#outer = outer;
  }

  async start(): Promise<void> {
    const { sql, owner } = this.#options;
    const { companyId } = owner;
    const members = await tenantTransaction(sql, companyId, (tx) =>
      listMembers(tx, companyId, MOST_MEMBERS),
    );
    for (const { userId, name, role } of members) {
      this.#members.set(name.toLowerCase(), { companyId, userId, role });
    }
  }

  async client(row: FormerRow): Promise<void> {
    const reader = new RowReader(row);
    const sourceId = reader.text("id");
    const title = `Клиент ${sourceId}`;
    await this.#bring("client", sourceId, title, this.#report.clients, async ({ services }) => {
      const { id } = await services.clients.create(readClient(reader));
      return { thingId: id, extra: reader.extra() };
    });
  }

  async project(row: FormerRow): Promise<void> {
    const reader = new RowReader(row);
    const sourceId = reader.text("id");
    const title = `Объект ${sourceId}`;
    await this.#bring("project", sourceId, title, this.#report.projects, async (making) => {
      const clientId = await this.#find(making, "client", reader.text("clientId"));
      const { id } = await making.services.projects.create({
        title: cutText(reader.text("projectTitle") || title, 200),
        address: cutText(reader.text("address"), 300),
        clientId,
        note: cutText(reader.text("note"), 2000),
      });
      return { thingId: id, extra: reader.extra() };
    });
  }

  async estimate(row: FormerRow, items: readonly FormerRow[]): Promise<void> {
    const reader = new RowReader(row);
    const sourceId = reader.text("id");
    const number = reader.text("number");
    const name = `Смета ${number || sourceId}`;
    const foreman = this.#members.get(reader.text("foreman").toLowerCase());
    const make = async (making: Making) => {
      const clientId =
        (await this.#find(making, "client", reader.text("clientId"))) ??
        (await this.#inlineClient(making, row, reader));
      const projectId = await this.#find(making, "project", reader.text("projectId"));
      const title = reader.text("estimateTitle");
      const { id } = await making.services.estimates.create({
        projectId,
        clientId,
        title: cutText(number ? `№ ${number}${title ? ` · ${title}` : ""}` : title, 200),
      });
      const total = readTotal(reader);
      const unknown = await this.#addLines(making, id, items, name);
      const card = await making.services.estimates.card(id);
      if (total !== null && total !== card.totals.total) {
        this.#problem(
          `${name}: в прежней программе ${formatMoneyRu(total)}, по строкам ${formatMoneyRu(card.totals.total)}`,
        );
      }
      const extra = { ...reader.extra(), foreman: reader.text("foreman") };
      return { thingId: id, extra: unknown.length === 0 ? extra : { ...extra, items: unknown } };
    };
    const counts = this.#report.estimates;
    await this.#bring("estimate", sourceId, name, counts, make, foreman);
  }

  /** Former versions wrote the client into the estimate itself. One person is one card. */
  async #inlineClient(making: Making, row: FormerRow, reader: RowReader): Promise<Id | null> {
    const name = reader.text("inlineClient");
    const phone = reader.text("phone");
    if (!name && !phone) return null;
    const key = `${name.toLowerCase()}|${phone.replaceAll(/\D/g, "").slice(-10)}`;
    // A key that outlives the person's wish to be forgotten must not name him.
    const sourceId = createHash("sha256").update(key).digest("hex");
    const known = await this.#find(making, "client", sourceId);
    reader.text("email");
    if (known) return known;
    const fields = readClient(
      new RowReader({ client_name: name, phone, email: row["email"] ?? row["client_email"] ?? "" }),
    );
    const { id } = await making.services.clients.create(fields);
    await this.#remember(making, "client", sourceId, { thingId: id, extra: {} });
    this.#report.clients.brought += 1;
    return id;
  }

  /** Returns what of the lines has no place here, each with its former number. */
  async #addLines(
    { services }: Making,
    id: Id,
    rows: readonly FormerRow[],
    name: string,
  ): Promise<ImportedColumns[]> {
    const items: FormerItem[] = [];
    const unknown: ImportedColumns[] = [];
    const ordered = rows
      .map((row) => new RowReader(row))
      .toSorted((a, b) => Number(a.text("order")) - Number(b.text("order")));
    for (const reader of ordered) {
      const result = readItem(reader);
      if (result.problem !== null) this.#problem(`${name}: ${result.problem}`);
      if (result.ok) items.push(result.item);
      const itemId = reader.text("id");
      reader.text("estimateId");
      const extra = reader.extra();
      if (Object.values(extra).some((value) => value !== null))
        unknown.push({ id: itemId, ...extra });
    }
    if (items.length === 0) return unknown;
    const { added } = await services.estimates.addList(id, toSections(items), { source: "import" });
    this.#report.lines += added;
    return unknown;
  }

  async #bring(
    kind: ImportedKind,
    sourceId: string,
    title: string,
    counts: Counts,
    make: (making: Making) => Promise<Pick<Made, "thingId" | "extra">>,
    actor: Actor = this.#options.owner,
  ): Promise<void> {
    const { lines } = this.#report;
    const clients = this.#report.clients.brought;
    try {
      await this.#transaction(actor, async (making) => {
        if (sourceId === "") throw new AppError("invalid", "Нет номера записи.");
        if (await this.#find(making, kind, sourceId)) {
          counts.known += 1;
          return;
        }
        await this.#remember(making, kind, sourceId, await make(making));
        counts.brought += 1;
      });
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      // What came with the record went with it.
      this.#report.lines = lines;
      this.#report.clients.brought = clients;
      counts.refused += 1;
      this.#problem(`${title}: не перенесено. ${error.message}`);
    }
  }

  async #transaction(actor: Actor, work: (making: Making) => Promise<void>): Promise<void> {
    const { sql, work: dependencies } = this.#options;
    const queues = new Set<QueueName>();
    const make = (tx: Transaction) => {
      const scope = { ...scopeFor(dependencies, tx, actor, queues), notify: tellNobody };
      return work({ tx, services: createServices(scope) });
    };
    if (this.#outer) {
      await this.#outer.savepoint(make);
      return;
    }
    await tenantTransaction(sql, actor.companyId, make);
    dependencies.onCommitted(queues);
  }

  async #find({ tx }: Making, kind: ImportedKind, sourceId: string): Promise<Id | null> {
    if (sourceId === "") return null;
    const { owner, source } = this.#options;
    return findImportedThing(tx, owner.companyId, { source, kind, sourceId });
  }

  async #remember(
    { tx }: Making,
    kind: ImportedKind,
    sourceId: string,
    made: Pick<Made, "thingId" | "extra">,
  ): Promise<void> {
    const { owner, source } = this.#options;
    await insertImportedRecord(tx, owner.companyId, { source, kind, sourceId, ...made });
  }

  #problem(sentence: string): void {
    this.#report.problemCount += 1;
    if (this.#report.problems.length < MOST_PROBLEMS) this.#report.problems.push(sentence);
  }
}

type Made = Parameters<typeof insertImportedRecord>[2];

/** Lines of one section stay together, in the order in which the sections first appear. */
function toSections(items: readonly FormerItem[]): ListedSection[] {
  const groups = Map.groupBy(items, ({ section }) => section);
  return Array.from(groups, ([title, lines]) => ({
    title,
    kind: lines.every(({ kind }) => kind === "material") ? "material" : "work",
    lines,
  }));
}
