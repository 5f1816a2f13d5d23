import { Api } from "grammy";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import {
  demandNoSurprises,
  flat,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../bot/testing.ts";
import { createCrmWork, type CrmWork, testPdf } from "./crm/testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./crm/testing.ts";
import { createCrmChat } from "./crm_chat.ts";
import { createCrmJobs } from "./jobs/crm_jobs.ts";
import type { QueueName } from "./jobs/queues.ts";
import { createUpdates } from "./services/updates.ts";

type CrmQueue = Extract<QueueName, `crm.${string}`>;

const log = pino({ level: "silent" });
let crm: CrmWork;
let simulator: Simulator;
let bot: TestBot;
let jobs: ReturnType<typeof createCrmJobs>;
let owner: ReturnType<Simulator["person"]>;

beforeAll(async () => {
  crm = await createCrmWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  const updates = createUpdates({ ...crm.work.dependencies, crm: crm.crm.reach, log });
  bot = await startTestBot({ updates, apiRoot: url });
  bot.poll();
  jobs = createCrmJobs({
    ...crm.crm.dependencies,
    sources: { approved: async () => null, pdf: testPdf },
    chat: createCrmChat(new Api(TEST_TOKEN, { apiRoot: url }), log),
  });
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await crm.work.close();
});

beforeEach(async () => {
  owner = await settleIn(simulator.person({ firstName: "Ольга" }));
});

/** Does what waits in a queue, as a worker would. */
async function work(queue: CrmQueue): Promise<number> {
  await simulator.settle();
  const { boss } = crm.work.board;
  const waiting = await boss.fetch(queue, { batchSize: 10 });
  for (const job of waiting) {
    const context = { signal: testSignal, attempt: 1, isLastAttempt: false };
    const handler = jobs[queue] as (payload: unknown, given: typeof context) => Promise<void>;
    await handler(job.data, context);
    await boss.complete(queue, job.id);
  }
  return waiting.length;
}

async function openCrm(): Promise<void> {
  owner.press("⚙️ Настройки");
  await owner.waitFor("Настройки");
  owner.press("🔗 CRM");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("Своя система"));
}

async function connectBitrix24(contacts = 3) {
  const stage = await stageBitrix24({ contacts });
  await openCrm();
  owner.press("Битрикс24");
  await owner.waitFor("Входящий вебхук");
  owner.sendText(stage.portal.webhookUrl);
  await owner.waitFor("Проверяю связь: Битрикс24");
  expect(await work("crm.connect")).toBe(1);
  await owner.waitFor("Битрикс24 подключена");
  return stage;
}

function textsOf(): string {
  return owner
    .messages()
    .map((message) => flat(message))
    .join("\n");
}

