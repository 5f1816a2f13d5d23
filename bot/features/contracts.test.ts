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

let lastPerson = 0;

async function newOwner(): Promise<Person> {
  lastPerson += 1;
  return settleIn(simulator.person({ firstName: `Пётр ${lastPerson}` }));
}

/** An approved estimate; its card is the last thing on the screen. */
async function approveEstimate(
  owner: Person,
  list = "Полы\nСтяжка 10 м2 900\nСтены\nОбои 20 м2 500",
) {
  owner.command("new");
  await owner.waitFor("Для какого объекта смета?");
  owner.press("Без объекта");
  await owner.waitFor("Пришлите работы");
  owner.sendText(list);
  await owner.waitFor("Понятно");
  owner.press(owner.buttons().flat()[0] ?? "");
  await owner.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  await agree(owner);
}

async function agree(owner: Person): Promise<void> {
  owner.press("📤 На согласование");
  await owner.waitFor("⚠️ Не указан заказчик.");
  owner.press("Всё равно отправить");
  await owner.waitFor("Кому отправить смету");
  owner.press("Руководителю");
  await owner.waitFor("на согласовании");
  owner.press("✅ Утвердить");
  await owner.waitFor("· утверждена");
}

const has = (person: Person, label: string) => (message: Parameters<Person["buttons"]>[0]) =>
  person
    .buttons(message)
    .flat()
    .some((text) => text.includes(label));

const labelWith = (person: Person, part: string) =>
  person
    .buttons()
    .flat()
    .find((text) => text.includes(part)) ?? "";

describe("«доп: …»", () => {
  it("makes a draft under the only approved estimate, with the reason", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.sendText("доп: штробление 12 м 450, причина: добавили розетки");
    const card = flat(await owner.waitFor("Доп. работа к смете СМ-2026-0001"));
    expect(card).toContain("СМ-2026-0001/Д1 · черновик");
    expect(card).toContain("Причина: добавили розетки");
    expect(card).toContain("ИТОГО 5 400,00 ₽");
    await agree(owner);
    owner.press("⬆️ Основная смета");
    const main = flat(await owner.waitFor("По договору"));
    expect(main).toContain("По договору 19 000,00 ₽ + доп. 5 400,00 ₽ = 24 400,00 ₽");
  });

  it("comes as a photo with words, and the photo stays with it", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.sendPhoto({ caption: "доп. штробление 12 м 450" });
    await owner.waitFor("Фото: 1");
    owner.press("📷 Причина и фото");
    await owner.waitFor("Почему нужна эта работа?");
    owner.sendText("Заказчик перенёс плиту");
    await owner.waitFor("Причина записана");
    owner.press("Готово");
    const card = await owner.waitFor("Причина: Заказчик перенёс плиту");
    expect(card.text).toContain("Фото: 1");
    owner.press("🗑 Убрать фото");
    await owner.waitFor((message) => !(message.text ?? "").includes("Фото: 1"));
  });

  it("asks which estimate where several are approved", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    await approveEstimate(owner);
    owner.sendText("доп: штробление 12 м 450");
    await owner.waitFor("К какой смете эта доп. работа?");
    owner.press(labelWith(owner, "СМ-2026-0001"));
    const card = await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    expect(card.text).toContain("Доп. работа к смете СМ-2026-0001");
  });

  it("is offered for a forwarded list, too, and asked for by the button", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("🧾 Доп. работа");
    await owner.waitFor("Что добавить к смете?");
    owner.sendText("Кабель 20 м 95");
    await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    owner.forward(owner.sendText("Штробление 12 м 450"));
    await owner.waitFor("Понятно");
    await owner.waitFor(has(owner, "🧾 Доп. работа"));
    owner.press("🧾 Доп. работа");
    const card = await owner.waitFor("СМ-2026-0001/Д2 · черновик");
    expect(flat(card)).toContain("5 400,00 ₽");
  });

  it("is no word to search by in an open list", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.command("estimates");
    await owner.waitFor("Чтобы найти смету");
    owner.sendText("доп: штробление 12 м 450");
    const card = await owner.waitFor("СМ-2026-0001/Д1 · черновик");
    expect(flat(card)).toContain("5 400,00 ₽");
  });

  it("says what is missing", async () => {
    const owner = await newOwner();
    owner.sendText("доп: штробление 12 м 450");
    await owner.waitFor("таких пока нет");
    owner.sendText("доп: ничего особенного");
    const refused = await owner.waitFor("Не поняла, что добавить");
    expect(refused.text).toContain("доп: штробление 12 м 450");
  });
});

