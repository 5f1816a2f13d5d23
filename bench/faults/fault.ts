import { setTimeout as sleep } from "node:timers/promises";
import { type Journal, leadEstimate } from "./dialogue.ts";
import { judge, type Violation } from "./invariants.ts";
import { GaveUp, wordsOf } from "./patience.ts";
import type { Stage, StageOptions } from "./stage.ts";

export interface Fault {
  /** Of the list in docs/faults.md. */
  readonly id: string;
  readonly name: string;
  /** Whether it is one of those that strike in turn while the same people work: see `mixed`. */
  readonly isShort: boolean;
  /** Nobody else works meanwhile. */
  readonly isAlone?: boolean;
  /** A stage of its own, where the usual one won't do; null: it can't be had here. */
  readonly openStage?: (options: StageOptions) => Promise<Stage | null>;
  /** Breaks and mends while people work. Returns words for the table. A refusal: it can't be run here. */
  readonly run: (stage: Stage, work: Work) => Promise<string | Refusal>;
}

export interface Refusal {
  readonly notRun: string;
}

/** Looks every `pause` ms until it is so; throws when it is not within `limit` ms. */
export async function until(
  what: string | (() => string),
  isSo: () => boolean | Promise<boolean>,
  { limit = 60_000, pause = 50 }: { readonly limit?: number; readonly pause?: number } = {},
): Promise<void> {
  for (const deadline = performance.now() + limit; !(await isSo()); await sleep(pause)) {
    if (performance.now() < deadline) continue;
    const words = typeof what === "string" ? what : what();
    throw new Error(`not in ${limit / 1000} s: ${words}`);
  }
}

/** People at work, until told to stop; each estimate that was begun is led to its end. */
export interface Work {
  readonly journal: Journal;
  /** Resolves when so many more acknowledgements came; people work on until then. */
  readonly progress: (count: number) => Promise<void>;
  /** People begin one estimate after another until this is settled. */
  readonly during: <Result>(what: Promise<Result>) => Promise<Result>;
}

export interface Outcome {
  readonly fault: Pick<Fault, "id" | "name">;
  readonly words: string;
  readonly isRun: boolean;
  /** Acknowledged steps that this fault saw. */
  readonly acknowledged: number;
  readonly lost: number;
  readonly doubled: number;
  readonly resent: number;
  /** How often people repeated themselves. */
  readonly repeats: number;
  /** People who were never answered, however often they asked: their work ends there. */
  readonly gaveUp: number;
  /** Seconds from mending to the next acknowledged step, and until nothing waits. */
  readonly answers: number;
  readonly whole: number;
  readonly violations: readonly Violation[];
}

export interface Limits {
  /** How many estimates are led through each fault. */
  readonly estimates: number;
  /** Milliseconds before each estimate that only fills the time of a fault: its deal takes the CRM a while. */
  readonly pause?: number;
  /** Everything must hold by then, in ms after mending, or after the last that got better. */
  readonly deadline: number;
  /** What earlier faults left broken for good: told once, at the one that broke it. */
  readonly known: Set<string>;
}

/** For what can't be run on this machine. */
export function notRun(fault: Fault, words: string): Outcome {
  const counts = { acknowledged: 0, lost: 0, doubled: 0, resent: 0, repeats: 0, gaveUp: 0 };
  return { fault, words, isRun: false, ...counts, answers: 0, whole: 0, violations: [] };
}

/** Its own stage did not open: a finding like any other, and the rest goes on. */
export function notOpened(fault: Fault, error: unknown): Outcome {
  const what = `its stage: ${wordsOf(error)}`;
  const outcome = notRun(fault, "its stage did not open");
  return { ...outcome, lost: 1, violations: [{ kind: "lost", what }] };
}

