import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { programEnvironment } from "../db/testing_environment.ts";
import { readStartFlags } from "../server/testing_program.ts";
import { median, milliseconds, type Row } from "./measure.ts";

const run = promisify(execFile);
/** Milliseconds that 1 000 lines may take the reader, whatever they are. */
const GOAL = 50;
const LISTS = 40;
const PROGRAMS = 7;

const NAMES = {
  sent: "as people send them",
  alike: "all alike",
  nonsense: "of words and signs at random, twenty in each",
  parted: "of eight positions each",
  knotty: "of the worst that breeding has found",
} as const;
type Kind = keyof typeof NAMES;

/** The reader of lists alone: of a program that runs for a while, and of one that has just started. */
export async function measureLists(): Promise<Row[]> {
  return [
    await measureLater("sent"),
    await measureLater("nonsense"),
    await measureLater("parted"),
    await measureLater("knotty"),
    await measureFirst("sent", "warmed"),
    await measureFirst("alike", "warmed"),
    await measureFirst("nonsense", "warmed"),
    await measureFirst("knotty", "warmed"),
    await measureFirst("sent", "ready"),
    await measureFirst("alike", "ready"),
    await measureFirst("nonsense", "ready", false),
  ];
}

async function measureLater(kind: Kind): Promise<Row> {
  const times = (await readLists(kind, "warmed", LISTS)).slice(LISTS / 2);
  return row(`1 000 lines ${NAMES[kind]}`, times, true);
}

async function measureFirst(
  kind: Kind,
  state: "warmed" | "ready",
  isPromised = true,
): Promise<Row> {
  const times: number[] = [];
  for (let program = 0; program < PROGRAMS; program += 1) {
    times.push(...(await readLists(kind, state, 1)));
  }
  const when = state === "warmed" ? "" : ", a third of a second after it is ready";
  return row(`the first 1 000 lines of a new program, ${NAMES[kind]}${when}`, times, isPromised);
}

async function readLists(kind: string, state: string, count: number): Promise<number[]> {
  const file = join(import.meta.dirname, "lists_process.ts");
  const args = [...readStartFlags(), file, kind, state, String(count)];
  const { stdout } = await run(process.execPath, args, { env: programEnvironment({}) });
  return JSON.parse(stdout) as number[];
}

function row(work: string, times: readonly number[], isPromised: boolean): Row {
  const ours = median(times);
  return {
    work,
    ours: `${milliseconds(ours)}, at most ${milliseconds(Math.max(...times))}`,
    peer: `the promise: ${GOAL} ms`,
    ratio: ours / GOAL,
    goal: isPromised ? { at: "most", ratio: 1 } : null,
  };
}
