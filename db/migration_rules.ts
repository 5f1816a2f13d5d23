/** What is wrong with a migration for a database that old and new processes use at the same time. */
interface MigrationProblem {
  readonly rule: string;
  /** The statement, shortened. */
  readonly statement: string;
}

/**
 * Migrations up to this one made the first released schema: nobody worked with it meanwhile. Those after it
 * run while processes of the version before go on working.
 * @public
 */
export const FIRST_RELEASE = "0012";

/**
 * Statements of later migrations that break a rule all the same, each with its reason: applied files are never
 * edited, so `-- safe:` can't be written there any more.
 * @public
 */
export const EXCEPTIONS: readonly {
  readonly file: string;
  /** How it begins. */
  readonly statement: string;
  readonly reason: string;
}[] = [
  {
    file: "0019_logins_in_browsers.sql",
    statement: "create index sessions_by_login on sessions",
    reason: "before the first release: nobody wrote sessions meanwhile",
  },
];

const RULES: readonly { readonly rule: string; readonly pattern: RegExp }[] = [
  {
    rule: "old processes still read it: stop using it now, drop it a release later",
    pattern:
      /\bdrop\s+(column|table|(materialized\s+)?view|function|procedure|routine|aggregate|type|domain|sequence|schema|extension|foreign\s+table|server)\b/,
  },
  {
    rule: "old processes still read it: stop using it now, drop it a release later",
    pattern:
      /\balter\s+table\b.*\bdrop\s+(?!column\b|constraint\b|not\s+null\b|default\b|expression\b|identity\b)\w/s,
  },
  {
    rule: "nobody can write meanwhile: create it concurrently, in a file of its own",
    pattern: /\bcreate\s+(unique\s+)?index\s+(?!concurrently\b)/,
  },
  {
    rule: "everybody waits behind whoever reads: drop it concurrently, in a file of its own",
    pattern: /\bdrop\s+index\s+(?!concurrently\b)/,
  },
  {
    rule: "the whole table is locked while it is written anew",
    pattern: /(^|;)\s*(cluster\b|vacuum\s+\(?\s*full\b|reindex\b(?!.*\bconcurrently\b))/,
  },
  {
    rule: "old processes know the old name: add the new one beside it",
    pattern: /\brename\s+(column\s+|to\b|constraint\s+)/,
  },
  {
    rule: "rewrites the table under a lock: add a new column and fill it in steps",
    pattern: /\balter\s+(column\s+)?\S+\s+(set\s+data\s+)?type\b/,
  },
  {
    rule: "old processes do not fill it: give it a default",
    pattern:
      /\badd\s+(column\s+)?(if\s+not\s+exists\s+)?(?!constraint|primary|foreign|unique|check|exclude)\w+\s+(?:(?!\bdefault\b|\bgenerated\b|,|;).)*\bnot\s+null\b(?:(?!\bdefault\b|\bgenerated\b|,|;).)*(?=[,;]|$)/s,
  },
  {
    rule: "reads the whole table under a lock: add it not valid, then validate it in the next migration",
    pattern:
      /\badd\s+constraint\b(?:(?!\bnot\s+valid\b|\busing\s+index\b|;).)*\b(check|foreign\s+key)\b(?:(?!\bnot\s+valid\b|;).)*;/s,
  },
  {
    rule: "old processes may still leave it empty: a check that is not valid first, not null a release later",
    pattern: /\balter\s+(column\s+)?\S+\s+set\s+not\s+null\b/,
  },
  {
    rule: "old processes may still write doubles, and its index is built under a lock",
    pattern: /\badd\s+(constraint\s+\S+\s+)?(unique|primary\s+key|exclude)\b(?!\s+using\s+index)/,
  },
  {
    rule: "a big removal holds its rows: forget in steps from a job",
    pattern: /(^|;)\s*(delete\s+from\s+(?:(?!\bwhere\b|;).)*|truncate\b[^;]*);/s,
  },
  {
    rule: "everybody waits for it",
    pattern: /(^|;)\s*lock\s+/,
  },
  {
    rule: "a big update holds its rows: fill in steps from a job",
    pattern: /(^|;)\s*update\s+(?:(?!\bwhere\b|;).)*;/s,
  },
];

/**
 * Checks one migration's text. It reads statements, not meaning: a new table of the same migration may be
 * altered as one likes. A line `-- safe: why` before a statement takes responsibility for it.
 * @public
 */
export function findMigrationProblems(sql: string): MigrationProblem[] {
  const own = new Set(
    Array.from(
      sql.matchAll(/\bcreate\s+table\s+(?:if\s+not\s+exists\s+)?(\w+)/gi),
      (found) => found[1],
    ),
  );
  const statements = splitStatements(sql);
  const isConcurrent = statements.some(({ text }) => isConcurrently(text));
  return statements.flatMap(({ text, isExcused }) => {
    if (isExcused) return [];
    const statement = text.replaceAll(/\s+/g, " ").trim().slice(0, 120);
    if (isConcurrent && !isConcurrently(text)) return [{ rule: MIXED, statement }];
    const made = MADE_CONCURRENTLY.exec(text)?.[1];
    if (made && !statements.some((other) => dropsConcurrently(other.text, made))) {
      return [{ rule: BROKEN_REST, statement }];
    }
    const table = TABLE.exec(text)?.slice(1).find(Boolean);
    if (table !== undefined && own.has(table)) return [];
    return RULES.filter(({ pattern }) => pattern.test(`${text.toLowerCase()};`)).map(
      ({ rule }) => ({
        rule,
        statement,
      }),
    );
  });
}

/** The one table that a statement changes. */
const TABLE =
  /\balter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(\w+)|\bcreate\s+(?:unique\s+)?index\s(?:(?!\bon\b).)*\bon\s+(?:only\s+)?(\w+)/is;

const MADE_CONCURRENTLY =
  /\bcreate\s+(?:unique\s+)?index\s+concurrently\s+(?:if\s+not\s+exists\s+)?(\w+)/i;
const BROKEN_REST =
  "what is left of a failed attempt is no index: first drop it concurrently if it exists";
const dropsConcurrently = (statement: string, index: string): boolean =>
  new RegExp(`\\bdrop\\s+index\\s+concurrently\\s+if\\s+exists\\s+${index}\\b`, "i").test(
    statement,
  );

const MIXED = "what works concurrently has no transaction: put the rest into another file";

/** `create index concurrently` and its kin: they refuse to run inside of a transaction. */
export function isConcurrently(statement: string): boolean {
  return /^\s*(create\s+(unique\s+)?index|drop\s+index|reindex\s.*)\s+concurrently\b/i.test(
    statement,
  );
}

interface Statement {
  /** In which what stands in quotes is empty, for that is data. */
  readonly text: string;
  /** As it is, without comments. */
  readonly raw: string;
  /** By a comment before it. */
  readonly isExcused: boolean;
}

/** At semicolons outside of quotes, $$ bodies and comments. */
export function splitStatements(sql: string): Statement[] {
  const statements: Statement[] = [];
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|;|[^-/'$;]+|[-/$]/g;
  let text = "";
  let raw = "";
  let isExcused = false;
  for (const [part] of sql.matchAll(token)) {
    if (part.startsWith("--")) {
      isExcused ||= /^--\s*safe:\s*\S/.test(part);
    } else if (part === ";") {
      if (text.trim()) statements.push({ text, raw, isExcused });
      text = "";
      raw = "";
      isExcused = false;
    } else if (!part.startsWith("/*")) {
      raw += part;
      text += /^['$]/.test(part) ? "''" : part;
    }
  }
  if (text.trim()) statements.push({ text, raw, isExcused });
  return statements;
}
