import { afterAll, beforeAll, expect, it } from "vitest";
import { findProgram } from "../../server/auth/api_keys.ts";
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

it("makes a key that works, shows it once, and takes it back", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  owner.command("settings");
  await owner.waitFor("Настройки");
  owner.press("🔑 Ключи API");
  await owner.waitFor("Ключей пока нет");
  owner.press("➕ Чтение и запись");
  await owner.waitFor("Для какой программы ключ?");
  owner.sendText("1С Бухгалтерия");
  const made = await owner.waitFor("показан один раз");
  const token = /sk_[A-Za-z0-9_-]{54}/.exec(made.text ?? "")?.[0] ?? "";
  const list = await owner.waitFor("использован: ещё ни разу");
  expect(list.text).not.toContain(token);
  await simulator.settle();
  const find = () => findProgram(work.database.sql, token, work.clock.now);
  expect(await find()).toMatchObject({ name: "1С Бухгалтерия", actor: { keyScope: "write" } });

  owner.press("🚫 1С Бухгалтерия");
  await owner.waitFor("Отозвать ключ «1С Бухгалтерия»?");
  owner.press("🚫 Отозвать");
  await owner.waitFor("Ключей пока нет");
  await simulator.settle();
  expect(await find()).toBeNull();
});
