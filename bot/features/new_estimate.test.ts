import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import {
  BATHROOM,
  flat,
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

function newcomer(firstName = "Алексей") {
  return simulator.person({ firstName });
}

const MENU = [
  ["➕ Новая смета", "📋 Сметы"],
  ["👥 Клиенты", "🏗 Объекты"],
  ["⚙️ Настройки", "❓ Помощь"],
];

describe("the first start", () => {
  it("greets by name, asks for the company and gives the menu", async () => {
    const foreman = newcomer();
    foreman.start();
    const question = await foreman.waitFor(
      "Здравствуйте, Алексей! Я Смётка: считаю сметы прямо в Telegram. Как называется ваша компания или бригада?",
    );
    expect(foreman.buttons(question)).toEqual([["Пропустить", "✖️ Отмена"]]);
    foreman.sendText("Бригада Петровича");
    await foreman.waitFor("Готово");
    expect(foreman.keyboard()).toEqual(MENU);
    await simulator.settle();
    expect(foreman.buttons(question)).toEqual([]);
    const [company] = await work.database.sql`
      select companies.name from companies
      join telegram_users on active_company_id = company_id
      where telegram_id = ${foreman.id}
    `;
    expect(company?.["name"]).toBe("Бригада Петровича");
  });

  it("can be passed over, and a second press founds no second company", async () => {
    const foreman = newcomer("Борис");
    foreman.start();
    const question = await foreman.waitFor("Как называется");
    foreman.press("Пропустить");
    foreman.pressStale("q:skip", question);
    await foreman.waitFor("Готово");
    await simulator.settle();
    const rows = await work.database.sql`
      select 1 from memberships join telegram_users using (user_id)
      where telegram_id = ${foreman.id}
    `;
    expect(rows).toHaveLength(1);
  });

  it("asks for the company whatever comes first, and comes back after a refusal", async () => {
    const foreman = newcomer("Вера");
    foreman.sendText("привет");
    await foreman.waitFor("Здравствуйте, Вера!");
    foreman.press("✖️ Отмена");
    await foreman.waitFor("Когда будете готовы, нажмите /start");
    foreman.command("new");
    expect(await foreman.waitFor("Здравствуйте, Вера!")).toBeDefined();
  });

  it("greets a known person with the menu", async () => {
    const foreman = await settleIn(newcomer());
    foreman.start();
    await foreman.waitFor("Здравствуйте, Алексей! Нажмите «➕ Новая смета»");
    expect(foreman.keyboard()).toEqual(MENU);
  });

  it("says that an invitation is not valid", async () => {
    const foreman = await settleIn(newcomer());
    foreman.start("join_0123456789abcdef");
    expect(await foreman.waitFor("Это приглашение недействительно")).toBeDefined();
  });
});

describe("a new estimate", () => {
  it("goes from the object over its client and the list to the card", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("➕ Новая смета");
    await foreman.waitFor("Для какого объекта смета?");
    expect(foreman.buttons()).toEqual([["➕ Новый объект", "Без объекта"], ["✖️ Отмена"]]);
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес или название объекта");
    foreman.sendText("Ленина 12, кв. 5");
    const client = await foreman.waitFor("Кто заказчик? Имя и телефон, или пришлите контакт");
    expect(foreman.buttons(client)).toEqual([["Пропустить", "✖️ Отмена"]]);
    foreman.sendText("Иван Петров 8 916 123-45-67");
    await foreman.waitFor(
      "Пришлите работы и материалы списком, по одной строке. Например: Штукатурка стен 120 м2 450",
    );
    foreman.sendText(BATHROOM);
    const preview = await foreman.waitFor("Понятно: 4 строки");
    expect(flat(preview)).toContain("1. Демонтаж плитки — 22 м² × 350,00 = 7 700,00 ₽");
    expect(flat(preview)).toContain("ИТОГО 76 060,00 ₽");
    expect(foreman.buttons(preview)).toEqual([
      ["✅ Добавить 4 строки"],
      ["✏️ Исправить", "✖️ Отмена"],
    ]);
    const press = foreman.press("✅ Добавить 4 строки");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(card.message_id).toBe(preview.message_id);
    expect(card.text).toBe(
      [
        "СМ-2026-0001 · черновик",
        "Ленина 12, кв. 5 · Иван Петров",
        "Демонтаж             15 200,00 ₽",
        "Чистовая             48 400,00 ₽",
        "Материалы            12 460,00 ₽",
        "Работы 63 600,00 ₽ · Материалы 12 460,00 ₽",
        "ИТОГО 76 060,00 ₽ · без НДС",
      ]
        .join("\n")
        .replace(/(\d) (?=\d{3},)/g, "$1\u00a0")
        .replaceAll(" ₽", "\u00a0₽"),
    );
    expect(foreman.buttons(card)).toEqual([
      ["✏️ Открыть", "➕ Строки"],
      ["📄 PDF", "📊 Excel"],
      ["📤 На согласование", "⋯ Ещё"],
    ]);
    expect((await press.answer()).text).toBe("Добавлено 4 строки.");
  });

  it("offers the objects that were used last", async () => {
    const foreman = await settleIn(newcomer());
    for (const place of ["Ленина 12", "Гагарина 3"]) {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
      foreman.sendText(place);
      await foreman.waitFor("Кто заказчик?");
      foreman.press("Пропустить");
      await foreman.waitFor("Пришлите работы и материалы списком");
    }
    foreman.command("new");
    const chooser = await foreman.waitFor("Для какого объекта смета?");
    expect(foreman.buttons(chooser).slice(0, 2)).toEqual([["Гагарина 3"], ["Ленина 12"]]);
    foreman.press("Ленина 12");
    const prompt = await foreman.waitFor("Пришлите работы и материалы списком");
    expect(prompt.message_id).toBe(chooser.message_id);
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Понятно: 1 строка");
    foreman.press("✅ Добавить 1 строку");
    await foreman.waitFor("Ленина 12");
  });

  it("takes a contact for the client and knows the number again", async () => {
    const foreman = await settleIn(newcomer());
    for (const place of ["Мира 1", "Мира 2"]) {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
      foreman.sendText(place);
      await foreman.waitFor("Кто заказчик?");
      foreman.sendContact({ phone: "79161234567", firstName: "Иван", lastName: "Петров" });
      await foreman.waitFor("Пришлите работы");
      await simulator.settle();
    }
    const rows = await work.database.sql`
      select clients.name, phone_numbers from clients
      join telegram_users on active_company_id = company_id
      where telegram_id = ${foreman.id}
    `;
    expect(rows).toEqual([{ name: "Иван Петров", phone_numbers: ["+79161234567"] }]);
  });

  it("may have no object and no lines", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    foreman.press("Пока без строк");
    const card = await foreman.waitFor(/СМ-2026-0001 · черновик/);
    expect(card.text).toContain("Без объекта");
    expect(card.text).toContain("Строк пока нет");
  });

  it("takes the list before the object is chosen", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.sendText(BATHROOM);
    await foreman.waitFor("Создать смету из этого?");
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Список сохранён. Для какого объекта смета?");
    foreman.sendText("Ленина 12");
    await foreman.waitFor("Кто заказчик?");
    foreman.press("Пропустить");
    await foreman.waitFor("Понятно: 4 строки");
    foreman.press("✅ Добавить 4 строки");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(card.text).toContain("Ленина 12");
  });

  it("can be left at every question by «✖️ Отмена» and by /cancel", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("✖️ Отмена");
    await foreman.waitFor("Хорошо, остановились");
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес");
    foreman.command("cancel");
    await foreman.waitFor("Хорошо, остановились");
    foreman.command("cancel");
    expect(await foreman.waitFor("Отменять нечего")).toBeDefined();
  });

  it("says what it waits for when it gets something else, and stays where it is", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес");
    foreman.sendPhoto();
    await foreman.waitFor("Пришло: фото. А я жду адрес или название объекта");
    foreman.sendVoice();
    await foreman.waitFor("Пришло: голосовое сообщение");
    foreman.sendSticker();
    await foreman.waitFor("Пришло: стикер");
    foreman.sendLocation(55.75, 37.61);
    await foreman.waitFor("Пришло: геопозиция");
    foreman.sendText("Садовая 7");
    await foreman.waitFor("Кто заказчик?");
    foreman.sendVoice();
    await foreman.waitFor("А я жду имя и телефон заказчика");
    foreman.sendText("Мария 8 916 12");
    await foreman.waitFor("Не получилось прочитать телефон «8 916 12»");
    foreman.sendText("Мария");
    await foreman.waitFor("Пришлите работы");
    foreman.sendSticker();
    expect(await foreman.waitFor("А я жду список работ и материалов")).toBeDefined();
  });
});
