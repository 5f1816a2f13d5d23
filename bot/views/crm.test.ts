import { describe, expect, it } from "vitest";
import type { CrmConnection, CrmReview } from "../../domain/crm.ts";
import { plainText } from "../html.ts";
import type { View } from "../messages.ts";
import { connectionView, errorsView, progressText, reviewView } from "./crm.ts";

const timezone = "Europe/Moscow";
const id = (last: number) => `0192abcd-0000-7000-8000-00000000000${last}`;
const at = new Date("2026-11-22T09:40:00Z");

const connection: CrmConnection = {
  id: id(1),
  kind: "bitrix24",
  account: "test.bitrix24.ru",
  state: "active",
  problem: null,
  warning: null,
  stageMap: null,
  pipelines: [],
  webhookUrl: null,
  lastEventAt: null,
  lastSyncAt: null,
  sync: null,
};

function read({ text, rows = [] }: View) {
  return {
    lines: plainText(text).replaceAll("\u00a0", " ").split("\n"),
    labels: rows.flat().map((button) => button.text),
  };
}

describe("progress", () => {
  it.each([
    [0, 100, "Синхронизация: 0 из 100 ░░░░░░░░░░"],
    [12_400, 100_000, "Синхронизация: 12 400 из 100 000 ▓░░░░░░░░░"],
    [100, 100, "Синхронизация: 100 из 100 ▓▓▓▓▓▓▓▓▓▓"],
    [120, 100, "Синхронизация: 120 из 120 ▓▓▓▓▓▓▓▓▓▓"],
    [5, null, "Синхронизация: 5"],
    [0, 0, "Синхронизация: 0"],
  ])("%i of %s", (done, total, text) => {
    expect(plainText(progressText(done, total)).replaceAll("\u00a0", " ")).toBe(text);
  });
});

describe("a connection", () => {
  it("that is new has only what can be done with it", () => {
    expect(read(connectionView(connection, timezone))).toEqual({
      lines: [
        "Битрикс24 · test.bitrix24.ru",
        "✅ Работает",
        "Синхронизации ещё не было",
        "CRM сообщала об изменениях: ещё нет",
      ],
      labels: ["🔄 Синхронизировать", "📥 Вебхук из CRM", "🔌 Отключить", "⬅️ Назад"],
    });
  });

  it("that works shows its sync, its pipeline and what to know", () => {
    const sync = { state: "done" as const, clients: 1200, deals: 30, total: 1230 };
    const stages = { submitted: "1", approved: "9", returned: null };
    const whole = {
      ...connection,
      problem: "Лимит почти исчерпан.",
      warning: "Товары не читаются.",
      lastEventAt: at,
      lastSyncAt: at,
      sync: { ...sync, startedAt: at, finishedAt: at, error: null },
      pipelines: [
        { id: "p", name: "Ремонты", stages: [{ id: "1", name: "КП", outcome: "open" as const }] },
      ],
      stageMap: { pipelineId: "p", stages },
    };
    const { lines, labels } = read(connectionView(whole, timezone));
    expect(lines.slice(2)).toEqual([
      "⚠️ Лимит почти исчерпан.",
      "ℹ️ Товары не читаются.",
      "Синхронизация: 22.11.2026, 12:40, прочитано заказчиков 1 200, сделок 30",
      "CRM сообщала об изменениях: 22.11.2026, 12:40",
      "Воронка: Ремонты",
      "📤 На согласовании → КП",
      "✅ Утверждена → стадии больше нет",
      "↩️ На доработке → не меняем",
    ]);
    expect(labels).toEqual(expect.arrayContaining(["🗂 Воронка и стадии", "👌 Понятно"]));
    const gone = { ...whole, stageMap: { pipelineId: "q", stages } };
    expect(read(connectionView(gone, timezone)).lines).toContain("Воронка: удалена");
    const running = { ...whole, sync: { ...whole.sync, state: "running" as const } };
    expect(read(connectionView(running, timezone)).lines[4]).toMatch(/^Синхронизация: 1 230 из/);
  });

  it("that is stopped says why once, and can't be synced", () => {
    const problem = "Ключ больше не действует.";
    const stopped = { ...connection, state: "stopped" as const, problem, warning: problem };
    const { lines, labels } = read(connectionView(stopped, timezone));
    expect(lines.slice(1, 4)).toEqual([
      "⛔ Остановлена",
      `⚠️ ${problem}`,
      "Синхронизации ещё не было",
    ]);
    expect(labels).toEqual(["📥 Вебхук из CRM", "🔌 Отключить", "⬅️ Назад"]);
  });
});

describe("the last errors", () => {
  const entry = { id: id(2), at, operation: "deal.add", durationMs: 5, correlationId: id(3) };

  it("are words with a code for who helps", () => {
    const errors = [
      { ...entry, status: 503, error: "transient: Bad gateway" },
      { ...entry, status: null, error: "nonsense: x" },
      { ...entry, status: null, error: null },
    ];
    expect(read(errorsView(errors, [], timezone))).toEqual({
      lines: [
        "Последние ошибки",
        "22.11.2026, 12:40 CRM не ответила, повторили (deal.add, 503, Bad gateway)",
        "22.11.2026, 12:40 ошибка (deal.add, нет ответа, x)",
        "22.11.2026, 12:40 ошибка (deal.add, нет ответа, )",
      ],
      labels: ["⬅️ Назад"],
    });
  });

  it("offer another try for what was not brought over", () => {
    const failed = { estimateId: id(4), number: "СМ-2026-0001", error: null, at };
    const { lines, labels } = read(errorsView([], [failed], timezone));
    expect(lines).toContain("Ошибок не было.");
    expect(lines.at(-1)).toBe("Не переданы в CRM: СМ-2026-0001");
    expect(labels[0]).toBe("🔁 Повторить");
  });
});

describe("«Это один и тот же клиент?»", () => {
  const review: CrmReview = {
    id: id(5),
    connectionId: id(1),
    remoteName: "Иван Петров",
    remotePhones: ["+79001112233", "+79001112244"],
    candidates: [{ id: id(6), name: "Петров Иван" }],
  };

  it("shows both sides", () => {
    expect(read(reviewView(review, 3))).toEqual({
      lines: [
        "Это один и тот же клиент?",
        "В CRM: Иван Петров",
        "📞 +79001112233, +79001112244",
        "У вас уже есть похожие. Выберите, кто это.",
        "Всего таких: 3",
      ],
      labels: ["👤 Петров Иван", "➕ Это другой человек", "⬅️ Назад"],
    });
  });

  it("does without a phone, and does not count the last one", () => {
    expect(read(reviewView({ ...review, remotePhones: [] }, 1)).lines).toHaveLength(3);
  });
});