/** One fault: people work, it strikes, it is mended, the work is ended, everything is judged. */
export async function suffer(
  stage: Stage,
  fault: Fault,
  journal: Journal,
  limits: Limits,
): Promise<Outcome> {
  const before = journal.acknowledgedAt.length;
  const repeatsBefore = journal.repeats;
  const resentBefore = (await judge(stage, journal)).resent;
  const striking = { isOver: false, wanted: 0 };
  const dialogues = fault.isAlone ? Promise.resolve([]) : work(stage, journal, limits, striking);
  const isOver = dialogues.then(() => true);
  const watching = new AbortController();
  const watched = watch(stage, watching.signal);
  const during: Work["during"] = async (what) => {
    striking.wanted += 1;
    return what.finally(() => {
      striking.wanted -= 1;
    });
  };
  const progress = (count: number): Promise<void> => {
    const wanted = journal.acknowledgedAt.length + count;
    const waiting = async (): Promise<void> => {
      while (journal.acknowledgedAt.length < wanted) {
        if (await Promise.race([isOver, sleep(50, false)])) return;
      }
    };
    return during(waiting());
  };
  const failed: Violation[] = [];
  const words = await fault.run(stage, { journal, progress, during }).catch((error: unknown) => {
    failed.push({ kind: "lost", what: `the fault itself: ${wordsOf(error)}` });
    return "failed";
  });
  striking.isOver = true;
  const mended = performance.now();
  const stuck = await dialogues;
  watching.abort();
  const dead = await watched;
  const findings = await untilWhole(stage, journal, limits);
  const whole = (performance.now() - mended) / 1000;
  const next = journal.acknowledgedAt.find((moment) => moment > mended) ?? mended;
  const violations = [...failed, ...dead, ...stuck, ...findings.violations];
  const count = (...kinds: Violation["kind"][]) =>
    violations.filter(({ kind }) => kinds.includes(kind)).length;
  return {
    fault,
    words: typeof words === "string" ? words : words.notRun,
    isRun: typeof words === "string",
    acknowledged: journal.acknowledgedAt.length - before,
    lost: count("lost", "waiting", "unequal"),
    doubled: count("doubled"),
    resent: findings.resent - resentBefore,
    repeats: journal.repeats - repeatsBefore,
    gaveUp: count("gave up"),
    answers: (next - mended) / 1000,
    whole,
    violations,
  };
}

/**
 * At least so many estimates, and more while a fault waits for them. Returns what could not be ended. Few
 * files are ordered: each approved estimate is printed anyway, for its deal.
 */
async function work(
  stage: Stage,
  journal: Journal,
  { estimates, pause = 0 }: Limits,
  striking: { readonly isOver: boolean; readonly wanted: number },
): Promise<Violation[]> {
  let left = estimates;
  const stuck: Violation[] = [];
  await Promise.all(
    stage.foremen.map(async (foreman) => {
      while (left > 0 || !striking.isOver) {
        if (left <= 0 && striking.wanted === 0) {
          await sleep(50);
          continue;
        }
        if (left <= 0) await sleep(pause);
        left -= 1;
        try {
          const withFile = stage.random.between(0, 1) < FILES;
          await leadEstimate(stage, foreman, journal, { withFile });
        } catch (error) {
          // Nothing was said to be done, where nobody answered.
          const kind = error instanceof GaveUp ? "gave up" : "lost";
          stuck.push({ kind, what: `the work of a person: ${wordsOf(error)}` });
          return;
        }
      }
    }),
  );
  return stuck;
}

/** Of the estimates, so many are printed for the chat. */
const FILES = 0.2;

/** Looks until everything holds, or for so long in vain: much that waits goes to the CRM one by one. */
async function untilWhole(stage: Stage, journal: Journal, { deadline, known }: Limits) {
  let end = performance.now() + deadline;
  for (let fewest = Number.POSITIVE_INFINITY; ;) {
    const findings = await look(stage, journal);
    const violations = findings.violations.filter(({ what }) => !known.has(what));
    if (violations.length < fewest) end = performance.now() + deadline;
    fewest = Math.min(fewest, violations.length);
    if (violations.length === 0 || performance.now() > end) {
      for (const { what } of violations) known.add(what);
      return { ...findings, violations };
    }
    await sleep(500);
  }
}

/** A database that came back a moment ago may refuse the connection that was under way before. */
async function look(stage: Stage, journal: Journal): ReturnType<typeof judge> {
  try {
    await stage.hasten();
    return await judge(stage, journal);
  } catch (error) {
    const what = `nobody could look: ${wordsOf(error)}`;
    return { violations: [{ kind: "waiting", what }], resent: 0, visiblyFailed: 0 };
  }
}

/** Processes that ended though nobody ended them; each is started again, as a supervisor would. */
async function watch(stage: Stage, stopping: AbortSignal): Promise<Violation[]> {
  const dead: Violation[] = [];
  while (!stopping.aborted) {
    for (const { name, output } of stage.ended()) {
      dead.push({ kind: "lost", what: `process «${name}»: ${output}` });
      // One that does not get ready is found again at the next look.
      await stage.start(name).catch(() => undefined);
    }
    await sleep(500);
  }
  return dead;
}
