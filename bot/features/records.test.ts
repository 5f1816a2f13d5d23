import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../../server/testing.ts";
import { createSimulator, type Simulator } from "../simulator/simulator.ts";
import {
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

describe("«👥 Клиенты»", () => {
  it("says what to do when there are none, adds one and shows its card", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("👥 Клиенты");
    await foreman.waitFor("Клиентов пока нет");
    foreman.press("➕ Новый клиент");
    await foreman.waitFor("Кто это? Имя и телефон, или пришлите контакт");
    foreman.sendText("Пётр Сидоров, тел. 8(912)345-67-89");
    const card = await foreman.waitFor("Пётр Сидоров");
    expect(card.text).toBe("Пётр Сидоров\n📞 +7 912 345 67 89");
    foreman.press("👥 Клиенты");
    const list = await foreman.waitFor("Чтобы найти, напишите имя или телефон");
    expect(foreman.buttons(list)[0]).toEqual(["Пётр Сидоров · +7 912 345 67 89"]);
    foreman.sendText("8912 345 67 89");
    const found = await foreman.waitFor("поиск «8912 345 67 89»");
    foreman.press("Пётр Сидоров · +7 912 345 67 89");
    const opened = await foreman.waitFor("📞 +7 912 345 67 89");
    expect(opened.message_id).toBe(found.message_id);
  });

  it("changes each field by one question, and takes nonsense for what it is", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendContact({ phone: "79161234567", firstName: "Иван" });
    await foreman.waitFor("Добавить клиента");
    foreman.press("✅ Добавить");
    await foreman.waitFor("📞 +7 916 123 45 67");
    const change = async (label: string, wrong: string, problem: string, right: string) => {
      foreman.press(label);
      await foreman.waitFor((message) => foreman.buttons(message).flat().includes("✖️ Отмена"));
      if (wrong !== "") {
        foreman.sendText(wrong);
        await foreman.waitFor(problem);
      }
      foreman.sendText(right);
      return foreman.waitFor((message) => foreman.buttons(message).flat().includes("✏️ Имя"));
    };
    await change("✏️ Имя", "", "", "Иван <i>Петров</i>");
    await change(
      "📞 Телефон",
      "нет",
      "Не получилось прочитать телефон",
      "8 912 345-67-89, 495 123-45-67",
    );
    await change("📧 Почта", "почта", "Это не похоже на почту", "ivan@mail.ru");
    await change("🏛 ИНН", "123", "В этом ИНН ошибка", "7707083893");
    await change("📍 Адрес", "", "", "Москва,\nул. Ленина");
    const card = await change("📝 Заметка", "", "", "платит вовремя");
    expect(card.text).toBe(
      [
        "Иван <i>Петров</i>",
        "📞 +7 912 345 67 89",
        "📞 +7 495 123 45 67",
        "📧 ivan@mail.ru",
        "ИНН 7707083893",
        "📍 Москва, ул. Ленина",
        "📝 платит вовремя",
      ].join("\n"),
    );
    foreman.press("🏢 Это организация");
    await foreman.waitFor("· организация");
    foreman.press("🏛 ИНН");
    await foreman.waitFor("Напишите ИНН");
    foreman.press("Стереть");
    const cleared = await foreman.waitFor("· организация");
    expect(cleared.text).not.toContain("ИНН 77");
  });

  it("refuses a name of 4 096 characters in words and keeps the question", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("clients");
    await foreman.waitFor("Клиентов пока нет");
    foreman.press("➕ Новый клиент");
    await foreman.waitFor("Кто это?");
    foreman.sendText("я".repeat(4096));
    await foreman.waitFor("«Имя или название»: не больше 200 знаков");
    foreman.sendText("Яна");
    expect(await foreman.waitFor((message) => message.text === "Яна")).toBeDefined();
  });
});

describe("«🏗 Объекты»", () => {
  it("shows an object with its client, fields and estimates", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("🏗 Объекты");
    await foreman.waitFor("Объектов пока нет");
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес или название объекта");
    foreman.sendText("Ленина 12, кв. 5");
    const card = await foreman.waitFor("заказчик не указан");
    expect(foreman.buttons(card)).toEqual([
      ["➕ Новая смета", "📋 Сметы объекта"],
      ["✏️ Название", "📍 Адрес"],
      ["👤 Заказчик", "📝 Заметка"],
      ["⬅️ Назад"],
    ]);
    foreman.press("👤 Заказчик", { message: card });
    await foreman.waitFor("Кто заказчик?");
    foreman.sendText("Иван Петров");
    const withClient = await foreman.waitFor("👤 Иван Петров");
    foreman.press("📍 Адрес");
    await foreman.waitFor("Напишите полный адрес");
    foreman.sendText("г. Казань, ул. Ленина, д. 12, кв. 5");
    await foreman.waitFor("📍 г. Казань");
    expect(withClient.text).toBe("Ленина 12, кв. 5\n👤 Иван Петров");
    foreman.press("📋 Сметы объекта");
    await foreman.waitFor("По этому объекту смет пока нет");
    foreman.press("⬅️ Назад");
    const back = await foreman.waitFor("📍 г. Казань");
    foreman.press("➕ Новая смета", { message: back });
    await foreman.waitFor("Пришлите работы");
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Понятно: 1 строка");
    foreman.press("✅ Добавить 1 строку");
    await foreman.waitFor("Ленина 12, кв. 5 · Иван Петров");
    foreman.command("projects");
    await foreman.waitFor("Чтобы найти, напишите адрес");
    foreman.press("Ленина 12, кв. 5 · Иван Петров");
    await foreman.waitFor("📍 г. Казань");
    foreman.press("📋 Сметы объекта");
    const list = await foreman.waitFor("Сметы объекта Ленина 12");
    expect(flat({ text: foreman.buttons(list)[0]?.[0] ?? "" })).toBe(
      "📝 СМ-2026-0001 · Ленина 12, кв. 5 · 9 000 ₽",
    );
  });
});

