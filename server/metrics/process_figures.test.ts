import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { inTransaction } from "../../db/transactions.ts";
import { makeLinkToken } from "../auth/tokens.ts";
import { type FakeProcess, startFakeProcess } from "../crm/fake/process.ts";
import { createCrmWork, type CrmWork, testSecretKey } from "../crm/testing_crm.ts";
import { newId } from "../new_id.ts";
import { type Program, startProgram } from "../testing_program.ts";

const TOKEN = "5000000009:AA-a-token-of-figures";
const PERSON = 7_900_123_456;

let crm: CrmWork;
let telegram: Simulator;
let account: FakeProcess;
let folder: string;
let program: Program;

/** The whole program, with a company whose account of amoCRM has some people in it. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-figures-"));
  crm = await createCrmWork();
  crm.work.clock.now = new Date();
  telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  account = await startFakeProcess({ service: "amocrm", contacts: 30 });
  program = await startProgram({
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    DATABASE_URL: crm.work.database.url,
    DATA_DIR: folder,
    SECRET_KEY: testSecretKey,
    CRM_ALLOW_PRIVATE_HOSTS: "1",
  });
  await program.ready();
});

afterAll(async () => {
  await program.end("SIGKILL");
  await account.close();
  await telegram.close();
  await crm.work.close();
  await rm(folder, { recursive: true, force: true });
});

const scrape = async (): Promise<string> => (await fetch(`${program.url}/metrics`)).text();

/** The value of `name{labels}`; null: there is none. */
async function read(sample: string): Promise<number | null> {
  const line = (await scrape()).split("\n").find((one) => one.startsWith(`${sample} `));
  return line === undefined ? null : Number(line.slice(sample.length));
}

/** What is read anew from the database is two seconds old at most. */
const SOON = { timeout: 30_000, interval: 250 };

it("show how a CRM that answers 429 holds us up, and that it does so no more", async () => {
  const refused = 'smetka_crm_refused_total{name="amocrm",reason="rate"}';
  const waiting = 'smetka_crm_waiting{name="amocrm"}';
  const waited = 'smetka_crm_wait_seconds_count{name="amocrm",outcome="done"}';
  expect([await read(refused), await read(waiting), await read(waited)]).toEqual([0, 0, null]);
  const { url: domain, credential: token } = account;
  const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
  const { companyId } = crm.actor;
  await account.addFaults({
    on: "GET /contacts",
    fault: { kind: "reply", status: 429, body: { status: 429, retry_after: 6 } },
  });
  await crm.work.board.boss.send("crm.sync", { companyId, connectionId, isFull: true });
  // Between the refusal and the wait the pause is written to the database.
  await expect.poll(async () => [await read(refused), await read(waiting)], SOON).toEqual([1, 1]);
  await expect.poll(() => read('smetka_crm_paused{name="amocrm"}'), SOON).toBe(1);
  expect(await read('smetka_crm_accounts{name="amocrm"}')).toBe(1);
  const left = (await read('smetka_crm_pause_seconds{name="amocrm"}')) ?? 0;
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(6);
  expect(await read('smetka_crm_connections{name="amocrm",state="active"}')).toBe(1);

  await expect.poll(() => read(waiting), SOON).toBe(0);
  expect(await read(waited)).toBeGreaterThanOrEqual(1);
  await expect.poll(() => read('smetka_crm_paused{name="amocrm"}'), SOON).toBe(0);
  await expect.poll(() => crm.count("crm_clients"), SOON).toBe(33);
  expect(await read('smetka_crm_call_seconds_count{name="amocrm",outcome="failed"}')).toBe(1);
  expect(await read('smetka_crm_blocked{name="amocrm"}')).toBe(0);
  expect(await read('smetka_crm_budget_requests{name="amocrm"}')).toBeLessThanOrEqual(2);
});

it("show messages that Telegram took, and why it did not take others", async () => {
  const { sql } = crm.work.database;
  const person = telegram.person({ id: PERSON, firstName: "Пелагея" });
  person.start();
  await person.waitFor("Как называется ваша компания");
  const notify = () => sql`
    insert into telegram_notifications (company_id, id, telegram_id, kind, content)
    values (
      ${crm.actor.companyId}, ${newId()}, ${PERSON}, 'crm_trouble',
      ${sql.json({ system: "amoCRM", reason: "Пелагея, нет прав" })}
    )
  `;
  await notify();
  const count = (outcome: string) =>
    read(`smetka_notification_seconds_count{name="crm_trouble",outcome="${outcome}"}`);
  await expect.poll(() => count("done"), SOON).toBe(1);
  person.block();
  await notify();
  await expect.poll(() => count("failed"), SOON).toBe(1);
  expect(await read('smetka_notification_refused_total{reason="unreachable"}')).toBe(1);
  await expect.poll(() => read("smetka_notifications_waiting"), SOON).toBe(0);
});

it("show work that waits for a connection to the database", async () => {
  const pool = (figure: string) =>
    read(`smetka_database_pool_${figure}{pool="lookups",use="queries"}`);
  expect(await pool("size")).toBe(2);
  expect(await pool("waiting")).toBe(0);
  expect(await read('smetka_database_pool_size{pool="main",use="transactions"}')).toBe(24);
  expect(await read('smetka_database_pool_open{pool="main",use="transactions"}')).toBeGreaterThan(
    0,
  );
  const asked: Promise<Response>[] = [];
  await inTransaction(crm.work.database.sql, async (tx) => {
    await tx`lock table share_links in access exclusive mode`;
    for (let page = 0; page < 9; page += 1) {
      asked.push(fetch(`${program.url}/s/${makeLinkToken(crm.actor.companyId)}`));
    }
    await expect.poll(() => pool("waiting"), SOON).toBeGreaterThan(0);
    expect([await pool("in_use"), await pool("open")]).toEqual([2, 2]);
  });
  for (const answer of await Promise.all(asked)) expect(answer.status).toBe(404);
  expect([await pool("waiting"), await pool("in_use")]).toEqual([0, 0]);
});

it("name no person, company, account or id", async () => {
  const text = await scrape();
  const values = Array.from(text.matchAll(/\w+="((?:[^"\\]|\\.)*)"/g), ([, value = ""]) => value);
  expect(values.length).toBeGreaterThan(100);
  // Words of the program, patterns of routes, bounds of histograms and versions of Node.
  const unknown = values.filter((value) => !/^[a-z0-9_./:*+-]+(?: [a-z]+)*$/i.test(value));
  expect(unknown).toEqual([]);
  const host = new URL(account.url).host;
  expect(values.filter((value) => value.includes(host) || /\d{5}/.test(value))).toEqual([]);
  expect(values.filter((value) => /[0-9a-f]{8}-[0-9a-f]{4}/.test(value))).toEqual([]);
});
