import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { onePixel } from "../simulator/sample_files.ts";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import type { Simulator } from "../simulator/simulator.ts";
import { flat, settleIn } from "../testing.ts";
import { type BotStage, has, labelWith, openBotStage, type Person } from "./testing_stage.ts";

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

describe("an album with «доп: …»", () => {
  it("makes one extra work with all its photos, and the same album belongs to nothing else", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    const photos = [picture(1), picture(2), picture(3)];
    owner.sendAlbum({ photos, caption: "доп: штробление 12 м 450" });
    await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    await simulator.settle();
    owner.press("⬆️ Основная смета");
    await owner.waitFor("· утверждена");
    owner.press("🧾 Доп. работа");
    await owner.waitFor(has(owner, "СМ-2026-0001/Д1"));
    owner.press(labelWith(owner, "СМ-2026-0001/Д1"));
    await owner.waitFor("Фото: 3");
    owner.sendAlbum({ photos: [picture(4), picture(5)] });
    await simulator.settle();
    const [row] = await work.database.sql`select count(*)::int as count from extra_photos`;
    expect(row).toMatchObject({ count: 3 });
  });
});

describe("«📷 Причина и фото»", () => {
  it("takes photos one by one, a caption as the reason, and names what it waits for", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.sendText("доп: штробление 12 м 450");
    await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    owner.press("📷 Причина и фото");
    await owner.waitFor("Почему нужна эта работа?");
    owner.sendSticker();
    await owner.waitFor("А я жду причину текстом или фото");
    owner.sendPhoto({ caption: "Заказчик перенёс плиту" });
    await owner.waitFor("Фото приложено: 1 снимок");
    owner.sendPhoto({ bytes: picture(2) });
    await owner.waitFor("Фото приложено: 2 снимка");
    owner.press("Готово");
    const card = await owner.waitFor("Причина: Заказчик перенёс плиту");
    expect(card.text).toContain("Фото: 2");
  });

  it("says when Telegram does not give the photo, and goes on", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.sendText("доп: штробление 12 м 450");
    await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    owner.press("📷 Причина и фото");
    await owner.waitFor("Почему нужна эта работа?");
    simulator.faults.next("getFile", {
      kind: "refuse",
      code: 400,
      description: "Bad Request: file is too big",
    });
    owner.sendPhoto();
    await owner.waitFor("Фото слишком большое. Пришлите его как фото, а не файлом.");
    await owner.waitFor("Фото приложено: 0 снимков");
    owner.press("✖️ Отмена");
    const card = await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    expect(card.text).not.toContain("Фото:");
  });
});

describe("«К какой смете эта доп. работа?»", () => {
  it("is answered by a button only", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    await approveEstimate(owner);
    owner.sendText("доп: штробление 12 м 450");
    await owner.waitFor("К какой смете эта доп. работа?");
    owner.sendText("к первой");
    await owner.waitFor("А я жду выбор сметы кнопкой");
    owner.press(labelWith(owner, "СМ-2026-0002"));
    const card = await owner.waitFor("Доп. работа к смете СМ-2026-0002");
    expect(card.text).toContain("СМ-2026-0002/Д1 · черновик");
  });
});

it("words without a work in them are not taken for one, and the question stays open", async () => {
  const owner = await newOwner();
  await approveEstimate(owner);
  owner.press("🧾 Доп. работа");
  await owner.waitFor("Что добавить к смете?");
  owner.sendText("как договорились");
  await owner.waitFor("Не поняла, что добавить");
  owner.sendText("Кабель 20 м 95");
  const card = flat(await owner.waitFor("СМ-2026-0001/Д1 · черновик"));
  expect(card).toContain("ИТОГО 1 900,00 ₽");
});

/** Each number another picture: equal ones are kept once. */
function picture(number: number): Uint8Array {
  return Buffer.concat([onePixel, Buffer.from([number])]);
}