describe("«📑 Акт»", () => {
  it("accepts everything that is left with two taps and a signature", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете СМ-2026-0001");
    owner.press("➕ Акт на всё, что осталось");
    const draft = flat(await owner.waitFor("Акт № 1"));
    expect(draft).toContain("ИТОГО 19 000,00 ₽");
    const press = owner.press("✅ Подписан");
    expect((await press.answer()).text).toBe("Акт № 1 подписан.");
    await owner.waitFor("· подписан");
    owner.press("📄 КС-2");
    owner.press("⬅️ Назад");
    const acts = flat(await owner.waitFor("Выполнено 19\u00a0000,00"));
    expect(acts).toContain("остаток 19 000,00 ₽");
    expect((await owner.press("➕ Акт на всё, что осталось").answer()).text).toContain(
      "Всё уже принято",
    );
  });

  it("takes a half of a section and a number of a line, never more than there is", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт: выбрать работы");
    await owner.waitFor(has(owner, "Полы"));
    owner.press(labelWith(owner, "Полы"));
    await owner.waitFor(has(owner, "Стяжка"));
    owner.press("Половина");
    await owner.waitFor("ИТОГО 4\u00a0500,00");
    owner.press(labelWith(owner, "Стяжка"));
    await owner.waitFor("Сколько принято?");
    owner.sendText("11");
    await owner.waitFor("осталось только 10 м²");
    await owner.waitFor(has(owner, "Стяжка"));
    owner.press(labelWith(owner, "Стяжка"));
    await owner.waitFor("Сколько принято?");
    owner.sendText("много");
    await owner.waitFor("Это не похоже на число");
    owner.sendText("7,5");
    await owner.waitFor("ИТОГО 6\u00a0750,00");
    owner.press("⬅️ Назад");
    await owner.waitFor(has(owner, "Стены"));
    owner.press("Готово");
    await owner.waitFor(has(owner, "📅 Дата"));
    owner.press("📅 Дата");
    await owner.waitFor("Дата акта?");
    owner.sendText("20.11.2026");
    const dated = await owner.waitFor("от 20.11.2026");
    expect(flat(dated)).toContain("Период 01.11.2026–20.11.2026");
    owner.press("🗑 Удалить");
    await owner.waitFor("Акты по смете");
  });

  it("is cancelled, and what it took is there again", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт на всё, что осталось");
    await owner.waitFor("Акт № 1");
    owner.press("✅ Подписан");
    await owner.waitFor("· подписан");
    owner.press("🚫 Отменить акт");
    await owner.waitFor("· отменён");
    owner.press("⬅️ Назад");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт на всё, что осталось");
    const again = await owner.waitFor("Акт № 2");
    expect(flat(again)).toContain("ИТОГО 19 000,00 ₽");
  });

  it("keeps the approved estimate from being opened again", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("📑 Акт");
    await owner.waitFor("Акты по смете");
    owner.press("➕ Акт на всё, что осталось");
    await owner.waitFor("Акт № 1");
    owner.press("⬅️ Назад");
    await owner.waitFor("Акты по смете");
    owner.press("⬅️ Назад");
    await owner.waitFor(has(owner, "🔁 Новая версия"));
    const press = owner.press("🔁 Новая версия");
    expect((await press.answer()).text).toContain("уже есть акты");
  });
});

describe("«💳 Оплаты»", () => {
  it("adds what came, shows the balance, takes a payment out and back", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("💳 Оплаты");
    await owner.waitFor("Оплат пока нет.");
    owner.press("➕ Получено");
    await owner.waitFor("Сколько получили?");
    owner.sendText("аванс много");
    await owner.waitFor("Это не похоже на число");
    owner.sendText("аванс 5 000");
    const list = flat(await owner.waitFor("Получено"));
    expect(list).toContain("22.11.2026 · аванс 5 000,00 ₽");
    expect(list).toContain("оплачено 5 000,00 ₽ · остаток 14 000,00 ₽");
    owner.press("⬅️ Назад");
    const card = flat(await owner.waitFor("· утверждена"));
    expect(card).toContain("Выполнено 0,00 ₽ · оплачено 5 000,00 ₽ · остаток 14 000,00 ₽");
    owner.press("💳 Оплаты");
    await owner.waitFor("аванс 5\u00a0000,00");
    owner.press(labelWith(owner, "🗑 22.11.2026"));
    await owner.waitFor("Оплат пока нет.");
    owner.press("↩️ Вернуть оплату");
    await owner.waitFor("аванс 5\u00a0000,00");
    owner.press("➕ Получено");
    await owner.waitFor("Сколько получили?");
    owner.sendText("20 000 вчера");
    await owner.waitFor("переплата 6\u00a0000,00");
  });

  it("plans stages by sum or per cent and says what is still open", async () => {
    const owner = await newOwner();
    await approveEstimate(owner);
    owner.press("💳 Оплаты");
    await owner.waitFor("Оплат пока нет.");
    owner.press("📅 Добавить этап");
    await owner.waitFor("Какой этап оплаты?");
    owner.sendText("Аванс 30 % 01.12");
    const plan = flat(await owner.waitFor("План"));
    expect(plan).toContain("Аванс, 30 %: 5 700,00 ₽, до 01.12.2026 — осталось 5 700,00 ₽");
    owner.press(labelWith(owner, "🗑 План"));
    await owner.waitFor((message) => !(message.text ?? "").includes("План"));
  });
});
