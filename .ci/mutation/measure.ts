import { instrument, type Mutant } from "./instrument.ts";
import { TestsThread } from "./tests_thread.ts";
import type { DryTest, Verdict } from "./tests_worker.ts";

export interface Tried {
  readonly mutant: Mutant;
  readonly outcome: Verdict | "not reached";
}

export interface Measure {
  /** Without those in expressions that are made only while a module loads. */
  readonly tried: readonly Tried[];
  /** Mutants left out for that. */
  readonly atLoad: number;
  readonly testCount: number;
  /** Names of tests that are run for the file beside them, and where no shorter one reaches a mutant. */
  readonly longTests: readonly string[];
}

export interface Job {
  readonly root: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
  readonly workers?: number;
  /** Milliseconds for a mutant, besides five times what its tests take without it. */
  readonly patience?: number;
  readonly onEnd?: (file: string, tried: readonly Tried[]) => void;
}

const LONG_TEST = 250;

/** Tries every mutant of `files` on the tests that reach it, the quickest first, until one fails. */
export async function measure(job: Job): Promise<Measure> {
  const { root, files, tests, workers = 1, patience = 5_000, onEnd } = job;
  const { code, mutants } = await instrument(root, files);
  const threads = Array.from({ length: workers }, () => new TestsThread({ root, tests, code }));
  const [first] = threads;
  const dry = (await first?.runDry()) ?? { tests: [], atLoad: [] };
  const reaching = testsByMutant(mutants, dry.tests);
  const loaded = new Set(dry.atLoad.filter((id) => !reaching.has(id)));
  const tried: Tried[] = [];
  for (const file of files) {
    const own = mutants.filter(({ file: path, id }) => path === file && !loaded.has(id));
    const outcomes = await tryAll(threads, own, reaching, patience);
    onEnd?.(file, outcomes);
    tried.push(...outcomes);
  }
  await Promise.all(threads.map((thread) => thread.close()));
  return {
    tried,
    atLoad: loaded.size,
    testCount: dry.tests.length,
    longTests: dry.tests.filter(isLong).map(({ name }) => name),
  };
}

interface Reaching {
  readonly index: number;
  readonly milliseconds: number;
  readonly hits: number;
}

/** The quickest first; long ones only for the file beside them, and where there is no other. */
function testsByMutant(
  mutants: readonly Mutant[],
  tests: readonly DryTest[],
): Map<string, readonly Reaching[]> {
  const byTime = [...tests.entries()].toSorted(([, a], [, b]) => a.milliseconds - b.milliseconds);
  const reachingOf = ({ id, file }: Mutant) => {
    const all = byTime.filter(([, { hits }]) => hits[id] !== undefined);
    const usual = all.filter(([, test]) => !isLong(test) || isBeside(test, file));
    return (usual.length > 0 ? usual : all).map(([index, { milliseconds, hits }]) => ({
      index,
      milliseconds,
      hits: hits[id] ?? 0,
    }));
  };
  const pairs = mutants.map((mutant) => [mutant.id, reachingOf(mutant)] as const);
  return new Map(pairs.filter(([, reaching]) => reaching.length > 0));
}

function isBeside(test: DryTest, file: string): boolean {
  return test.file === file.replace(/\.ts$/, ".test.ts");
}

function isLong({ milliseconds }: { readonly milliseconds: number }): boolean {
  return milliseconds > LONG_TEST;
}

/** Threads take mutants from one queue; the answer has them in the order of the file. */
async function tryAll(
  threads: readonly TestsThread[],
  mutants: readonly Mutant[],
  reaching: ReadonlyMap<string, readonly Reaching[]>,
  patience: number,
): Promise<Tried[]> {
  const verdicts = new Map<string, Verdict>();
  const queue = mutants.filter(({ id }) => reaching.has(id)).values();
  const work = async (thread: TestsThread) => {
    for (const { id } of queue) {
      const tests = reaching.get(id) ?? [];
      const usual = tests.reduce((sum, { milliseconds }) => sum + milliseconds, 0);
      const question = { mutant: id, tests: tests.map(({ index, hits }) => ({ index, hits })) };
      verdicts.set(id, await thread.tryMutant(question, patience + 5 * usual));
    }
  };
  await Promise.all(threads.map(work));
  return mutants.map((mutant) => ({ mutant, outcome: verdicts.get(mutant.id) ?? "not reached" }));
}
