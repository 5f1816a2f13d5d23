import { setTimeout as sleep } from "node:timers/promises";
import { type Journal, leadEstimate } from "./dialogue.ts";
import { judge, type Violation } from "./invariants.ts";
import type { Stage } from "./stage.ts";

export interface Fault {
  /** Of the list in docs/faults.md. */
  readonly id: string;
  readonly name: string;
  /** Whether it is one of those that strike in turn while the same people work: see `mixed`. */
  readonly isShort: boolean;
  /** Breaks and mends while people work. Returns words for the table. A refusal: it can't be run here. */
  readonly run: (stage: Stage, work: Work) => Promise<string | Refusal>;
}

export interface Refusal {
  readonly notRun: string;
}

/** People at work, until told to stop; each estimate that was begun is led to its end. */
export interface Work {
  readonly journal: Journal;
  /** Resolves when so many more acknowledgements came. */
  readonly progress: (count: number) => Promise<void>;
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
  /** Seconds from mending to the next acknowledged step, and until nothing waits. */
  readonly answers: number;
  readonly whole: number;
  readonly violations: readonly Violation[];
}

export interface Limits {
  /** How many estimates are led through each fault. */
  readonly estimates: number;
  /** Everything must hold by then, in ms after mending. */
  readonly deadline: number;
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
  const striking = { isOver: false };
  const dialogues = work(stage, journal, limits.estimates, striking);
  const watching = new AbortController();
  const watched = watch(stage, watching.signal);
  const progress = async (count: number): Promise<void> => {
    const wanted = journal.acknowledgedAt.length + count;
    const isOver = dialogues.then(() => true);
    while (journal.acknowledgedAt.length < wanted) {
      if (await Promise.race([isOver, sleep(50, false)])) return;
    }
  };
  const words = await fault.run(stage, { journal, progress }).finally(() => {
    striking.isOver = true;
  });
  const mended = performance.now();
  const stuck = await dialogues;
  watching.abort();
  const dead = await watched;
  const findings = await untilWhole(stage, journal, performance.now() + limits.deadline);
  const whole = (performance.now() - mended) / 1000;
  const next = journal.acknowledgedAt.find((moment) => moment > mended) ?? mended;
  const violations = [...dead, ...stuck, ...findings.violations];
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
    answers: (next - mended) / 1000,
    whole,
    violations,
  };
}

/**
 * At least so many estimates, and on and on while it strikes; every foreman prints the first. Returns
 * what could not be ended.
 */
async function work(
  stage: Stage,
  journal: Journal,
  estimates: number,
  striking: { readonly isOver: boolean },
): Promise<Violation[]> {
  let left = estimates;
  const stuck: Violation[] = [];
  await Promise.all(
    stage.foremen.map(async (foreman) => {
      for (let withFile = true; left > 0 || !striking.isOver; withFile = false) {
        left -= 1;
        try {
          await leadEstimate(stage, foreman, journal, { withFile });
        } catch (error) {
          const what = error instanceof Error ? error.message : String(error);
          stuck.push({ kind: "lost", what: `the work of a person: ${what}` });
          return;
        }
      }
    }),
  );
  return stuck;
}

/** Looks until everything holds or the time is over. */
async function untilWhole(stage: Stage, journal: Journal, deadline: number) {
  for (;;) {
    await stage.hasten();
    const findings = await judge(stage, journal);
    if (findings.violations.length === 0 || performance.now() > deadline) return findings;
    await sleep(500);
  }
}

/** Processes that ended though nobody ended them; each is started again, as a supervisor would. */
async function watch(stage: Stage, stopping: AbortSignal): Promise<Violation[]> {
  const dead: Violation[] = [];
  while (!stopping.aborted) {
    for (const { name, output } of stage.ended()) {
      dead.push({ kind: "lost", what: `process «${name}»: ${output}` });
      await stage.start(name);
    }
    await sleep(500);
  }
  return dead;
}
