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

async function newOwner(): Promise<Person> {
  return settleIn(simulator.person({ firstName: "Ольга" }));
}

/** «👷 Команда» → «🔗 Приглашения»; the text of the card. */
async function openInvitations(owner: Person): Promise<string> {
  owner.command("team");
  await simulator.settle();
  const buttons = owner.buttons().flat();
  owner.press(buttons.find((label) => label.startsWith("🔗 Приглашения")) ?? "");
  await simulator.settle();
  const card = owner.messages().findLast(({ text }) => text?.startsWith("Приглашения"));
  return card?.text ?? "";
}

/** The form after a press: its text says what is chosen. */
async function choose(owner: Person, label: string, chosen: string): Promise<void> {
  owner.press(label);
  await owner.waitFor(
    (message) =>
      (message.text ?? "").includes("Новое приглашение") && (message.text ?? "").includes(chosen),
  );
}

async function makeLink(owner: Person): Promise<string> {
  owner.press("🔗 Создать ссылку");
  const link = await owner.waitFor("Приглашение в команду");
  await simulator.settle();
  return /start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "";
}

async function join(payload: string, answer: string): Promise<void> {
  const person = simulator.person({ firstName: "Бригада" });
  person.start(payload);
  await person.waitFor(answer);
}

it("makes a link for as many people and days as were chosen, and counts them down", async () => {
  const owner = await newOwner();
  await openInvitations(owner);
  await choose(owner, "👥 Ссылка на нескольких", "Войти смогут: 5 человек");
  await choose(owner, "Руководитель", "Роль: руководитель");
  await choose(owner, "10 человек", "Войти смогут: 10 человек");
  await choose(owner, "30 дней", "Ссылка открыта: 30 дней");
  expect(owner.buttons().flat()).toEqual(
    expect.arrayContaining(["✅ Руководитель", "✅ 10 человек", "✅ 30 дней", "1 человек"]),
  );
  const payload = await makeLink(owner);
  const link = owner.messages().findLast(({ text }) => text?.includes("Приглашение в команду"));
  expect(link?.text).toMatch(/роль: руководитель\. На 10 человек, до \d\d\.\d\d\.\d{4}/);
  await join(payload, "роль: руководитель");
  await join(payload, "роль: руководитель");
  const list = await openInvitations(owner);
  expect(list).toMatch(/1\. руководитель · ещё 8 человек · до \d\d\.\d\d\.\d{4}.* · Ольга/);
});

it("takes an open link back, and whoever comes later is told why", async () => {
  const owner = await newOwner();
  await openInvitations(owner);
  owner.press("👥 Ссылка на нескольких");
  await owner.waitFor("Новое приглашение");
  const payload = await makeLink(owner);
  await join(payload, "роль: прораб");
  await openInvitations(owner);
  const answer = await owner.press("🚫 Отозвать 1: прораб, ещё 4").answer();
  expect(answer.text).toContain("Приглашение отозвано");
  await owner.waitFor("Открытых приглашений нет.");
  await join(payload, "Это приглашение отозвано");
  await openInvitations(owner);
  expect(owner.buttons().flat()).toEqual(["👥 Ссылка на нескольких", "⬅️ Назад"]);
});

it("says that the days of a link are over", async () => {
  const owner = await newOwner();
  await openInvitations(owner);
  owner.press("👥 Ссылка на нескольких");
  await owner.waitFor("Новое приглашение");
  const payload = await makeLink(owner);
  const { now } = work.clock;
  work.clock.now = new Date(now.getTime() + 90 * 24 * 3_600_000);
  await join(payload, "Срок этого приглашения истёк");
  work.clock.now = now;
  expect(await openInvitations(owner)).toContain("ещё 5 человек");
});

it("invites owners one by one", async () => {
  const owner = await newOwner();
  await openInvitations(owner);
  await choose(owner, "👥 Ссылка на нескольких", "Войти смогут: 5 человек");
  await choose(owner, "Владелец", "Владельцев приглашают по одному.");
  expect(owner.buttons().flat().join()).not.toContain("человек");
  const payload = await makeLink(owner);
  await join(payload, "роль: владелец");
  await join(payload, "Это приглашение уже использовано");
});

it("gives a link for one person with one press, and says how many are open", async () => {
  const owner = await newOwner();
  owner.command("team");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("🔗 Приглашения"));
  owner.press("➕ Пригласить прораба");
  await owner.waitFor("На одного человека");
  await simulator.settle();
  owner.command("team");
  await simulator.settle();
  expect(owner.buttons().flat()).toContain("🔗 Приглашения (1)");
});

it("shows links to owners only", async () => {
  const owner = await newOwner();
  owner.command("team");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("🔗 Приглашения"));
  owner.press("➕ Пригласить руководителя");
  const link = await owner.waitFor("На одного человека");
  const manager = simulator.person({ firstName: "Пётр" });
  manager.start(/start=(join_[\w-]+)/.exec(link.text ?? "")?.[1] ?? "");
  await manager.waitFor("роль: руководитель");
  manager.command("team");
  const card = await manager.waitFor((message) => message.text?.startsWith("Команда") === true);
  expect(manager.buttons(card).flat().join()).not.toContain("риглаш");
});
