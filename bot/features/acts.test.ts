import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { flat, settleIn } from "../testing.ts";
import {
  type BotStage,
  has,
  labelWith,
  openBotStage,
  type Person,
  type Shown,
} from "./testing_stage.ts";

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

async function newOwner(): Promise<Person> {
  return settleIn(simulator.person({ firstName: "Пётр" }));
}

/** An approved estimate; its card is the last thing on the screen. */
async function approveEstimate(owner: Person, list = "Полы\nСтяжка 10 м2 900\nПлинтус 30 м 200") {
  owner.command("new");
  await owner.waitFor("Для какого объекта смета?");
  owner.press("Без объекта");
  await owner.waitFor("Пришлите работы");
  owner.sendText(list);
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  owner.press("📤 На согласование");
  await owner.waitFor("⚠️ Не указан заказчик.");
  owner.press("Всё равно отправить");
  await owner.waitFor("Кому отправить смету");
  owner.press("Руководителю");
  await owner.waitFor("на согласовании");
  owner.press("✅ Утвердить");
  await owner.waitFor("· утверждена");
}

/** The lines of «Полы» in a new act are the last thing on the screen. */
async function chooseLines(owner: Person): Promise<void> {
  await approveEstimate(owner);
  owner.press("📑 Акт");
  await owner.waitFor("Акты по смете");
  owner.press("➕ Акт: выбрать работы");
  await owner.waitFor(has(owner, "◻️ Полы · 0 из 2"));
  owner.press(labelWith(owner, "Полы"));
  await owner.waitFor(has(owner, "Стяжка"));
}

async function askQuantity(owner: Person, line: string): Promise<void> {
  owner.press(labelWith(owner, line));
  await owner.waitFor("Сколько принято?");
}

describe("«Сколько принято?»", () => {
  it("is answered with a button, a word or a number", async () => {
    const owner = await newOwner();
    await chooseLines(owner);
    await askQuantity(owner, "Стяжка");
    owner.press("Половина");
    await owner.waitFor("ИТОГО 4\u00a0500,00");
    await askQuantity(owner, "Стяжка");
    owner.press("Ничего");
    await owner.waitFor("ИТОГО 0,00");
    await askQuantity(owner, "Стяжка");
    owner.sendText("Всё");
    await owner.waitFor("ИТОГО 9\u00a0000,00");
    await askQuantity(owner, "Стяжка");
    owner.sendText("половину");
    await owner.waitFor("ИТОГО 4\u00a0500,00");
    await askQuantity(owner, "Стяжка");
    owner.sendPhoto();
    await owner.waitFor("А я жду количество: «всё», «половина» или число");
    owner.press("✖️ Отмена");
    const section = flat(await owner.waitFor(has(owner, "Стяжка")));
    expect(section).toContain("ИТОГО 4 500,00 ₽");
  });

  it("half of what was approved is never more than what is left", async () => {
    const owner = await newOwner();
    await chooseLines(owner);
    await askQuantity(owner, "Стяжка");
    owner.sendText("8");
    await owner.waitFor("ИТОГО 7\u00a0200,00");
    owner.press("⬅️ Назад");
    await owner.waitFor(has(owner, "◪ Полы · 0 из 2"));
    owner.press("Готово");
    await owner.waitFor(has(owner, "✅ Подписан"));
    owner.press("✅ Подписан");
    await owner.waitFor("· подписан");
    owner.press("⬅️ Назад");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт: выбрать работы");
    await owner.waitFor(has(owner, "Полы"));
    owner.press(labelWith(owner, "Полы"));
    await owner.waitFor(has(owner, "Стяжка"));
    await askQuantity(owner, "Стяжка");
    owner.press("Половина");
    const second = flat(await owner.waitFor("ИТОГО 1\u00a0800,00"));
    expect(second).toContain("Акт № 2");
  });
});

describe("a section", () => {
  it("is taken whole and given back", async () => {
    const owner = await newOwner();
    await chooseLines(owner);
    owner.press("Всё");
    await owner.waitFor("ИТОГО 15\u00a0000,00");
    owner.press("⬅️ Назад");
    await owner.waitFor(has(owner, "✅ Полы · 2 из 2"));
    owner.press(labelWith(owner, "Полы"));
    await owner.waitFor(has(owner, "Стяжка"));
    owner.press("Ничего");
    const empty = await owner.waitFor("ИТОГО 0,00");
    expect(empty.text).toContain("Полы");
  });
});

describe("the date of an act", () => {
  it("is read with its mistakes, and the period never begins after it", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт на всё, что осталось");
    await owner.waitFor("Акт № 1");
    owner.press("📅 Дата");
    await owner.waitFor("Дата акта?");
    owner.sendVoice();
    await owner.waitFor("А я жду дату");
    for (const wrong of ["вчера", "31.02.2026", "5.13.2026"]) {
      owner.sendText(wrong);
      await owner.waitFor("Не поняла дату. Напишите так: 22.11.2026");
    }
    owner.sendText("5.10.2026");
    const dated = flat(await owner.waitFor("от 05.10.2026"));
    expect(dated).toContain("Период 05.10.2026–05.10.2026");
  });
});

describe("a press on an act that is not as it was", () => {
  it("is told so: signed twice, cancelled twice, of a section that is not there", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт на всё, что осталось");
    const draft = await owner.waitFor("Акт № 1");
    const data = (label: string) => dataOf(draft, label);
    const sign = data("✅ Подписан");
    const sections = data("☑️ Что принято");
    owner.pressStale(sections.replace("sections", "none"), draft);
    owner.press("✅ Подписан");
    await owner.waitFor("· подписан");
    const again = owner.pressStale(sign, draft);
    expect((await again.answer()).text).toBe("Акт № 1 подписан.");
    owner.press("🚫 Отменить акт");
    await owner.waitFor("· отменён");
    const late = owner.pressStale(sign, draft);
    expect((await late.answer()).text).toBe("Акт уже подписан или отменён.");
  });

  it("an empty act is not signed", async () => {
    const owner = await newOwner();
    await chooseLines(owner);
    owner.press("⬅️ Назад");
    await owner.waitFor(has(owner, "◻️ Полы"));
    owner.press("Готово");
    await owner.waitFor(has(owner, "✅ Подписан"));
    const press = owner.press("✅ Подписан");
    expect((await press.answer()).text).toBe("В акте пока ничего нет. Отметьте, что принято.");
  });

  it("an estimate that is no contract has no acts", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    const card = await owner.waitFor("· утверждена").catch(() => owner.lastMessage());
    const acts = dataOf(card, "📑 Акт");
    owner.press("🔁 Новая версия");
    await owner.waitFor("· черновик");
    const press = owner.pressStale(acts, { message_id: card?.message_id ?? 0 });
    expect((await press.answer()).text).toBe("Акт уже подписан или отменён.");
  });
});

function dataOf(message: Shown, label: string): string {
  const buttons = message?.reply_markup?.inline_keyboard.flat() ?? [];
  const button = buttons.find(({ text }) => text === label);
  if (button === undefined || !("callback_data" in button)) throw new Error(`no ${label}`);
  return button.callback_data;
}
