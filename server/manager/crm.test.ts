import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import { insertInboxEvent } from "../../db/crm_inbox.ts";
import { createDeadLetters } from "../jobs/dead_letters.ts";
import { startWorkers } from "../jobs/job_workers.ts";
import { type Handlers, QUEUE_NAMES } from "../jobs/queues.ts";
import { newId } from "../new_id.ts";
import { newEstimate, submit } from "../services/testing_agreement.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";
import { seedDeals } from "./testing_seed.ts";

/*
 * Work that died and work that waits, on the page that tells of the CRM: both real, of the same board that
 * the workers have.
 */

const log = pino({ level: "silent" });
const HOUR = 3_600_000; // ms

let stage: ManagerStage;
let cookie: string;

beforeAll(async () => {
  stage = await createManagerStage();
  await seedDeals(stage, []);
  cookie = await stage.login(stage.people.manager);
});
afterAll(() => stage.close());

async function open(): Promise<string> {
  // Three hours after whatever the database has just written.
  stage.work.clock.now = new Date(Date.now() + 3 * HOUR);
  const answer = await stage.get("/manager/crm", cookie);
  expect(answer.status).toBe(200);
  const page = await answer.text();
  return page
    .slice(page.indexOf("<main"))
    .replace(/<[^>]*>/g, " ")
    .replace(/(\s|\u00a0|&nbsp;)+/g, " ");
}

async function approveOne(): Promise<void> {
  const { foreman, manager } = stage.people;
  const { id } = await newEstimate(stage.work, foreman);
  const { id: revisionId } = await submit(stage.work, foreman, id, "manager");
  await stage.work.asActor(manager, ({ agreement }) =>
    agreement.approve({ revisionId }, { channel: "chat" }),
  );
}

/** Workers without a CRM, until a job that waits has died. */
async function letItDie(): Promise<void> {
  const { sql } = stage.work.database;
  const { board, dependencies } = stage.work;
  await sql`update pgboss.job set retry_limit = 0 where name = 'crm.push'`;
  const fail = async () => {
    throw new Error("no CRM in sight: token=secret");
  };
  const handlers = Object.fromEntries(
    QUEUE_NAMES.map((queue) => [queue, queue === "crm.push" ? fail : async () => {}]),
  ) as unknown as Handlers;
  const watch = createDeadLetters({ ...dependencies, board, log });
  const workers = startWorkers({ sql, board, handlers, log, onDeath: () => watch.wake() });
  watch.start();
  try {
    const count = async () => {
      const [row] = await sql`
        select
          (select count(*) from dead_letters)::int as told,
          (select count(*) from pgboss.job where name = 'crm.push' and state <> 'failed')::int as left
      `;
      return [Number(row?.["told"]) > 0, row?.["left"]];
    };
    await expect.poll(count, { timeout: 20_000 }).toEqual([true, 0]);
  } finally {
    await workers.stop(1_000);
    await watch.stop();
  }
}

it("shows an empty queue, then what waits for the CRM and since when", async () => {
  expect(await open()).toContain("Ждёт чтения 0 Ждёт отправки 0 Не отправлено 0");
  await approveOne();
  const { companyId } = stage.people.owner;
  await stage.work.database.sql.begin(async (tx) => {
    const [connection] = await tx`select id from crm_connections where company_id = ${companyId}`;
    const connectionId = String(connection?.["id"]);
    const refs = [{ entity: "deal" as const, id: "70", isDeletion: false }];
    for (const bodyHash of ["one", "two"]) {
      await insertInboxEvent(tx, companyId, { id: newId(), connectionId, bodyHash, refs });
    }
  });
  const [job] = await stage.work.board.boss.findJobs("crm.push");
  expect(job?.data).toMatchObject({ companyId });
  expect(await open()).toContain(
    "Ждёт чтения 2 самое старое: 3 ч Ждёт отправки 1 самое старое: 3 ч Не отправлено 0",
  );
});

it("shows a job that was given up by its name, without its insides, and that it was repeated", async () => {
  expect(await open()).toContain("Работа, которая не удалась Такой нет.");
  await approveOne();
  await letItDie();
  const words = await open();
  expect(words).toMatch(/Что Когда Состояние передача сметы в CRM \S+, \S+ ждёт/);
  expect(words).not.toMatch(/secret|crm\.push|no CRM/);
  const letters = await stage.work.database.sql`select id from dead_letters`;
  for (const letter of letters) {
    await stage.work.asActor(stage.people.manager, ({ deadLetters }) =>
      deadLetters.retry(String(letter["id"])),
    );
  }
  const repeated = await open();
  expect(repeated).toMatch(/передача сметы в CRM \S+, \S+ повторено \S+, \S+/);
  expect(repeated).not.toMatch(/передача сметы в CRM \S+, \S+ ждёт/);
  // Of this company alone.
  const stranger = await stage.login(stage.people.stranger);
  expect(await (await stage.get("/manager/crm", stranger)).text()).toContain("Такой нет.");
});
