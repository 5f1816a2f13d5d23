import { DatabaseSync } from "node:sqlite";

/** A value of SQLite; whole numbers may be larger than JavaScript's. */
export type FormerValue = string | number | bigint | null;
export type FormerRow = Readonly<Record<string, FormerValue>>;

/** The tables of the former application that are known; missing ones are empty. */
export interface FormerTables {
  readonly clients: readonly FormerRow[];
  readonly projects: readonly FormerRow[];
  readonly estimates: readonly FormerRow[];
  readonly items: readonly FormerRow[];
  /** Tables that are in the file and not read: those of its framework, mostly. */
  readonly others: readonly string[];
}

const KNOWN = {
  clients: "api_client",
  projects: "api_project",
  estimates: "api_estimate",
  items: "api_estimateitem",
} as const;

export class FormerFileError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "FormerFileError";
  }
}

/** Reads a SQLite file, without changing it. Throws a FormerFileError with a Russian sentence. */
export function readFormerFile(path: string): FormerTables {
  const database = openFile(path);
  try {
    const names = database
      .prepare("select name from sqlite_master where type = 'table' order by name")
      .all()
      .map((row) => String(row["name"]));
    if (!names.includes(KNOWN.estimates) && !names.includes(KNOWN.clients)) {
      throw new FormerFileError(
        `В файле нет таблиц ${KNOWN.clients} и ${KNOWN.estimates}: это не база прежней программы.`,
      );
    }
    const read = (name: string) => (names.includes(name) ? readTable(database, name) : []);
    return {
      clients: read(KNOWN.clients),
      projects: read(KNOWN.projects),
      estimates: read(KNOWN.estimates),
      items: read(KNOWN.items),
      others: names.filter((name) => !Object.values<string>(KNOWN).includes(name)),
    };
  } catch (error) {
    if (error instanceof FormerFileError) throw error;
    throw new FormerFileError("Файл не читается: это не база SQLite, или она повреждена.", {
      cause: error,
    });
  } finally {
    database.close();
  }
}

function openFile(path: string): DatabaseSync {
  try {
    return new DatabaseSync(path, { readOnly: true });
  } catch (cause) {
    throw new FormerFileError(`Файл ${path} не открывается.`, { cause });
  }
}

function readTable(database: DatabaseSync, table: string): FormerRow[] {
  const statement = database.prepare(`select * from ${table} order by rowid`);
  statement.setReadBigInts(true);
  return statement
    .all()
    .map((row) =>
      Object.fromEntries(
        Object.entries(row).map(([column, value]) => [column.toLowerCase(), plain(value)]),
      ),
    );
}

/** Bytes have no place in an estimate: their size is what is kept of them. */
function plain(value: unknown): FormerValue {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  if (typeof value === "bigint") return value;
  return value instanceof Uint8Array ? `(${value.length} байт)` : null;
}
