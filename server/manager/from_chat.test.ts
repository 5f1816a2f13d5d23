import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import {
  demandNoSurprises,
  flat,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "../../bot/testing.ts";
import { cookieOf, createManagerStage, type ManagerStage } from "./testing.ts";

const PUBLIC_URL = "https://smetka.example";

let stage: ManagerStage;
let simulator: Simulator;
let bot: TestBot;

beforeAll(async () => {
  stage = await createManagerStage();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  const { updates } = stage.work;
  bot = await startTestBot({ updates, apiRoot: url, publicUrl: PUBLIC_URL });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await stage.close();
});

describe("«🌐 Кабинет»", () => {
  it("gives a link that a preview does not spend, and that lets in once", async () => {
    const owner = await settleIn(simulator.person({ firstName: "Ольга" }));
    owner.command("settings");
    await owner.waitFor("Настройки");
    owner.press("🌐 Кабинет");
    const message = await owner.waitFor("Ссылка ваша и одноразовая");
    const link = /https:\/\/\S+/.exec(flat(message))?.[0] ?? "";
    expect(new URL(link).origin).toBe(PUBLIC_URL);
    await simulator.settle();
    const { pathname } = new URL(link);
    for (const look of [1, 2]) {
      const preview = await stage.get(pathname);
      expect([look, preview.status, preview.headers.get("Set-Cookie")]).toEqual([look, 200, null]);
    }
    const entered = await stage.post(pathname);
    expect(entered.status).toBe(303);
    const page = await stage.get("/manager", cookieOf(entered));
    expect(page.status).toBe(200);
    expect(await page.text()).toContain("Ольга");
    expect((await stage.post(pathname)).status).toBe(410);
  });
});

describe("«💻 В браузере»", () => {
  it("gives a foreman a link into the app, at the estimate whose card he pressed it on", async () => {
    const person = await settleIn(simulator.person({ firstName: "Пётр" }));
    person.command("settings");
    await person.waitFor("Настройки");
    person.press("💻 В браузере");
    const message = await person.waitFor("в любом браузере, без Telegram");
    const link = new URL(/https:\/\/\S+/.exec(flat(message))?.[0] ?? "");
    expect([link.origin, link.pathname]).toEqual([PUBLIC_URL, "/app/"]);
    expect(link.hash).toMatch(/^#login=[\w-]{54}$/);

    person.sendText("Штукатурка стен 120 м2 450");
    await person.waitFor("Создать смету из этого?");
    person.press("✅ Создать смету");
    await person.waitFor("Для какого объекта");
    person.press("Без объекта");
    await person.waitFor("Понятно");
    person.press("✅ Добавить 1 строку");
    await person.waitFor((sent) => person.buttons(sent).flat().includes("⋯ Ещё"));
    person.press("⋯ Ещё");
    await person.waitFor((sent) => person.buttons(sent).flat().includes("💻 В браузере"));
    person.press("💻 В браузере");
    const second = await person.waitFor(/&open=e_[\w-]{22}/);
    const token = /#login=([\w-]{54})&/.exec(flat(second))?.[1];
    await simulator.settle();
    const entered = await stage.app.request("/api/v1/session/link", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    expect(await entered.text()).toContain('"role":"owner"');
  });
});

describe("«🔒 Персональные данные» of a client's card", () => {
  it("gives everything out as a file, and erases after one more question", async () => {
    const owner = await settleIn(simulator.person({ firstName: "Ольга" }));
    owner.press("👥 Клиенты");
    await owner.waitFor("Клиентов пока нет");
    owner.press("➕ Новый клиент");
    await owner.waitFor("Кто это?");
    owner.sendText("Пётр Сидоров, тел. 8(912)345-67-89");
    await owner.waitFor("📞 +7 912 345 67 89");
    owner.press("🔒 Персональные данные");
    await owner.waitFor("Заказчик вправе узнать");
    owner.press("📥 Выгрузить");
    const sent = await owner.waitFor("Всё, что хранится об этом заказчике");
    expect(sent.document?.file_name).toBe("Персональные данные.json");
    owner.press("🗑 Стереть");
    await owner.waitFor("Стереть данные заказчика Пётр Сидоров?");
    owner.press("✖️ Отмена");
    await owner.waitFor("Заказчик вправе узнать");
    owner.press("🗑 Стереть");
    await owner.waitFor("Вернуть их нельзя");
    owner.press("🗑 Да, стереть навсегда");
    await owner.waitFor("Данные заказчика стёрты.");
    await simulator.settle();
    const left = await stage.work.database.sql`
      select from clients where name like '%Сидоров%' or phone_numbers::text like '%9123456789%'
    `;
    expect(left).toHaveLength(0);
    owner.press("👥 Клиенты");
    const list = await owner.waitFor((message) =>
      owner.buttons(message).flat().includes("➕ Новый клиент"),
    );
    expect(owner.buttons(list).flat().join()).not.toContain("Сидоров");
  });
});
