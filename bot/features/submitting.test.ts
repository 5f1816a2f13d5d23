import { afterAll, beforeAll, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { settleIn } from "../testing.ts";
import { type BotStage, openBotStage, type Person, type Shown } from "./testing_stage.ts";

let work: TestWork;
let stage: BotStage;
let simulator: Simulator;

beforeAll(async () => {
  work = await createTestWork();
  stage = await openBotStage(work.updates);
  ({ simulator } = stage);
});

afterAll(async () => {
  await stage.close();
  await work.close();
});

async function withEstimate(list = "Стяжка 10 м2 900"): Promise<Person> {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  owner.command("new");
  await owner.waitFor("Для какого объекта смета?");
  owner.press("Без объекта");
  await owner.waitFor("Пришлите работы");
  owner.sendText(list);
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  return owner;
}

function dataOf(message: Shown, label: string): string {
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const button = buttons.find(({ text }) => text === label);
  if (button === undefined || !("callback_data" in button)) throw new Error(`no ${label}`);
  return button.callback_data;
}

it("without an address nothing goes to the client, and nothing is frozen", async () => {
  const owner = await withEstimate();
  owner.press("📤 На согласование");
  await owner.waitFor("⚠️ Не указан заказчик.");
  owner.press("Всё равно отправить");
  await owner.waitFor("Кому отправить смету");
  const press = owner.press("Заказчику");
  expect((await press.answer()).text).toContain("Ссылку сделать нельзя");
  owner.press("⬅️ Назад");
  await owner.waitFor("· черновик");
});

it("without an address there is no link to the page either", async () => {
  const owner = await settleIn(simulator.person({ firstName: "Пётр" }));
  owner.command("settings");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("🌐 Кабинет"));
  const press = owner.press("🌐 Кабинет");
  expect((await press.answer()).text).toBe("Открыть нельзя: у программы нет адреса в интернете.");
});

it("an old screen sends nothing: what changed since is checked and shown again", async () => {
  const owner = await withEstimate();
  owner.press("📤 На согласование");
  const problems = await owner.waitFor("⚠️ Не указан заказчик.");
  const sure = dataOf(problems, "Всё равно отправить");
  owner.press("Всё равно отправить");
  const whom = await owner.waitFor("Кому отправить смету");
  const toManager = dataOf(whom, "Руководителю");
  owner.press("⬅️ Назад");
  const card = await owner.waitFor("· черновик");
  owner.press("➕ Строки");
  await owner.waitFor((message) => owner.buttons(message).flat().includes("✖️ Отмена"));
  owner.sendText("Грунтовка 10 м2 50");
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor("ИТОГО 9\u00a0500,00");
  const late = owner.pressStale(toManager, card);
  expect((await late.answer()).text).toMatch(/изменилась/i);
  await owner.waitFor("· черновик");
  owner.pressStale(sure, card);
  await owner.waitFor("⚠️ Не указан заказчик.");
});

it("the second who sends hears what the first one did, and is shown the estimate", async () => {
  const owner = await withEstimate();
  owner.press("📤 На согласование");
  const problems = await owner.waitFor("⚠️ Не указан заказчик.");
  const begin = dataOf(problems, "Всё равно отправить");
  owner.press("Всё равно отправить");
  const whom = await owner.waitFor("Кому отправить смету");
  const toManager = dataOf(whom, "Руководителю");
  owner.press("Руководителю");
  const card = await owner.waitFor("· на согласовании");
  const late = owner.pressStale(toManager, card);
  expect((await late.answer()).text).toContain("изменилась раньше вас: версия 1 · на согласовании");
  await owner.pressStale(begin, card).answer();
  await simulator.settle();
  expect(owner.lastMessage()?.text).toContain("· на согласовании");
});
