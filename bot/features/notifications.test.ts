import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import {
  demandNoSurprises,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../testing.ts";

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await work.close();
});

type Person = ReturnType<Simulator["person"]>;

async function newTeam(): Promise<{ owner: Person; foreman: Person }> {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  owner.command("team");
  await owner.waitFor("Команда");
  owner.press("➕ Пригласить прораба");
  const link = await owner.waitFor("Приглашение в команду");
  const foreman = simulator.person({ firstName: "Алексей" });
  foreman.start(/start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "");
  await foreman.waitFor("роль: прораб");
  return { owner, foreman };
}

async function openSwitches(person: Person): Promise<string[]> {
  person.command("settings");
  await person.waitFor("Настройки");
  person.press("🔔 Уведомления");
  return person.buttons(await person.waitFor("Нажмите, чтобы включить или выключить")).flat();
}

async function addEstimate(foreman: Person): Promise<void> {
  foreman.sendText("Стяжка 10 м2 900\nПлитка 5 м2 2000");
  await foreman.waitFor("Понятно");
  foreman.press("✅ Создать смету");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor((message) =>
    foreman.buttons(message).flat().includes("✅ Добавить 2 строки"),
  );
  foreman.press("✅ Добавить 2 строки");
  await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  await simulator.settle();
}

/** Company of the person, and kinds that were recorded for the person there. */
async function recordedFor(person: Person): Promise<string[]> {
  const rows = await work.database.sql`
    select kind from telegram_notifications where telegram_id = ${person.id} order by id
  `;
  return rows.map((row) => String(row["kind"]));
}

it("offers each role the kinds that it may hear of", async () => {
  const { owner, foreman } = await newTeam();
  const forOwner = await openSwitches(owner);
  expect(forOwner).toEqual(
    expect.arrayContaining(["✅ Новая смета", "✅ Сбой CRM", "📜 Что приходило всем"]),
  );
  const forForeman = await openSwitches(foreman);
  expect(forForeman).toEqual(expect.arrayContaining(["✅ Утверждена", "📜 Что мне приходило"]));
  for (const label of ["✅ Новая смета", "✅ Сбой CRM", "📜 Что приходило всем"]) {
    expect(forForeman).not.toContain(label);
  }
});

it("records nothing of a kind that a person switched off, until it is on again", async () => {
  const { owner, foreman } = await newTeam();
  await openSwitches(owner);
  const off = owner.press("✅ Новая смета");
  expect((await off.answer()).text).toBe("«Новая смета»: больше не сообщаем.");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("🔕 Новая смета"));
  await addEstimate(foreman);
  expect(await recordedFor(owner)).not.toContain("created");
  owner.press("🔕 Новая смета");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("✅ Новая смета"));
  await addEstimate(foreman);
  expect(await recordedFor(owner)).toContain("created");
});

it("shows what was sent, what failed and why, page by page", async () => {
  const { owner, foreman } = await newTeam();
  for (let index = 0; index < 9; index += 1) {
    await addEstimate(foreman);
  }
  const ids = await work.database.sql`
    select id from telegram_notifications where telegram_id = ${owner.id} order by id
  `;
  await work.database.sql`
    update telegram_notifications
    set status = 'sent', attempts = 3, telegram_message_id = 4711, delivered_at = created_at
    where id = ${String(ids.at(-1)?.["id"])}
  `;
  await work.database.sql`
    update telegram_notifications
    set status = 'failed', attempts = 1, error = 'Forbidden: bot was blocked by the user'
    where id = ${String(ids.at(-2)?.["id"])}
  `;
  await openSwitches(owner);
  owner.press("📜 Что приходило всем");
  const first = await owner.waitFor("Что приходило всем");
  expect(first.text).toContain("Новая смета СМ-2026-0009\n✅ Доставлено");
  expect(first.text).toContain("сообщение 4711 · попыток: 3");
  expect(first.text).toContain("⚠️ Не доставлено: человек остановил бота");
  owner.press("Ещё ▶️");
  const second = await owner.waitFor("СМ-2026-0001");
  expect(owner.buttons(second).flat()).toEqual(["⏮ В начало", "⬅️ Назад"]);
  await openSwitches(foreman);
  foreman.press("📜 Что мне приходило");
  await foreman.waitFor("Пока ничего не приходило.");
});
