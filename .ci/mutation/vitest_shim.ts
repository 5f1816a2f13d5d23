/** What the tests of `domain` get for "vitest": they are collected, to be called one by one. */
export { expect } from "vitest";

export interface CollectedTest {
  /** Path from the root. */
  readonly file: string;
  readonly name: string;
  readonly run: () => unknown;
}

type Body = (...parameters: readonly unknown[]) => unknown;

const collected: CollectedTest[] = [];
const groups: string[] = [];
let current = "";

/** @param load imports the file, whose tests come with it */
export async function collectFrom(file: string, load: () => Promise<unknown>): Promise<void> {
  current = file;
  await load();
}

/** In the order in which they were written, and so the same in every worker. */
export function collectedTests(): readonly CollectedTest[] {
  return collected;
}

export function describe(name: string, body: () => void): void {
  groups.push(name);
  body();
  groups.pop();
}

/** @param rest the body, behind settings of vitest if there are any: the limit here is for a mutant */
function collect(name: string, ...rest: readonly unknown[]): void {
  const run = rest.find((one) => typeof one === "function") as CollectedTest["run"];
  collected.push({ file: current, name: [...groups, name].join(" › "), run });
}

function each(rows: readonly unknown[]): (name: string, body: Body) => void {
  return (name, body) => {
    for (const [index, row] of rows.entries()) {
      const parameters = Array.isArray(row) ? row : [row];
      collect(`${name} (${index + 1})`, () => body(...parameters));
    }
  };
}

export const it = Object.assign(collect, { each });
