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
  bot = await startTestBot({
    updates: work.updates,
    apiRoot: url,
    publicUrl: "https://smetka.example",
  });
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
type Shown = Parameters<Person["buttons"]>[0];

const has = (person: Person, label: string) => (message: Shown) =>
  person
    .buttons(message)
    .flat()
    .some((text) => text.includes(label));

async function openSettings(person: Person): Promise<void> {
  person.command("settings");
  await person.waitFor(has(person, "💻 В браузере"));
}

it("«🌐 Кабинет» and «💻 В браузере» give a link of one's own each time", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  await openSettings(owner);
  const page = owner.press("🌐 Кабинет");
  expect((await page.answer()).text).toBe("Ссылка — в сообщении ниже.");
  const first = await owner.waitFor("🌐 Кабинет: все сметы компании");
  expect(first.text).toMatch(/https:\/\/smetka\.example\/manager\/login\/[\w-]{20,}/);
  owner.press("💻 В браузере");
  const app = await owner.waitFor("💻 Редактор смет в любом браузере");
  expect(app.text).toMatch(/https:\/\/smetka\.example\/app\/#login=[\w-]{20,}\n/);
  owner.press("💻 В браузере");
  const again = await owner.waitFor("💻 Редактор смет в любом браузере");
  expect(again.text).not.toBe(app.text);
});

it("«💻 В браузере» under an estimate opens that estimate", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  owner.command("new");
  await owner.waitFor("Для какого объекта смета?");
  owner.press("Без объекта");
  await owner.waitFor("Пришлите работы");
  owner.sendText("Стяжка 10 м2 900");
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  owner.press("⋯ Ещё");
  await owner.waitFor(has(owner, "💻 В браузере"));
  owner.press("💻 В браузере");
  const link = await owner.waitFor("💻 Редактор смет");
  expect(link.text).toMatch(/#login=[\w-]+&open=[\w-]+\n/);
});
