import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { createCrmWork, type CrmWork, testSecretKey } from "../crm/testing_crm.ts";
import { stageBitrix24 } from "../crm/testing.ts";
import { newId } from "../new_id.ts";
import { type Program, startProgram } from "../testing_program.ts";

const TOKEN = "5000000011:AA-a-token-of-logs";
/** Who must be in no line: as people write themselves, and as the program and the CRM keep it. */
const PEOPLE =
  /Перепёлкин|Пелагея|Заречн|Кукушкин|pelageya|kukushkin|perepelkin|912[\s-]?345[\s-]?67|916[\s-]?777[\s-]?88|Дубрав/i;
const PERSON = 7_912_345_678;

let crm: CrmWork;
let telegram: Simulator;
let folder: string;
let program: Program;

/** The whole program at its most talkative. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-logs-"));
  crm = await createCrmWork();
  telegram = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await telegram.listen({ port: 0 });
  program = await startProgram({
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: apiRoot,
    DATABASE_URL: crm.work.database.url,
    DATA_DIR: folder,
    SECRET_KEY: testSecretKey,
    CRM_ALLOW_PRIVATE_HOSTS: "1",
    LOG_LEVEL: "debug",
  });
  await program.ready();
});

afterAll(async () => {
  await program.end("SIGKILL");
  await telegram.close();
  await crm.work.close();
  await rm(folder, { recursive: true, force: true });
});

const SOON = { timeout: 30_000, interval: 200 };

/** The lines so far whose message begins so. */
function linesWith(message: string): string[] {
  return program
    .output()
    .split("\n")
    .filter((line) => line.includes(`"msg":"${message}`));
}

function expectNobody(): void {
  const lines = program.output().split("\n");
  expect(lines.length).toBeGreaterThan(5);
  expect(lines.filter((line) => PEOPLE.test(line))).toEqual([]);
}

it("the bot names nobody in its log, also where Telegram or the database refuses", async () => {
  const foreman = telegram.person({ id: PERSON, firstName: "Пелагея", lastName: "Перепёлкина" });
  foreman.start();
  await foreman.waitFor("Как называется ваша компания");
  telegram.faults.next("sendMessage", {
    kind: "refuse",
    code: 400,
    description:
      'Bad Request: can\'t parse entities: Unsupported start tag "Перепёлкина" of Пелагея',
  });
  foreman.sendText("Бригада Перепёлкиной");
  await expect.poll(() => linesWith("update failed").length, SOON).toBeGreaterThan(0);
  await foreman.waitFor("Готово");
  const { sql } = crm.work.database;
  // A rule that the next line of the list breaks, with the whole row in PostgreSQL's words.
  await sql`alter table estimate_lines add constraint no_oaks check (name not like '%Дубрава%')`;
  foreman.sendText("Кладовка Пелагеи, Дубрава, +7 912 345-67-89 10 м2 900\nСтяжка 10 м2 900");
  await foreman.waitFor("Создать смету из этого?");
  foreman.press(foreman.buttons().flat()[0] ?? "");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Понятно: 2 строки");
  foreman.press("✅ Добавить 2 строки");
  const isRefused = () => linesWith("update failed").some((line) => line.includes("no_oaks"));
  await expect.poll(isRefused, SOON).toBe(true);
  await sql`alter table estimate_lines drop constraint no_oaks`;
  await foreman.waitFor(/СМ-\d{4}-0001/);
  telegram.faults.next("sendDocument", {
    kind: "refuse",
    code: 400,
    description: "Bad Request: wrong file of Перепёлкина",
  });
  foreman.press("📄 PDF");
  await expect.poll(() => linesWith("document was not delivered").length, SOON).toBe(1);
  expectNobody();
}, 120_000);

it("an import names nobody, also where its file is broken", async () => {
  const foreman = telegram.person({ id: PERSON, firstName: "Пелагея" });
  const before = foreman.messages().length;
  const send = (name: string, text: string) =>
    foreman.sendDocument({ bytes: new TextEncoder().encode(text), name });
  send(
    "смета Перепёлкиной.csv",
    "Наименование;Ед;Кол-во;Цена\nДубрава Пелагея;м2;десять;+7 912 345-67-89\nСтяжка;м2;10;900\n",
  );
  send("Перепёлкина.xlsx", "это не книга: Пелагея Перепёлкина, pelageya@example.ru");
  await expect.poll(() => foreman.messages().length, SOON).toBeGreaterThanOrEqual(before + 4);
  await telegram.settle();
  expectNobody();
}, 120_000);

it("notifications name nobody, whatever Telegram says of them", async () => {
  const { sql } = crm.work.database;
  const notify = (kind: string, content: Record<string, string>) => sql`
    insert into telegram_notifications (company_id, id, telegram_id, kind, content)
    values (${crm.actor.companyId}, ${newId()}, ${PERSON}, ${kind}, ${sql.json(content)})
  `;
  telegram.faults.next("sendMessage", {
    kind: "refuse",
    code: 400,
    description: "Bad Request: chat of Пелагея Перепёлкина, +7 912 345-67-89 not found",
  });
  await notify("crm_trouble", { system: "amoCRM", reason: "Пелагея Перепёлкина: нет прав" });
  await expect.poll(() => linesWith("a notification was not sent").length, SOON).toBe(1);
  await notify("crm_trouble", { Перепёлкина: "Пелагея" });
  await expect.poll(() => linesWith("a notification could not be written").length, SOON).toBe(1);
  expectNobody();
}, 120_000);

it("scans of a CRM name nobody, also where it answers with what it was sent", async () => {
  const stage = await stageBitrix24({ contacts: 0 });
  const { portal } = stage;
  stage.addClient("Кукушкин Семён", ["+7 916 777-88-99"], ["kukushkin@example.ru"]);
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
  const { companyId } = crm.actor;
  const scan = () =>
    crm.work.board.boss.send("crm.sync", { companyId, connectionId, isFull: true });
  await scan();
  await expect.poll(() => crm.count("crm_clients"), SOON).toBe(1);
  const answer = (status: number, body: string | object) =>
    portal.faults.add({ on: () => true, times: 50, fault: { kind: "reply", status, body } });
  answer(400, {
    error: "Кукушкин Семён, 8 916 777-88-99, kukushkin@example.ru",
    error_description: "Кукушкин Семён",
  });
  await scan();
  await expect.poll(() => countCalls("invalid"), SOON).toBeGreaterThan(0);
  portal.faults.clear();
  answer(200, '{"result": {"Кукушкин": kukushkin@example.ru');
  await scan();
  const hasFailed = () => linesWith("job failed").some((line) => line.includes("crm.sync"));
  await expect.poll(hasFailed, SOON).toBe(true);
  expect(await countCalls("transient")).toBeGreaterThan(0);
  portal.faults.clear();
  expectNobody();
  const kept = await crm.work.database.sql`select logs::text as line from integration_logs as logs`;
  expect(kept.length).toBeGreaterThan(2);
  expect(kept.map((row) => String(row["line"])).filter((line) => PEOPLE.test(line))).toEqual([]);
}, 120_000);

/** Calls to CRMs that ended so, in the log of the company. */
async function countCalls(failure: string): Promise<number> {
  const [row] = await crm.work.database.sql<{ count: number }[]>`
    select count(*)::int as count from integration_logs where error like ${`${failure}: %`}
  `;
  return row?.count ?? 0;
}
