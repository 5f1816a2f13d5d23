/** Loads instrumented modules and their tests once, then runs tests while one mutant is switched on. */
import { registerHooks } from "node:module";
import { performance } from "node:perf_hooks";
import { pathToFileURL } from "node:url";
import { join } from "node:path";
import { parentPort, workerData } from "node:worker_threads";
import fc from "fast-check";
import { collectedTests, collectFrom } from "./vitest_shim.ts";

export interface WorkerData {
  readonly root: string;
  readonly tests: readonly string[];
  readonly code: ReadonlyMap<string, string>;
}

export interface DryTest {
  /** Path from the root. */
  readonly file: string;
  readonly name: string;
  readonly milliseconds: number;
  /** How often it passes each mutant, by the mutant's id. */
  readonly hits: Readonly<Record<string, number>>;
}

export interface DryRun {
  readonly tests: readonly DryTest[];
  /** Mutants that are passed while modules load, by their ids. */
  readonly atLoad: readonly string[];
}

export type Verdict = "found" | "survived" | "out of time";

/** Null asks for the dry run. */
export type Question = {
  readonly mutant: string;
  readonly tests: readonly { readonly index: number; readonly hits: number }[];
} | null;

export interface Asked {
  readonly question: Question;
}

export interface Answer {
  readonly answer: DryRun | Verdict;
}

interface Coverage {
  readonly static: Readonly<Record<string, number>>;
  readonly perTest: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface Switch {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: Coverage;
  hitCount?: number;
  hitLimit?: number;
}

/** A loop that comes by a mutant so many times as often as without it will not end. */
const HIT_FACTOR = 100;
const PROPERTY_RUNS = 20;
const SHIM = new URL("vitest_shim.ts", import.meta.url).href;

const stryker: Switch = {};
const keptMaps: Map<unknown, unknown>[] = [];
Object.assign(globalThis, { __stryker__: stryker, keptMaps });

const { root, tests, code } = workerData as WorkerData;
const codeByUrl = new Map(
  [...code].map(([path, text]) => [pathToFileURL(join(root, path)).href, text]),
);

registerHooks({
  resolve(specifier, context, nextResolve) {
    if (specifier !== "vitest" || context.parentURL === SHIM) {
      return nextResolve(specifier, context);
    }
    return { url: SHIM, shortCircuit: true };
  },
  load(url, context, nextLoad) {
    const source = codeByUrl.get(url);
    if (source === undefined) return nextLoad(url, context);
    return { format: "module-typescript", source, shortCircuit: true };
  },
});

// The same cases for every mutant; which of the failing ones is the smallest nobody asks.
fc.configureGlobal({ numRuns: PROPERTY_RUNS, seed: 1, endOnFailure: true });
for (const path of tests) {
  await collectFrom(path, () => import(pathToFileURL(join(root, path)).href));
}
// What no test imports has constants as well.
for (const url of codeByUrl.keys()) await import(url);
const keptAtFirst = keptMaps.map((kept) => [...kept]);

const port = parentPort;
port?.on("message", ({ question }: Asked) => {
  void reply(question);
});
port?.postMessage("loaded");

async function reply(question: Question): Promise<void> {
  const answer = question === null ? await runDry() : await tryMutant(question);
  port?.postMessage({ answer } satisfies Answer);
}

async function runDry(): Promise<DryRun> {
  const times: Omit<DryTest, "hits">[] = [];
  for (const [index, { file, name, run }] of collectedTests().entries()) {
    stryker.currentTestId = String(index);
    forget();
    const start = performance.now();
    try {
      await run();
    } catch (error) {
      throw new Error(`without a mutant this test fails: ${name}`, { cause: error });
    }
    times.push({ file, name, milliseconds: performance.now() - start });
  }
  stryker.currentTestId = undefined;
  const { perTest = {}, static: atLoad = {} } = stryker.mutantCoverage ?? {};
  return {
    tests: times.map((time, index) => ({ ...time, hits: perTest[String(index)] ?? {} })),
    atLoad: Object.keys(atLoad),
  };
}

async function tryMutant({ mutant, tests }: NonNullable<Question>): Promise<Verdict> {
  for (const { index, hits } of tests) {
    const hitLimit = hits * HIT_FACTOR;
    Object.assign(stryker, { activeMutant: mutant, hitCount: 0, hitLimit });
    forget();
    const isGood = await hasPassed(index);
    stryker.activeMutant = undefined;
    if ((stryker.hitCount ?? 0) > hitLimit) return "out of time";
    if (!isGood) return "found";
  }
  return "survived";
}

async function hasPassed(index: number): Promise<boolean> {
  try {
    await collectedTests()[index]?.run();
    return true;
  } catch {
    return false;
  }
}

/** Caches of modules get back what they held when these had loaded. */
function forget(): void {
  for (const [index, kept] of keptMaps.entries()) {
    const first = keptAtFirst[index] ?? [];
    if (kept.size === first.length) continue;
    kept.clear();
    for (const [key, value] of first) kept.set(key, value);
  }
}
