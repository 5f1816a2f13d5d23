import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import {
  demandNoSurprises,
  flat,
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

async function foremanWithEstimate() {
  const foreman = await settleIn(simulator.person({ firstName: "Алексей" }));
  foreman.press("👥 Клиенты");
  await foreman.waitFor("Клиентов пока нет");
  foreman.press("➕ Новый клиент");
  await foreman.waitFor("Кто это?");
  foreman.sendText("Пётр Сидоров, тел. 8(912)345-67-89");
  await foreman.waitFor("📞 +7 912 345 67 89");
  foreman.sendText("Укладка плитки 22 м2 2200\nШтукатурка стен 10 м2 500");
  await foreman.waitFor("Создать смету из этого?");
  foreman.press("✅ Создать смету");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Понятно: 2 строки");
  foreman.press("✅ Добавить 2 строки");
  await foreman.waitFor(/СМ-\d{4}-0001 · черновик/);
  return foreman;
}

describe("«🔎 Поиск»", () => {
  it("finds clients and estimates with the reason, and opens their cards in place", async () => {
    const foreman = await foremanWithEstimate();
    foreman.command("search");
    await foreman.waitFor("Что найти?");
    foreman.sendText("плитка");
    const found = await foreman.waitFor("поиск «плитка»");
    expect(flat(found)).toContain("Строка: Укладка плитки");
    expect(foreman.buttons(found)).toHaveLength(1);
    foreman.sendText("Седоров");
    const client = await foreman.waitFor("Имя: Пётр Сидоров");
    foreman.press(foreman.buttons(client)[0]?.[0] ?? "");
    const card = await foreman.waitFor("📞 +7 912 345 67 89");
    expect(card.message_id).toBe(client.message_id);
    foreman.command("search 6789");
    await foreman.waitFor("Телефон: +7 912 345 67 89");
    foreman.sendText("<b>& | ! :*");
    await foreman.waitFor("ничего не нашлось");
  });

  it("answers a word that nobody asked for, and says so when nothing is found", async () => {
    const foreman = await foremanWithEstimate();
    foreman.sendText("штукатурки");
    await foreman.waitFor("поиск «штукатурки»");
    foreman.command("cancel");
    const other = await settleIn(simulator.person({ firstName: "Борис" }));
    other.sendText("штукатурки");
    expect(await other.waitFor("Не вижу здесь списка работ")).toBeDefined();
  });

  it("is behind the list of estimates, too", async () => {
    const foreman = await foremanWithEstimate();
    foreman.press("📋 Сметы");
    await foreman.waitFor("Чтобы найти смету");
    foreman.sendText("плитками");
    const found = await foreman.waitFor("поиск «плитками»");
    expect(foreman.buttons(found)).toHaveLength(1);
  });
});
