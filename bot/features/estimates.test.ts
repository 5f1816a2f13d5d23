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

type Foreman = ReturnType<typeof newcomer>;

async function addEstimate(foreman: Foreman, place: string, list = "Стяжка 10 м2 900") {
  foreman.command("new");
  await foreman.waitFor("Для какого объекта смета?");
  foreman.sendText(place);
  await foreman.waitFor("Кто заказчик?");
  foreman.press("Пропустить");
  await foreman.waitFor("Пришлите работы");
  foreman.sendText(list);
  await foreman.waitFor("Понятно");
  foreman.press(foreman.buttons().flat()[0] ?? "");
  const card = await foreman.waitFor(/СМ-\d{4}-\d{4} · черновик/);
  await simulator.settle();
  return card;
}

async function withEstimate(list?: string) {
  const foreman = await settleIn(newcomer());
  const card = await addEstimate(foreman, "Ленина 12", list);
  return { foreman, card };
}

async function countEstimates(foreman: Foreman): Promise<number> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select count(*)::int as count from estimates
    join telegram_users on active_company_id = company_id
    where telegram_id = ${foreman.id} and removed_at is null
  `;
  return Number(row?.["count"]);
}

describe("«📋 Сметы»", () => {
  it("says what to do when there are none", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("📋 Сметы");
    expect(await foreman.waitFor("Смет пока нет. Нажмите «➕ Новая смета»")).toBeDefined();
  });

  it("shows the newest first with mark, object and total, by pages", async () => {
    const foreman = await settleIn(newcomer());
    for (let index = 1; index <= 10; index += 1) await addEstimate(foreman, `Дом ${index}`);
    foreman.command("estimates");
    const list = await foreman.waitFor("📝 черновик · 📤 на согласовании");
    const labels = foreman.buttons(list).map((row) => row.join(" | "));
    expect(labels).toHaveLength(9);
    expect(labels[0]?.replaceAll("\u00a0", " ")).toBe("📝 СМ-2026-0010 · Дом 10 · 9 000 ₽");
    expect(labels[8]).toBe("Ещё ▶️");
    foreman.press("Ещё ▶️");
    const next = await foreman.waitFor((message) => message.message_id === list.message_id);
    expect(foreman.buttons(next).map((row) => row.join(" | ").slice(0, 23))).toEqual([
      "📝 СМ-2026-0002 · Дом 2 ".slice(0, 23),
      "📝 СМ-2026-0001 · Дом 1 ".slice(0, 23),
      "⏮ В начало",
    ]);
    foreman.press("⏮ В начало");
    await foreman.waitFor((message) => foreman.buttons(message).length === 9);
    foreman.press(foreman.buttons(list)[0]?.[0] ?? "");
    const card = await foreman.waitFor(/СМ-2026-0010 · черновик/);
    expect(card.message_id).toBe(list.message_id);
  });

  it("searches by a word typed after it, with pages", async () => {
    const foreman = await settleIn(newcomer());
    await addEstimate(foreman, "Гагарина 3");
    for (let index = 1; index <= 9; index += 1) await addEstimate(foreman, `Ленина ${index}`);
    foreman.press("📋 Сметы");
    await foreman.waitFor("Чтобы найти смету");
    foreman.sendText("ленина");
    const found = await foreman.waitFor("поиск «ленина»");
    expect(foreman.buttons(found)).toHaveLength(9);
    foreman.press("Ещё ▶️");
    await foreman.waitFor((message) => foreman.buttons(message).length === 2);
    foreman.sendText("гагарина");
    const one = await foreman.waitFor("поиск «гагарина»");
    expect(foreman.buttons(one)).toHaveLength(1);
    foreman.sendText("<b>нет такой</b>");
    await foreman.waitFor("По запросу «<b>нет такой</b>» смет не нашлось");
  });

  it("a list pasted while it waits for a word is a list", async () => {
    const foreman = await settleIn(newcomer());
    foreman.press("📋 Сметы");
    await foreman.waitFor("Смет пока нет");
    foreman.sendText("Стяжка 10 м2 900\nУборка 1 усл 2000");
    await foreman.waitFor("Создать смету из этого?");
    foreman.command("estimates");
    await foreman.waitFor("Смет пока нет");
    foreman.sendText("Штукатурка стен 120 м2 450");
    expect(await foreman.waitFor("Создать смету из этого?")).toBeDefined();
  });
});

describe("the card", () => {
  it("shows its lines in the chat where there is no Mini App", async () => {
    const { foreman, card } = await withEstimate("Стяжка 10 м2 900\nУборка <b>&</b> 1 усл 2000");
    foreman.press("✏️ Открыть");
    const lines = await foreman.waitFor("строки 1–2 из 2");
    expect(lines.message_id).toBe(card.message_id);
    expect(flat(lines)).toContain("1. Стяжка: 10 м² × 900,00 ₽ = 9 000,00 ₽");
    expect(flat(lines)).toContain("2. Уборка <b>&</b>: 1 усл × 2 000,00 ₽ = 2 000,00 ₽");
    foreman.press("⬅️ Назад");
    await foreman.waitFor(/СМ-2026-0001 · черновик/);
  });

  it("orders PDF and Excel and says that they come", async () => {
    const { foreman } = await withEstimate();
    for (const [label, format] of [
      ["📄 PDF", "pdf"],
      ["📊 Excel", "xlsx"],
    ] as const) {
      const press = foreman.press(label);
      await foreman.waitFor(/^Готовлю (PDF|Excel) сметы СМ-2026-0001/);
      expect((await press.answer()).text).toMatch(/^Готовлю/);
      await simulator.settle();
      const rows = await work.database.sql`
        select format, chat_id::int from documents where chat_id = ${foreman.id}
        order by created_at desc limit 1
      `;
      expect(rows).toEqual([{ format, chat_id: foreman.id }]);
    }
    expect(simulator.calls.of("sendChatAction").at(-1)?.parameters["action"]).toBe(
      "upload_document",
    );
  });

  it("of an estimate without lines makes no document", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    foreman.press("Пока без строк");
    await foreman.waitFor("СМ-2026-0001");
    expect((await foreman.press("📄 PDF").answer()).text).toContain("пока нет строк");
    foreman.press("📤 На согласование");
    await foreman.waitFor("⛔ В смете нет строк, которые входят в итог.");
  });

  it("has no link while it is a draft, and says what to do first", async () => {
    const { foreman } = await withEstimate();
    foreman.press("⋯ Ещё");
    await foreman.waitFor((message) => foreman.buttons(message).length > 3);
    expect((await foreman.press("🔗 Ссылка").answer()).text).toContain("нет адреса в интернете");
  });

  it("is copied once by two taps", async () => {
    const { foreman } = await withEstimate();
    const menu = await openMore(foreman);
    const data = dataOf(menu, "📑 Копия");
    simulator.updates.hold();
    const first = foreman.pressStale(data, menu);
    const second = foreman.pressStale(data, menu);
    simulator.updates.release();
    expect((await first.answer()).text).toBe("Это копия: СМ-2026-0002.");
    expect((await second.answer()).text).toContain("Здесь этого уже нет");
    expect(await countEstimates(foreman)).toBe(2);
    expect(flat(foreman.lastMessage() ?? {})).toContain("СМ-2026-0002 · черновик");
  });

  it("is removed with «Вернуть», however often one taps", async () => {
    const { foreman } = await withEstimate();
    const menu = await openMore(foreman);
    const remove = dataOf(menu, "🗑 Удалить");
    simulator.updates.hold();
    foreman.pressStale(remove, menu);
    foreman.pressStale(remove, menu);
    simulator.updates.release();
    await foreman.waitFor("Смета СМ-2026-0001 удалена");
    expect(await countEstimates(foreman)).toBe(0);
    foreman.press("Вернуть");
    await foreman.waitFor(/СМ-2026-0001 · черновик/);
    expect(await countEstimates(foreman)).toBe(1);
  });

  it("shows what was changed last", async () => {
    const { foreman } = await withEstimate();
    await openMore(foreman);
    foreman.press("🕘 История");
    const history = await foreman.waitFor("последние изменения");
    expect(history.text).toContain("• добавлена строка «Стяжка»\n• смета создана");
    foreman.press("⬅️ Назад");
    await foreman.waitFor(/СМ-2026-0001 · черновик/);
  });
});

async function openMore(foreman: Foreman) {
  foreman.press("⋯ Ещё");
  const menu = await foreman.waitFor((message) => foreman.buttons(message).length > 3);
  await simulator.settle();
  return foreman.messages().find(({ message_id }) => message_id === menu.message_id) ?? menu;
}

function dataOf(
  message: { reply_markup?: { inline_keyboard: { text: string; callback_data?: string }[][] } },
  label: string,
): string {
  const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
  const data = buttons.find(({ text }) => text.replaceAll("\u00a0", " ") === label)?.callback_data;
  if (data === undefined) throw new Error(`no button ${label}`);
  return data;
}

describe("the terms of an estimate", () => {
  it("a discount is set by a button, moved to works, and taken away", async () => {
    const { foreman } = await withEstimate("Стяжка 10 м2 900\nМатериалы:\nЦемент 10 меш 100");
    await openMore(foreman);
    foreman.press("🏷 Скидка");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("✏️ Другая"));
    foreman.press("10\u00a0%");
    const card = await foreman.waitFor("Скидка");
    expect(flat(card)).toContain("Скидка 10 %: −1 000,00 ₽");
    expect(flat(card)).toContain("ИТОГО 9 000,00 ₽");
    await openMore(foreman);
    foreman.press("🏷 Скидка");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("Без скидки"));
    foreman.press("Только на работы");
    expect(flat(await foreman.waitFor("на работы"))).toContain("Скидка 10 % на работы: −900,00 ₽");
    await openMore(foreman);
    foreman.press("🏷 Скидка");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("Без скидки"));
    foreman.press("Без скидки");
    expect(flat(await foreman.waitFor(/СМ-2026-0001/))).toContain("ИТОГО 10 000,00 ₽");
  });

  it("any discount is typed, and nonsense is explained", async () => {
    const { foreman } = await withEstimate();
    await openMore(foreman);
    foreman.press("🏷 Скидка");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("✏️ Другая"));
    foreman.press("✏️ Другая");
    await foreman.waitFor("Какая скидка?");
    for (const [wrong, reason] of [
      ["10", "Это проценты или рубли?"],
      ["150 %", "Слишком большое число"],
      ["-5", "Число не может быть меньше нуля"],
      ["много", "Это не похоже на число"],
      ["1e3 ₽", "Запись со степенью не понимаю"],
      ["∞", "Это не похоже на число"],
    ] as const) {
      foreman.sendText(wrong);
      await foreman.waitFor(reason);
    }
    foreman.sendText("12,5 %");
    expect(flat(await foreman.waitFor("Скидка"))).toContain("Скидка 12,5 %: −1 125,00 ₽");
  });

  it("VAT is chosen, on top or included", async () => {
    const { foreman } = await withEstimate("Работа 1 шт 100000");
    await openMore(foreman);
    foreman.press("🧾 НДС");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("Без НДС"));
    foreman.press("22\u00a0% в том числе");
    const card = await foreman.waitFor("в т. ч. НДС");
    expect(flat(card)).toContain("НДС 22 %: 18 032,79 ₽");
    expect(flat(card)).toContain("ИТОГО 100 000,00 ₽ · в т. ч. НДС 22 %");
  });

  it("the client is chosen or typed", async () => {
    const { foreman } = await withEstimate();
    await openMore(foreman);
    foreman.press("👤 Заказчик");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("Без заказчика"));
    foreman.press("➕ Новый заказчик");
    await foreman.waitFor("Кто заказчик?");
    foreman.sendText("ООО «Ромашка» +7 495 123-45-67");
    await foreman.waitFor("Ленина 12 · ООО «Ромашка»");
    await openMore(foreman);
    foreman.press("👤 Заказчик");
    await foreman.waitFor((message) => foreman.buttons(message).flat().includes("Без заказчика"));
    foreman.press("Без заказчика");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(card.text).not.toContain("Ромашка");
  });

  it("a press on what has changed since is refused, and the card is as it is", async () => {
    const { foreman } = await withEstimate();
    await openMore(foreman);
    foreman.press("🏷 Скидка");
    const menu = await foreman.waitFor((message) =>
      foreman.buttons(message).flat().includes("✏️ Другая"),
    );
    foreman.press("5\u00a0%");
    await foreman.waitFor("Скидка");
    await simulator.settle();
    const stale = foreman.pressStale(dataOf(menu, "10 %"), menu);
    expect((await stale.answer()).text).toContain("Смета изменилась");
    await simulator.settle();
    expect(flat(foreman.lastMessage() ?? {})).toContain("Скидка 5 %");
  });
});

describe("a link to an estimate", () => {
  it("opens nothing that is broken, gone or somebody else's", async () => {
    const { foreman } = await withEstimate();
    const stranger = await settleIn(newcomer("Чужой"));
    const [row] = await work.database.sql`
      select id from estimates join telegram_users on active_company_id = company_id
      where telegram_id = ${foreman.id}
    `;
    const hex = String(row?.["id"]).replaceAll("-", "");
    const packed = Buffer.from(hex, "hex").toString("base64url");
    stranger.start(`e_${packed}`);
    await stranger.waitFor("Смета не найдена. Возможно, её удалили.");
    stranger.start("e_short");
    await stranger.waitFor("Эта ссылка не открывается");
    const forged = stranger.pressStale(`e.card:${packed}`, stranger.lastMessage() ?? never());
    expect((await forged.answer()).text).toBe("Смета не найдена. Возможно, её удалили.");
    const edited = stranger.pressStale(`e.cut:${packed}:1:10`, stranger.lastMessage() ?? never());
    expect((await edited.answer()).text).toContain("не найдена");
    foreman.start(`e_${packed}`);
    await foreman.waitFor(/СМ-2026-0001 · черновик/);
  });
});

function never(): never {
  throw new Error("no message");
}
