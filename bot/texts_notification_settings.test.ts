import { describe, expect, it } from "vitest";
import { LEFT_TEAM, type SentNotification } from "../domain/notifications.ts";
import { plainText } from "./html.ts";
import { historyText } from "./texts_notification_settings.ts";

const sent: SentNotification = {
  id: "0192abcd-0000-7000-8000-000000000001",
  kind: "created",
  number: "СМ-2026-0001",
  recipientName: "Пётр Главный",
  status: "sent",
  attempts: 1,
  telegramMessageId: 4711,
  error: null,
  createdAt: new Date("2026-11-22T09:40:00Z"),
  deliveredAt: new Date("2026-11-22T09:41:00Z"),
};
const timezone = "Europe/Moscow";

function lastLine(item: Partial<SentNotification>): string {
  const text = plainText(historyText([{ ...sent, ...item }], { whose: "mine", timezone }));
  return text.split("\n").at(-1) ?? "";
}

describe("what was sent", () => {
  it("is told to a person without names, to the company with them", () => {
    const lines = ["Новая смета СМ-2026-0001", "✅ Доставлено 22.11.2026, 12:41 · сообщение 4711"];
    expect(plainText(historyText([sent], { whose: "mine", timezone })).split("\n")).toEqual([
      "Что вам приходило",
      "",
      "22.11.2026, 12:40",
      ...lines,
    ]);
    expect(plainText(historyText([sent], { whose: "company", timezone })).split("\n")).toEqual([
      "Что приходило всем",
      "",
      "22.11.2026, 12:40 · Пётр Главный",
      ...lines,
    ]);
  });

  it("about no estimate has no number", () => {
    const item = { ...sent, kind: "crm_trouble", number: null };
    expect(plainText(historyText([item], { whose: "mine", timezone }))).toContain("\nСбой CRM\n");
  });

  it.each<[string, Partial<SentNotification>]>([
    ["✅ Доставлено · сообщение —", { deliveredAt: null, telegramMessageId: null }],
    ["⏳ Ждёт отправки", { status: "waiting" }],
    [
      "⏳ Ждёт отправки: Telegram отвечает «Too Many Requests» · попыток: 2",
      { status: "waiting", error: "Too Many Requests", attempts: 2 },
    ],
    ["⚠️ Не доставлено", { status: "failed" }],
    ["⚠️ Не доставлено: человека больше нет в команде", { status: "failed", error: LEFT_TEAM }],
    [
      "⚠️ Не доставлено: человек остановил бота",
      { status: "failed", error: "Forbidden: bot was blocked by the user" },
    ],
    [
      "⚠️ Не доставлено: аккаунт удалён",
      { status: "failed", error: "Forbidden: user is deactivated" },
    ],
    [
      "⚠️ Не доставлено: нет такого чата",
      { status: "failed", error: "Bad Request: chat not found" },
    ],
  ])("%s", (line, item) => {
    expect(lastLine(item)).toBe(line);
  });
});