describe("«🔗 CRM»", () => {
  it("connects Bitrix24 by real calls outside the update, and leaves no key in the chat", async () => {
    const stage = await connectBitrix24();
    const secret = stage.portal.webhookUrl.split("/").at(-2) ?? "";
    expect(secret.length).toBeGreaterThan(5);
    expect(textsOf()).not.toContain(secret);
    expect(textsOf()).toContain("Валюта: RUB, время портала +03:00");
    expect(textsOf()).toContain("Создайте в Битрикс24 исходящий вебхук");
    const { sql } = crm.work.database;
    expect(await sql`select id from crm_drafts`).toEqual([]);
    const dump = JSON.stringify([
      await sql`select * from chat_state`,
      await sql`select * from pgboss.job`,
      await sql`select * from integration_logs`,
    ]);
    expect(dump).not.toContain(secret);
  });

  it("takes the token of the outgoing webhook, deletes it and shows where to send events", async () => {
    await connectBitrix24();
    owner.press("📥 Вебхук из CRM");
    const form = await owner.waitFor("Исходящий вебхук");
    expect(form.text).toMatch(/https:\/\/smetka\.example\/crm\/bitrix24\/[\w-]{66}/);
    owner.sendText("tokenofthewebhookform");
    await owner.waitFor("Токен сохранён");
    await owner.waitFor("✅ Работает");
    expect(textsOf()).not.toContain("tokenofthewebhookform");
  });

  it("says in plain Russian which right is missing, and keeps nothing", async () => {
    const stage = await stageBitrix24({ contacts: 0 });
    stage.portal.edit.removeScope("crm");
    await openCrm();
    owner.press("Битрикс24");
    await owner.waitFor("Входящий вебхук");
    owner.sendText(stage.portal.webhookUrl);
    await owner.waitFor("Проверяю связь");
    await work("crm.connect");
    const refused = await owner.waitFor("не получилось подключить");
    expect(refused.text).toContain("нет права «CRM (crm)»");
    owner.press("🔁 Попробовать ещё раз");
    await owner.waitFor("Входящий вебхук");
    owner.sendText("просто слова");
    await owner.waitFor("Проверяю связь");
    await work("crm.connect");
    await owner.waitFor("Это не адрес входящего вебхука");
    owner.press("⬅️ Назад");
    await owner.waitFor("Пока не подключена");
  });

  it("connects amoCRM by its address and token, or by the four keys of an integration", async () => {
    const { account } = await stageAmocrm({ contacts: 2 });
    const start = async () => {
      await openCrm();
      owner.press("amoCRM");
      await owner.waitFor("Пришлите адрес вашей amoCRM");
      owner.sendText("что-то не то");
      await owner.waitFor("Это не адрес amoCRM");
      owner.sendText(account.domain);
      await owner.waitFor("долгосрочный токен");
    };
    await start();
    owner.sendText(account.longLivedToken);
    await owner.waitFor("Проверяю связь: amoCRM");
    await work("crm.connect");
    await owner.waitFor("amoCRM подключена");
    expect(textsOf()).not.toContain(account.longLivedToken);
    owner.press("⬅️ Назад");
    await owner.waitFor("✅ Работает");
    owner.press("🔌 Отключить");
    await owner.waitFor("Отключить amoCRM");
    owner.press("Да, отключить");
    await owner.waitFor("Пока не подключена");

    await start();
    owner.press("У меня ключи интеграции (OAuth)");
    await owner.waitFor("четыре строки");
    owner.sendText("одна\nдве");
    await owner.waitFor("Нужны ровно четыре строки");
    const { clientId, clientSecret, redirectUri } = account.oauth;
    const code = account.oauth.authorizationCode();
    owner.sendText([clientId, clientSecret, redirectUri, code].join("\n"));
    await owner.waitFor("Проверяю связь: amoCRM");
    await work("crm.connect");
    await owner.waitFor("amoCRM подключена");
    expect(textsOf()).not.toContain(clientSecret);
  });

  it("shows a scan as a bar in one message, and how it ended", async () => {
    await connectBitrix24(120);
    owner.press("🔄 Синхронизировать");
    const bar = await owner.waitFor("Синхронизация: начинаем");
    await work("crm.sync");
    const ended = await owner.waitFor("Синхронизация закончена: прочитано заказчиков 120");
    expect(ended.message_id).toBe(bar.message_id);
    const shown = simulator.calls
      .of("editMessageText")
      .map(({ parameters }) => String(parameters["text"]));
    expect(shown.join("\n")).toMatch(/Синхронизация: \d+ из 120 ▓*░+/);
    owner.press("🔗 Открыть CRM");
    await owner.waitFor("заказчиков 120, сделок 0");
  });

  it("tells why a scan broke off, keeps what was read, and goes on when asked", async () => {
    const stage = await connectBitrix24(20);
    stage.portal.edit.revokeWebhook();
    owner.press("🔄 Синхронизировать");
    await owner.waitFor("Синхронизация: начинаем");
    await work("crm.sync");
    await owner.waitFor("Синхронизация прервалась");
    owner.press("🔗 Открыть CRM");
    await owner.waitFor("⛔ Остановлена");
    owner.press("⬅️ Назад");
    await owner.waitFor((message) => message.text === "CRM");
    owner.press("⚠️ Последние ошибки");
    const errors = await owner.waitFor("подключение остановлено");
    expect(errors.text).toMatch(/401, INVALID_CREDENTIALS/);
  });

  it("names the estimates that did not get there, and tries them again: «Повторить»", async () => {
    await connectBitrix24();
    await simulator.settle();
    const { sql } = crm.work.database;
    const [member] = await sql<{ company_id: string; user_id: string }[]>`
      select company_id, user_id from memberships
      where user_id = (select user_id from telegram_users where telegram_id = ${owner.id})
    `;
    const { company_id: companyId = "", user_id: userId = "" } = member ?? {};
    const { id, number } = await crm.work.asActor(
      { companyId, userId, role: "owner" },
      ({ estimates }) => estimates.create({ projectId: null }),
    );
    await sql`
      insert into crm_pushes (company_id, connection_id, estimate_id, state, revision, attempts, error)
      select company_id, id, ${id}, 'failed', 1, 5, 'required_field'
      from crm_connections
      where company_id = ${companyId}
    `;
    owner.press("⬅️ Назад");
    await owner.waitFor("✅ Работает");
    owner.press("⬅️ Назад");
    await owner.waitFor((message) => message.text === "CRM");
    owner.press("⚠️ Последние ошибки");
    await owner.waitFor(`Не переданы в CRM: ${number}`);
    owner.press("🔁 Повторить");
    await owner.waitFor(
      (message) => /Ошибок не было/.test(flat(message)) && !/Не переданы/.test(flat(message)),
    );
    expect(await work("crm.push")).toBe(1);
    const rows = await sql`select state from crm_pushes where estimate_id = ${id}`;
    expect(rows).toEqual([{ state: "done" }]);
  });

  it("chooses a pipeline and the stage of each status", async () => {
    await connectBitrix24();
    owner.press("🗂 Воронка и стадии");
    const card = await owner.waitFor("Воронка «");
    const line = owner
      .buttons(card)
      .flat()
      .find((label) => label.startsWith("✅ Утверждена"));
    owner.press(line ?? "");
    const stages = await owner.waitFor("Какая стадия значит");
    const chosen = owner.buttons(stages).flat()[1] ?? "";
    owner.press(chosen);
    await owner.waitFor("Воронка «");
    expect(owner.buttons().flat().join()).toContain(`✅ Утверждена → ${chosen}`);
    owner.press("Другая воронка");
    const pipelines = await owner.waitFor("По какой воронке вести сделки");
    const other = owner.buttons(pipelines).flat()[1] ?? "";
    owner.press(other);
    await owner.waitFor(`Воронка «${other}»`);
  });

  it("asks about two who share a phone: «Это один и тот же клиент?»", async () => {
    const stage = await connectBitrix24(0);
    stage.addClient("Иван Офисный", ["8 (812) 700-00-01"]);
    stage.addClient("Мария Офисная", ["+7 812 700 00 01"]);
    stage.addClient("Пётр Офисный", ["+7 812 700-00-01"]);
    owner.press("🔄 Синхронизировать");
    await owner.waitFor("Синхронизация: начинаем");
    await work("crm.sync");
    await owner.waitFor("Синхронизация закончена");
    owner.press("👥 Это один и тот же клиент?");
    const first = await owner.waitFor("Это один и тот же клиент?");
    expect(first.text).toContain("Всего таких: 2");
    owner.press("👤 Иван Офисный");
    await owner.waitFor((message) => flat(message).includes("Пётр Офисный"));
    owner.press("➕ Это другой человек");
    await owner.waitFor("Сомнительных совпадений нет");
    owner.press("👥 Клиенты");
    await owner.waitFor((message) => owner.buttons(message).flat().join().includes("Пётр"));
    expect(owner.buttons().flat().join()).not.toContain("Мария");
  });

  it("is not shown to a foreman", async () => {
    const { sql } = crm.work.database;
    await simulator.settle();
    await sql`
      update memberships set role = 'foreman'
      where user_id = (select user_id from telegram_users where telegram_id = ${owner.id})
    `;
    owner.press("⚙️ Настройки");
    const settings = await owner.waitFor("Настройки");
    expect(owner.buttons(settings).flat()).not.toContain("🔗 CRM");
  });
});
