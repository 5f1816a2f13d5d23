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

const RULES: readonly { readonly rule: string; readonly pattern: RegExp }[] = [
  {
    rule: "old processes still read it: stop using it now, drop it a release later",
    pattern: /\bdrop\s+(column|table)\b/,
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
  return splitStatements(sql).flatMap(({ text, isExcused }) => {
    if (isExcused) return [];
    const table = /\balter\s+table\s+(?:only\s+)?(\w+)/i.exec(text)?.[1];
    if (table !== undefined && own.has(table)) return [];
    const statement = text.replaceAll(/\s+/g, " ").trim().slice(0, 120);
    return RULES.filter(({ pattern }) => pattern.test(`${text.toLowerCase()};`)).map(
      ({ rule }) => ({
        rule,
        statement,
      }),
    );
  });
}

/** At semicolons outside of quotes, $$ bodies and comments. */
function splitStatements(sql: string): { text: string; isExcused: boolean }[] {
  const statements: { text: string; isExcused: boolean }[] = [];
  const token = /--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'|(\$\w*\$)[\s\S]*?\1|;|[^-/'$;]+|[-/$]/g;
  let text = "";
  let isExcused = false;
  for (const [part] of sql.matchAll(token)) {
    if (part.startsWith("--")) {
      isExcused ||= /^--\s*safe:\s*\S/.test(part);
    } else if (part === ";") {
      if (text.trim()) statements.push({ text, isExcused });
      text = "";
      isExcused = false;
    } else if (!part.startsWith("/*")) {
      // What stands in quotes is data.
      text += /^['$]/.test(part) ? "''" : part;
    }
  }
  if (text.trim()) statements.push({ text, isExcused });
  return statements;
}
