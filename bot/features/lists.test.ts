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

/** Somebody with an estimate whose card is on the screen. */
async function withEstimate(list = BATHROOM) {
  const foreman = await settleIn(newcomer());
  foreman.command("new");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.press("Без объекта");
  await foreman.waitFor("Пришлите работы");
  foreman.sendText(list);
  await foreman.waitFor("Понятно");
  foreman.press(addButton(foreman.buttons()));
  const card = await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  await simulator.settle();
  return { foreman, card };
}

function addButton(rows: string[][]): string {
  return rows.flat().find((label) => label.startsWith("✅")) ?? "";
}

async function countLines(telegramId: number): Promise<number> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select count(*)::int as count from estimate_lines
    join telegram_users on active_company_id = company_id
    where telegram_id = ${telegramId}
  `;
  return Number(row?.["count"]);
}

async function companyName(telegramId: number): Promise<unknown> {
  await simulator.settle();
  const [company] = await work.database.sql`
    select name from companies
    join telegram_users on active_company_id = company_id
    where telegram_id = ${telegramId}
  `;
  return company?.["name"];
}

describe("«➕ Строки»", () => {
  it("asks in place of the card, previews and adds to the estimate", async () => {
    const { foreman, card } = await withEstimate();
    foreman.press("➕ Строки");
    const prompt = await foreman.waitFor("Пришлите работы и материалы списком");
    expect(prompt.message_id).toBe(card.message_id);
    foreman.sendText("Затирка швов 22 м2 450");
    const preview = await foreman.waitFor("Понятно: 1 строка");
    await simulator.settle();
    expect(foreman.buttons(prompt)).toEqual([]);
    foreman.press("✅ Добавить 1 строку");
    const next = await foreman.waitFor(/СМ-2026-0001/);
    expect(next.message_id).toBe(preview.message_id);
    expect(flat(next)).toContain("ИТОГО 85 960,00 ₽");
  });

  it("gives the card back on «✖️ Отмена»", async () => {
    const { foreman, card } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.press("✖️ Отмена");
    const back = await foreman.waitFor(/СМ-2026-0001 · черновик/);
    expect(back.message_id).toBe(card.message_id);
  });

  it("leaves one place to press after the person has typed", async () => {
    const { foreman, card } = await withEstimate();
    foreman.start(`e_${await packedEstimate(foreman.id)}`);
    const newer = await foreman.waitFor(/СМ-2026-0001 · черновик/);
    await simulator.settle();
    expect(newer.message_id).toBeGreaterThan(card.message_id);
    expect(foreman.buttons(card)).toEqual([]);
    expect(foreman.buttons(newer)).toHaveLength(3);
  });
});

async function packedEstimate(telegramId: number): Promise<string> {
  const [row] = await work.database.sql`
    select id from estimates join telegram_users on active_company_id = company_id
    where telegram_id = ${telegramId}
  `;
  return Buffer.from(String(row?.["id"]).replaceAll("-", ""), "hex").toString("base64url");
}

describe("a preview", () => {
  it("names the lines that were not understood, each with the reason", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900\nабракадабра\nГрунтовка 10-12 м2 50\nСкидка 10%");
    const preview = await foreman.waitFor("Понятно: 1 строка");
    expect(flat(preview)).toContain("Не понятно: 2 строки");
    expect(flat(preview)).toMatch(/• «абракадабра» — Нет количества и цены/);
    expect(flat(preview)).toMatch(/• «Грунтовка 10-12 м2 50» — Указан промежуток/);
    expect(flat(preview)).toMatch(/В смету не войдёт:\n• «Скидка 10%»/);
  });

  it("marks prices that come from the company's price list", async () => {
    const { foreman } = await withEstimate();
    foreman.command("catalogue");
    await foreman.waitFor("Расценок пока нет");
    foreman.press("➕ Новая расценка");
    await foreman.waitFor("Напишите название, единицу и цену");
    foreman.sendText("Штукатурка стен м2 450");
    await foreman.waitFor("450,00 ₽ за м²".replaceAll(" ₽", "\u00a0₽"));
    foreman.start(`e_${await packedEstimate(foreman.id)}`);
    await foreman.waitFor(/СМ-2026-0001/);
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Штукатурка стен 20 м2\nНевиданная работа 3 шт");
    const preview = await foreman.waitFor("Понятно: 2 строки");
    expect(flat(preview)).toContain("20 м² × 450,00 = 9 000,00 ₽ · цена из расценок");
    expect(flat(preview)).toContain("Невиданная работа — 3 шт · цены нет");
    const press = foreman.press("✅ Добавить 2 строки");
    expect((await press.answer()).text).toBe("Добавлено 2 строки. Без цены: 1.");
  });

  it("with nothing understood offers nothing to add", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("завтра приеду");
    const preview = await foreman.waitFor("Не получилось понять ни одной строки");
    expect(foreman.buttons(preview)).toEqual([["✏️ Исправить", "✖️ Отмена"]]);
  });

  it("is corrected by a new list", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900\nабракадабра");
    const first = await foreman.waitFor("Не понятно: 1 строка");
    foreman.press("✏️ Исправить");
    await foreman.waitFor("Пришлите исправленный список целиком");
    await simulator.settle();
    expect(foreman.buttons(first)).toEqual([]);
    foreman.sendText("Стяжка 10 м2 900\nУборка 1 усл 2000");
    await foreman.waitFor("Понятно: 2 строки");
    foreman.press("✅ Добавить 2 строки");
    await foreman.waitFor(/СМ-2026-0001/);
    expect(await countLines(foreman.id)).toBe(6);
  });

  it("is corrected by editing the message with the list", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    const list = foreman.sendText("Стяжка 10 м2 900\nабракадабра");
    const preview = await foreman.waitFor("Не понятно: 1 строка");
    foreman.editText(list, "Стяжка 10 м2 900\nУборка 1 усл 2000");
    const again = await foreman.waitFor("Понятно: 2 строки");
    expect(again.message_id).toBe(preview.message_id);
    expect(foreman.buttons(again)[0]).toEqual(["✅ Добавить 2 строки"]);
  });

  it("is dropped by «✖️ Отмена», and the card comes back", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Понятно: 1 строка");
    foreman.press("✖️ Отмена");
    await foreman.waitFor(/СМ-2026-0001 · черновик/);
    expect(await countLines(foreman.id)).toBe(4);
  });

  it("adds its lines once, however often «✅ Добавить» is tapped", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900");
    const preview = await foreman.waitFor("Понятно: 1 строка");
    const data = dataOf(preview, "✅ Добавить 1 строку");
    simulator.updates.hold();
    const first = foreman.pressStale(data, preview);
    const second = foreman.pressStale(data, preview);
    simulator.updates.release();
    expect((await first.answer()).text).toBe("Добавлена 1 строка.");
    expect((await second.answer()).text).toBe(
      "Этого списка здесь уже нет: он добавлен или заменён.",
    );
    expect(await countLines(foreman.id)).toBe(5);
  });

  it("of a long list fits into one message and adds everything", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    const rows = Array.from(
      { length: 90 },
      (_, index) => `Работа номер ${index + 1} <b>&: 2 шт 100`,
    );
    foreman.sendText(rows.join("\n"));
    const preview = await foreman.waitFor("Понятно: 90 строк");
    expect(preview.text?.length).toBeLessThanOrEqual(4096);
    expect(flat(preview)).toMatch(/… и ещё \d+ строк/);
    foreman.press("✅ Добавить 90 строк");
    await foreman.waitFor(/СМ-2026-0001/);
    expect(await countLines(foreman.id)).toBe(94);
  });

  it("joins the parts of a list that was too long for one message", async () => {
    const { foreman } = await withEstimate();
    foreman.press("➕ Строки");
    await foreman.waitFor("Пришлите работы");
    const rows = Array.from({ length: 300 }, (_, index) => `Работа ${index + 1}: 2 шт 100`);
    foreman.sendText(rows.join("\n"));
    const preview = await foreman.waitFor("Понятно: 300 строк");
    await simulator.settle();
    expect(foreman.messages().filter((message) => message.reply_markup)).toHaveLength(1);
    foreman.press("✅ Добавить 300 строк", { message: preview });
    await foreman.waitFor(/СМ-2026-0001/);
    expect(await countLines(foreman.id)).toBe(304);
  });
});

function dataOf(
  message: { reply_markup?: { inline_keyboard: { text: string; callback_data?: string }[][] } },
  label: string,
): string {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
  return buttons.find((button) => button.text === label)?.callback_data ?? "";
}

describe("outside any question", () => {
  it("a list offers an estimate, asks for the object and keeps the list", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendText(BATHROOM);
    const offer = await foreman.waitFor("Создать смету из этого?");
    expect(foreman.buttons(offer)).toEqual([["✅ Создать смету"], ["✏️ Исправить", "✖️ Отмена"]]);
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Список сохранён. Для какого объекта смета?");
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес");
    foreman.sendText("Ленина 12");
    await foreman.waitFor("Кто заказчик?");
    foreman.press("Пропустить");
    await foreman.waitFor("Понятно: 4 строки");
    foreman.press("✅ Добавить 4 строки");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(flat(card)).toContain("ИТОГО 76 060,00 ₽");
    expect(card.text).toContain("Ленина 12");
  });

  it("a list instead of the company's name is a list, and does not become the name", async () => {
    const foreman = newcomer();
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText(BATHROOM);
    await foreman.waitFor("Готово");
    const offer = await foreman.waitFor("Создать смету из этого?");
    expect(flat(offer)).toContain("Понятно: 4 строки");
    expect(await companyName(foreman.id)).not.toContain("Демонтаж");
  });

  it("a name of two lines is a name", async () => {
    const foreman = newcomer();
    foreman.start();
    await foreman.waitFor("Как называется ваша компания");
    foreman.sendText("ООО «Ремонт 24»\nбригада 5");
    await foreman.waitFor("Готово");
    expect(await companyName(foreman.id)).toBe("ООО «Ремонт 24» бригада 5");
  });

  it("each of two lists can become an estimate", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendText("Стяжка 10 м2 900");
    const first = await foreman.waitFor("Создать смету из этого?");
    await simulator.settle();
    // Later than the parts of one paste would come.
    await work.database.sql`
      update chat_state set value = jsonb_set(value::jsonb, '{sentAt}', '0')::text
      where key = ${`${foreman.id}:list`}
    `;
    foreman.sendText("Штукатурка 20 м2 450");
    const second = await foreman.waitFor("Штукатурка — 20 м²");
    await simulator.settle();
    for (const [offer, total] of [
      [first, "ИТОГО 9 000,00 ₽"],
      [second, "ИТОГО 9 000,00 ₽"],
    ] as const) {
      foreman.press("✅ Создать смету", { message: offer });
      await foreman.waitFor("Список сохранён");
      foreman.press("Без объекта");
      await foreman.waitFor("Понятно: 1 строка");
      foreman.press("✅ Добавить 1 строку");
      const card = await foreman.waitFor(/СМ-2026-000\d · черновик/);
      expect(flat(card)).toContain(total);
      await simulator.settle();
    }
    foreman.press("📋 Сметы");
    const list = await foreman.waitFor("Чтобы найти смету");
    expect(foreman.buttons(list)).toHaveLength(2);
  });

  it("a list that nobody wanted is dropped", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendText(BATHROOM);
    await foreman.waitFor("Создать смету из этого?");
    foreman.press("✖️ Отмена");
    expect(await foreman.waitFor("Хорошо, ничего не добавлено")).toBeDefined();
  });

  it("talk is answered with what the chat understands", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendText("Привет, как дела?");
    await foreman.waitFor("Не вижу здесь списка работ");
    foreman.sendPhoto();
    await foreman.waitFor("Пришло: фото. С этим я пока не умею работать");
    const message = foreman.sendText("Ок");
    await foreman.waitFor("Не вижу здесь списка работ");
    foreman.editText(message, "Окей");
    expect(await foreman.waitFor("Вы изменили сообщение, которое уже прочитано")).toBeDefined();
  });

  it("an album is answered once", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendAlbum({ count: 4, caption: "объект" });
    await foreman.waitFor("Пришло: фото");
    await simulator.settle();
    const answers = foreman
      .messages()
      .filter((message) => message.text?.startsWith("Пришло: фото"));
    expect(answers).toHaveLength(1);
  });

  it("a contact offers a client", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendContact({ phone: "+79161234567", firstName: "Иван" });
    await foreman.waitFor("Добавить клиента Иван, +79161234567?");
    const press = foreman.press("✅ Добавить");
    await foreman.waitFor("📞 +7 916 123 45 67");
    expect((await press.answer()).text).toBe("Клиент добавлен: Иван.");
    foreman.sendContact();
    await foreman.waitFor("Это ваш собственный контакт");
    foreman.press("✖️ Отмена");
    await foreman.waitFor("Хорошо, не добавляю");
  });
});
