import { beginEstimate, fillEstimate, type Person, startChat, takeStep } from "./chat.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, type Row } from "./measure.ts";
import { readCpu, readDatabaseCpu } from "./processes.ts";

const FIRST_PERSON = 830_000_000;
/** Of which the cost of a step is compared: the last five up to each. */
const STEPS = [5, 20, 50] as const;
const WINDOW = 5;
const TALKERS = 12;
const LENGTHS = [10, 1000, 5000] as const;
const OWNERS_OF_EACH = 4;
const ROUNDS = 9;

/**
 * What a step of the dialogue costs: lines are asked for, one is typed, its preview answers, a button adds
 * it, the card answers. It must not depend on how long the dialogue or the estimate is. CPU of the program and of the
 * database's side of it.
 */
export async function measureConversation(bench: Bench): Promise<Row[]> {
  const chat = await startChat(bench, "bot");
  const { telegram, program } = chat;
  const cpuOf = async (work: () => Promise<unknown>): Promise<number> => {
    const read = async () =>
      (await readCpu(program.process.pid)) + (await readDatabaseCpu(bench.sql, "smetka"));
    const before = await read();
    await work();
    await telegram.settle();
    return (await read()) - before;
  };
  try {
    const people = Array.from({ length: TALKERS + LENGTHS.length * OWNERS_OF_EACH }, (_, index) =>
      telegram.person({ id: FIRST_PERSON + index, firstName: `Прораб ${index}` }),
    );
    await Promise.all(people.map(beginEstimate));
    await telegram.settle();
    const talkers = people.splice(0, TALKERS);
    return [
      ...(await measureSteps(talkers, cpuOf)),
      ...(await measureLengths(bench, people, cpuOf)),
    ];
  } finally {
    await chat.close();
  }
}

type CpuOf = (work: () => Promise<unknown>) => Promise<number>;

async function measureSteps(people: readonly Person[], cpuOf: CpuOf): Promise<Row[]> {
  // The first steps would pay for what the program does once.
  const warm = people.slice(0, 2);
  for (let step = 0; step < 20; step += 1)
    await Promise.all(warm.map((person) => takeStep(person)));
  const talking = people.slice(2);
  const costs = new Map<number, number>();
  let taken = 0;
  const goOnUntil = async (step: number): Promise<void> => {
    for (; taken < step; taken += 1) await Promise.all(talking.map((person) => takeStep(person)));
  };
  for (const step of STEPS) {
    await goOnUntil(step - WINDOW);
    const used = await cpuOf(() => goOnUntil(step));
    costs.set(step, used / (WINDOW * talking.length));
  }
  return flatRows(
    STEPS.map((step) => ({
      name: `step ${step} of a dialogue`,
      cost: costs.get(step) ?? Number.NaN,
    })),
  );
}

async function measureLengths(
  bench: Bench,
  people: readonly Person[],
  cpuOf: CpuOf,
): Promise<Row[]> {
  const groups = LENGTHS.map((lines, index) => ({
    lines,
    people: people.slice(index * OWNERS_OF_EACH, (index + 1) * OWNERS_OF_EACH),
    costs: [] as number[],
  }));
  for (const group of groups) {
    for (const person of group.people) await fillEstimate(bench, person.id, group.lines);
  }
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const group of groups) {
      const used = await cpuOf(() => Promise.all(group.people.map((person) => takeStep(person))));
      if (round > 0) group.costs.push(used / group.people.length);
    }
  }
  return flatRows(
    groups.map(({ lines, costs }) => ({
      name: `a step with ${lines.toLocaleString("en-US")} lines in the estimate`,
      cost: median(costs),
    })),
  );
}

/** Each beside the first. */
function flatRows(measured: readonly { name: string; cost: number }[]): Row[] {
  const [first, ...others] = measured;
  if (!first) return [];
  return others.map(({ name, cost }) => ({
    work: `chat: CPU of ${name}`,
    ours: milliseconds(cost),
    peer: `${first.name}: ${milliseconds(first.cost)}`,
    ratio: cost / first.cost,
    goal: { at: "most", ratio: 1.2 },
  }));
}