describe("«💰 Расценки»", () => {
  it("adds, searches and changes prices", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("⚙️ Настройки");
    await foreman.waitFor("Настройки");
    foreman.press("💰 Расценки");
    await foreman.waitFor("Расценок пока нет");
    foreman.press("➕ Новая расценка");
    await foreman.waitFor("Напишите название, единицу и цену");
    foreman.sendText("Штукатурка стен");
    await foreman.waitFor("Не вижу цены в конце");
    foreman.sendText("Штукатурка стен м2 1 450,50 руб");
    const item = await foreman.waitFor("за м²");
    expect(flat(item)).toContain("Штукатурка стен\n1 450,50 ₽ за м²\nРабота");
    foreman.press("💰 Цена");
    await foreman.waitFor("Напишите новую цену");
    foreman.sendText("1.234");
    await foreman.waitFor("Непонятно, это тысячи или копейки");
    foreman.sendText("1 500");
    expect(flat(await foreman.waitFor("за м²"))).toContain("1 500,00 ₽ за м²");
    foreman.press("🧱 Это материал");
    await foreman.waitFor("Материал");
    foreman.press("📏 Единица");
    await foreman.waitFor("Напишите единицу");
    foreman.sendText("кв.м");
    await foreman.waitFor("за м²");
    foreman.command("catalogue");
    await foreman.waitFor("Чтобы загрузить свой прайс");
    foreman.sendText("штукат");
    const found = await foreman.waitFor("поиск «штукат»");
    expect(flat({ text: foreman.buttons(found)[0]?.[0] ?? "" })).toBe(
      "Штукатурка стен · 1 500 ₽/м²",
    );
  });
});

describe("«⚙️ Настройки»", () => {
  it("asks for the company's requisites one by one and checks them", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("settings");
    await foreman.waitFor("Настройки");
    foreman.press("🏢 Компания");
    const company = await foreman.waitFor("ИНН: не указано");
    const steps = [
      ["Название", "", "", "Ромашка"],
      ["Полное название", "", "", "ООО «Ромашка»"],
      ["ИНН", "7707083894", "В этом ИНН ошибка", "7707 083 893"],
      ["КПП", "12", "КПП — это 9 цифр", "770701001"],
      ["Расчётный счёт", "1", "это 20 цифр", "4070 2810 0000 0000 0001"],
      ["Эл. почта", "собака", "Это не похоже на почту", "romashka@mail.ru"],
    ] as const;
    for (const [label, wrong, problem, right] of steps) {
      foreman.press(label);
      await foreman.waitFor((message) => foreman.buttons(message).flat().includes("✖️ Отмена"));
      if (wrong !== "") {
        foreman.sendText(wrong);
        await foreman.waitFor(problem);
      }
      foreman.sendText(right);
      await foreman.waitFor((message) => foreman.buttons(message).length > 5);
      await simulator.settle();
    }
    const text = foreman.lastMessage()?.text ?? "";
    expect(text).toContain(
      "Ромашка\nПолное название: ООО «Ромашка»\nИНН: 7707083893\nКПП: 770701001",
    );
    expect(text).toContain("Расчётный счёт: 40702810000000000001");
    expect(foreman.lastMessage()?.message_id).not.toBe(company.message_id);
    foreman.press("КПП");
    await foreman.waitFor("Напишите КПП");
    foreman.press("Стереть");
    await foreman.waitFor("КПП: не указано");
    foreman.press("🕒 Часовой пояс");
    await foreman.waitFor("По какому времени вы работаете?");
    foreman.press("Екатеринбург (МСК+2)");
    await foreman.waitFor("Часовой пояс: Екатеринбург (МСК+2)");
  });

  it("sets VAT from a day on, and new estimates follow it", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("settings");
    await foreman.waitFor("Настройки");
    foreman.press("🏢 Компания");
    await foreman.waitFor("Полное название");
    foreman.press("🧾 НДС");
    await foreman.waitFor("Сейчас: без НДС: УСН");
    foreman.press("22\u00a0% сверху");
    await foreman.waitFor("с какого дня?");
    foreman.sendText("31.02.2026");
    await foreman.waitFor("Такого дня нет");
    foreman.sendText("1.11.2026");
    expect(flat(await foreman.waitFor("Сметы, которые уже есть"))).toContain(
      "С 01.11.2026: 22 % сверху",
    );
    foreman.sendText("Стяжка 10 м2 900");
    await foreman.waitFor("Создать смету из этого?");
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Для какого объекта");
    foreman.press("Без объекта");
    await foreman.waitFor("Понятно");
    foreman.press("✅ Добавить 1 строку");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(flat(card)).toContain("НДС 22 %: 1 980,00 ₽\nИТОГО 10 980,00 ₽ · НДС 22 % сверху");
  });
});

describe("/help", () => {
  it("tells the commands, and that there is no Mini App", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("❓ Помощь");
    const help = await foreman.waitFor("Как сделать смету");
    expect(help.text).toContain("/new — новая смета\n/estimates — сметы");
    expect(help.text).toContain("Редактор смет на весь экран здесь не подключён");
    expect(foreman.commands().map(({ command }) => command)).toEqual([
      "new",
      "estimates",
      "clients",
      "projects",
      "search",
      "catalogue",
      "settings",
      "help",
      "cancel",
      "team",
    ]);
  });
});
