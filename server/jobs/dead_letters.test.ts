import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { newId } from "../new_id.ts";
import { listTold, newPeople, type TestPeople } from "../services/testing_agreement.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createDeadLetters, type DeadLetters } from "./dead_letters.ts";
import { type Handlers, QUEUE_NAMES } from "./queues.ts";
import { startWorkers, type Workers } from "./job_workers.ts";

const log = pino({ level: "silent" });

let work: TestWork;
let people: TestPeople;
let workers: Workers;
/** Two processes look for what died. */
let watches: DeadLetters[];
let isBroken: boolean;
const runs: object[] = [];

beforeAll(async () => {
  work = await createTestWork();
  const handlers = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [
      queue,
      async (payload: object) => {
        if (isBroken) throw new Error("out of paper");
        // Leaders are told by a queue of its own, whenever the machine comes to it.
        if (queue === "document.render") runs.push(payload);
      },
    ]),
  ) as unknown as Handlers;
  const { sql } = work.database;
  const { board } = work;
  watches = [1, 2].map(() => createDeadLetters({ ...work.dependencies, board, log }));
  const onDeath = () => watches.forEach((watch) => watch.wake());
  workers = startWorkers({ sql, board, handlers, log, onDeath });
  for (const watch of watches) watch.start();
});

beforeEach(async () => {
  people = await newPeople(work);
  isBroken = true;
  runs.length = 0;
});

afterAll(async () => {
  await workers.stop(1_000);
  for (const watch of watches) await watch.stop();
  await work.close();
});

/** A job whose only attempt fails. */
async function die(companyId: string): Promise<{ documentId: string }> {
  const documentId = newId();
  const payload = { companyId, documentId };
  await work.board.boss.send("document.render", payload, { retryLimit: 0 });
  return payload;
}

async function letterOf(companyId: string): Promise<string> {
  const find = async () => {
    const [row] = await work.database.sql`
      select id from dead_letters where company_id = ${companyId}
    `;
    return String(row?.["id"] ?? "");
  };
  await expect.poll(find, { timeout: 20_000 }).not.toBe("");
  return find();
}

it("tells owner and manager once of work that was given up", async () => {
  const { companyId } = people.owner;
  const { documentId } = await die(companyId);
  const id = await letterOf(companyId);
  const told = await listTold(work, companyId);
  expect(told.map(({ kind, name }) => `${kind} ${name}`).toSorted()).toEqual([
    "dead_letter Ольга Владелица",
    "dead_letter Пётр Начальник",
  ]);
  expect(told[0]?.content).toEqual({ deadLetterId: id, queue: "document.render", number: null });
  const rows = await work.database.sql`
    select queue, payload, reason from dead_letters where company_id = ${companyId}
  `;
  expect(rows).toEqual([
    { queue: "document.render", payload: { companyId, documentId }, reason: "out of paper" },
  ]);
});

it("runs it again when a leader says so, however often he presses", async () => {
  const { companyId } = people.owner;
  const payload = await die(companyId);
  const id = await letterOf(companyId);
  isBroken = false;
  const retry = () => work.asActor(people.manager, ({ deadLetters }) => deadLetters.retry(id));
  const outcomes = await Promise.all([retry(), retry(), retry()]);
  expect(outcomes.toSorted()).toEqual(["again", "already", "already"]);
  workers.wake("document.render");
  await expect.poll(() => runs, { timeout: 20_000 }).toEqual([{ companyId, ...payload }]);
  const { items } = await work.asActor(people.owner, ({ deadLetters }) => deadLetters.list({}));
  expect(items).toMatchObject([{ id, queue: "document.render", retriedAt: work.clock.now }]);
});

it("that dies again is told again", async () => {
  const { companyId } = people.owner;
  await die(companyId);
  const id = await letterOf(companyId);
  await work.database.sql`update pgboss.queue set retry_limit = 0 where name = 'document.render'`;
  await work.asActor(people.owner, ({ deadLetters }) => deadLetters.retry(id));
  const list = () => work.asActor(people.owner, ({ deadLetters }) => deadLetters.list({}));
  await expect.poll(async () => (await list()).items.length, { timeout: 20_000 }).toBe(2);
});
