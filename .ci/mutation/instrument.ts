import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Instrumenter } from "@stryker-mutator/instrumenter";

export interface Mutant {
  readonly id: string;
  /** Path from the root, as all paths here. */
  readonly file: string;
  /** From 1, both. */
  readonly line: number;
  readonly column: number;
  readonly mutator: string;
  readonly original: string;
  readonly replacement: string;
}

export interface Instrumented {
  /** A module with all its mutants in it, by its path; `__stryker__.activeMutant` switches one on. */
  readonly code: ReadonlyMap<string, string>;
  readonly mutants: readonly Mutant[];
}

const OPTIONS = {
  // Words of people: no test should repeat them.
  excludedMutations: ["StringLiteral"],
  plugins: null,
  ignorers: [],
};

const nothing = () => {};
const silent = {
  isTraceEnabled: () => false,
  isDebugEnabled: () => false,
  isInfoEnabled: () => false,
  isWarnEnabled: () => false,
  isErrorEnabled: () => false,
  isFatalEnabled: () => false,
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
  fatal: nothing,
};

export async function instrument(root: string, files: readonly string[]): Promise<Instrumented> {
  const sources = new Map(files.map((file) => [file, readFileSync(join(root, file), "utf8")]));
  const result = await new Instrumenter(silent).instrument(
    [...sources].map(([name, content]) => ({ name, content, mutate: true })),
    OPTIONS,
  );
  const code = result.files.map(({ name, content }) => [name, withCaches(content)] as const);
  const mutants = result.mutants
    .filter(({ status }) => status !== "Ignored")
    .map(({ id, fileName, location: { start, end }, mutatorName, replacement }) => ({
      id,
      file: fileName,
      line: start.line + 1,
      column: start.column + 1,
      mutator: mutatorName,
      original: cut(sources.get(fileName) ?? "", start, end),
      replacement,
    }));
  return { code: new Map(code), mutants };
}

/** What a module keeps while one mutant is on must not answer the next one (see `tests_worker.ts`). */
function withCaches(code: string): string {
  const names = [...code.matchAll(/^(?:export )?const (\w+) = new Map\b/gm)].map(
    ([, name]) => name,
  );
  return names.length === 0 ? code : `${code}\nglobalThis.keptMaps.push(${names.join(", ")});\n`;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function cut(source: string, start: Place, end: Place): string {
  const lines = source.split("\n").slice(start.line, end.line + 1);
  const last = lines.length - 1;
  return lines
    .map((line, index) => {
      const from = index === 0 ? start.column : 0;
      return index === last ? line.slice(from, end.column) : line.slice(from);
    })
    .join("\n");
}
