import { pino } from "pino";
import { afterAll, beforeEach, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { Actor } from "../../domain/access.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import { createCrmJobs } from "../jobs/crm_jobs.ts";
import { createDeadLetters } from "../jobs/dead_letters.ts";
import type { Handlers } from "../jobs/queues.ts";
import { startWorkers } from "../jobs/job_workers.ts";
import { listTold } from "../services/testing_agreement.ts";
import type { CrmChat } from "./chat.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24 } from "./testing.ts";

const log = pino({ level: "silent" });
/** Nobody watches a chat here. */
const chat = {} as CrmChat;
const opened: CrmWork[] = [];
const stops: (() => Promise<void>)[] = [];

let crm: CrmWork;
let approved: ApprovedEstimate;
let lastTelegramId = 7000;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
  approved = await addApproved(crm);
  await addToChat(crm.actor);
  const { companyId } = crm.actor;
  await addToChat(await crm.work.newActor({ companyId, role: "manager", name: "Пётр Начальник" }));
  await addToChat(await crm.work.newActor({ companyId, role: "foreman", name: "Фёдор Прораб" }));
});

afterAll(async () => {
  for (const stop of stops) await stop();
  for (const { work } of opened) await work.close();
});

async function addToChat({ userId }: Actor): Promise<void> {
  lastTelegramId += 1;
  await crm.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (${lastTelegramId}, ${userId}, 'x')
  `;
}

function startWork(): void {
  const { work, crm: connected } = crm;
  const { board } = work;
  const { sql } = work.database;
  const sources = { approved: async () => approved, pdf: testPdf };
  const handlers = createCrmJobs({ ...connected.dependencies, sources, chat });
  const letters = createDeadLetters({ ...work.dependencies, board, log });
  const onDeath = () => letters.wake();
  const workers = startWorkers({ sql, board, handlers: handlers as Handlers, log, onDeath });
  letters.start();
  stops.push(async () => {
    await workers.stop(1_000);
    await letters.stop();
  });
}

/** A push whose first attempt is its last one. */
async function pushOnce(connectionId: string): Promise<void> {
  const { companyId } = crm.actor;
  const { estimateId, revision } = approved;
  await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
    requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
  );
  const payload = { companyId, connectionId, estimateId };
  await crm.work.board.boss.send("crm.push", payload, { retryLimit: 0 });
}

async function told(): Promise<string[]> {
  const all = await listTold(crm.work, crm.actor.companyId);
  return all.map(({ kind, name }) => `${kind} ${name}`).toSorted();
}

async function stateOfPush(): Promise<string> {
  const [row] = await crm.work.database.sql`
    select state from crm_pushes where company_id = ${crm.actor.companyId}
  `;
  return String(row?.["state"]);
}

it("that died for good is one message to each leader, which names the estimate", async () => {
  const { portal } = await stageBitrix24({ contacts: 0 });
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
  portal.faults.add({ on: /./, times: 100, fault: { kind: "html", status: 502 } });
  await pushOnce(connectionId);
  startWork();
  await expect.poll(told, { timeout: 20_000 }).not.toEqual([]);
  expect(await told()).toEqual(["dead_letter Иван Прорабов", "dead_letter Пётр Начальник"]);
  expect(await stateOfPush()).toBe("failed");
  const [first] = await listTold(crm.work, crm.actor.companyId);
  expect(first?.content).toMatchObject({ queue: "crm.push", number: approved.number });
});

it("that only a person can mend is one message to each leader, and no dead letter", async () => {
  const { account } = await stageAmocrm({ contacts: 0, options: { price: "minorUnits" } });
  crm.work.clock.now = new Date(account.clock.now());
  const { domain, longLivedToken: token } = account;
  const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
  account.edit.block();
  await pushOnce(connectionId);
  startWork();
  await expect.poll(told, { timeout: 20_000 }).not.toEqual([]);
  await expect.poll(stateOfPush).toBe("failed");
  expect(await told()).toEqual(["crm_trouble Иван Прорабов", "crm_trouble Пётр Начальник"]);
  expect(await crm.count("dead_letters")).toBe(0);
});
