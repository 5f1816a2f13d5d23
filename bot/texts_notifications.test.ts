import { describe, expect, it } from "vitest";
import { plainText } from "./html.ts";
import { notificationView, type NotificationSurroundings } from "./texts_notifications.ts";

const id = (last: number) => `0192abcd-0000-7000-8000-00000000000${last}`;

const around: NotificationSurroundings = {
  count: 1,
  timezone: "Europe/Moscow",
  companyName: null,
  card: null,
  mendsCrm: false,
};

const estimate = {
  estimateId: id(1),
  number: "СМ-2026-0001",
  title: "Ленина 12",
  total: "19000.00",
  byName: "Пётр <Главный>",
};
const revision = { ...estimate, revisionId: id(2), revision: 3 };

function read(kind: string, content: object, more: Partial<NotificationSurroundings> = {}) {
  const view = notificationView(kind, content, { ...around, ...more });
  return {
    text: plainText(view.text).replaceAll("\u00a0", " "),
    labels: (view.rows ?? []).flat().map(({ text }) => text),
  };
}

const END = "\nЛенина 12 · Итого 19 000,00 ₽";

describe("a notification", () => {
  it.each<[string, string, object, string]>([
    ["of a new estimate", "created", {}, `➕ Пётр <Главный>: новая смета СМ-2026-0001${END}`],
    [
      "of an approval by the client",
      "approved",
      { side: "client", at: "2026-11-22T09:40:00Z" },
      `✅ Смета СМ-2026-0001 утверждена!\nСогласовал заказчик: Пётр <Главный>, 22.11.2026, 12:40${END}`,
    ],
    [
      "of an approval by the manager",
      "approved",
      { side: "company", at: "2026-11-22T09:40:00Z" },
      `✅ Смета СМ-2026-0001 утверждена!\nУтвердил руководитель: Пётр <Главный>, 22.11.2026, 12:40${END}`,
    ],
    [
      "of a silent client",
      "unanswered",
      { audience: "client", days: 2, isExtra: false },
      `⏰ Смета СМ-2026-0001 ждёт ответа 2 дня\nНапомните заказчику.${END}`,
    ],
    [
      "of a silent manager",
      "unanswered",
      { audience: "manager", days: 21, isExtra: false },
      `⏰ Смета СМ-2026-0001 ждёт ответа 21 день\nУтвердите её или верните на доработку.${END}`,
    ],
    [
      "of a payment that is due",
      "unpaid",
      { stage: "Аванс", open: "5700.00", dueOn: "2026-12-01", isLate: false },
      `💰 Срок оплаты 1 декабря 2026 г.: 5 700,00 ₽\nАванс, смета СМ-2026-0001${END}`,
    ],
    [
      "of a payment that is late",
      "unpaid",
      { stage: "Аванс", open: "5700.00", dueOn: "2026-12-01", isLate: true },
      `💰 Не оплачено с 1 декабря 2026 г.: 5 700,00 ₽\nАванс, смета СМ-2026-0001${END}`,
    ],
    [
      "of more money than was agreed",
      "payment",
      {
        payment: "advance",
        amount: "20000.00",
        receivedOn: "2026-11-22",
        left: "-1000.00",
        isTakenOut: false,
      },
      `💵 Оплата: 20 000,00 ₽ по смете СМ-2026-0001 (аванс, 22 ноября 2026 г.)\nВнесено: Пётр <Главный>. Оплачено больше, чем согласовано, на 1 000,00 ₽${END}`,
    ],
    [
      "of a payment that was taken out",
      "payment",
      {
        payment: "advance",
        amount: "5000.00",
        receivedOn: "2026-11-22",
        left: "19000.00",
        isTakenOut: true,
      },
      `💵 Оплата убрана: 5 000,00 ₽ по смете СМ-2026-0001 (аванс, 22 ноября 2026 г.)\nУбрано: Пётр <Главный>. Осталось получить 19 000,00 ₽${END}`,
    ],
  ])("%s", (_, kind, content, text) => {
    const read_ = read(kind, { ...revision, ...content });
    expect(read_).toEqual({ text, labels: ["📋 Открыть смету"] });
  });

  it("of an estimate without a name and without lines says neither", () => {
    const content = { ...estimate, title: "", total: "0.00" };
    expect(read("created", content).text).toBe("➕ Пётр <Главный>: новая смета СМ-2026-0001");
  });

  it("of changes counts them only when there are several", () => {
    expect(read("changed", estimate).text).toContain("изменена: Пётр <Главный>\n");
    expect(read("changed", estimate, { count: 3 }).text).toContain(
      "изменена: Пётр <Главный> (3 правки)\n",
    );
  });

  it("of a question names who asks and about which line, where that is known", () => {
    const asked = { ...revision, questionId: id(3), text: "Почему так дорого?" };
    expect(read("question", { ...asked, lineName: "Стяжка" })).toEqual({
      text: [
        "❓ Вопрос заказчика по смете СМ-2026-0001: Пётр <Главный>",
        "Строка: Стяжка",
        "Почему так дорого?",
        "Чтобы ответить, ответьте на это сообщение или нажмите кнопку.",
      ].join("\n"),
      labels: ["💬 Ответить", "📋 Открыть смету"],
    });
    const nameless = read("question", { ...asked, byName: "", lineName: null }).text;
    expect(nameless).toContain("❓ Вопрос заказчика по смете СМ-2026-0001\nПочему");
  });

  it("of trouble with the CRM leads who mends it there, and comforts everybody else", () => {
    const trouble = { system: "Битрикс24", reason: "Ключ больше не действует." };
    expect(read("crm_trouble", trouble, { mendsCrm: true })).toEqual({
      text: "⚠️ Битрикс24: Ключ больше не действует.",
      labels: ["🔗 Открыть CRM"],
    });
    const other = read("crm_trouble", trouble);
    expect(other.text).toContain("\nЧинит связь владелец. Сметы целы и дойдут позже.");
    expect(other.labels).not.toContain("🔗 Открыть CRM");
  });

  it("of work that was given up names the estimate, if it was about one", () => {
    const dead = { deadLetterId: id(4), queue: "crm.push" };
    expect(read("dead_letter", dead).text).toMatch(
      /^⚠️ Не получилось: передача сметы в CRM\. Все попытки исчерпаны/,
    );
    expect(read("dead_letter", { ...dead, number: "СМ-2026-0001" }).text).toMatch(
      /^⚠️ Не получилось: передача сметы в CRM, смета СМ-2026-0001\. /,
    );
  });

  it("names the company to who has several", () => {
    const { text } = read("created", estimate, { companyName: "Бригада" });
    expect(text).toMatch(/^🏢 Бригада\n➕ /);
  });

  it.each([
    ["of a kind from another version", "toString", estimate, "no words for notifications of kind"],
    ["of a content from another version", "created", { number: 1 }, "Invalid input"],
  ])("%s is an error, not an empty message", (_, kind, content, message) => {
    expect(() => notificationView(kind, content, around)).toThrow(message);
  });
});
