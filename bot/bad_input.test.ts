import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../server/testing.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import {
  flat,
  demandNoSurprises,
  settleIn,
  startTestBot,
  TEST_TOKEN,
  TEST_USERNAME,
  type TestBot,
} from "./testing.ts";

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

/** The question that a chat waits at. */
async function stepOf(foreman: Foreman): Promise<unknown> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select steps ->> 'question' as step from chat_state where key = ${String(foreman.id)}
  `;
  return row?.["step"] ?? null;
}

/** Walks to questions of every kind; each ends with the question open. */
const walks: readonly (readonly [string, (foreman: Foreman) => Promise<void>])[] = [
  [
    "new_estimate.project",
    async (foreman) => {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
    },
  ],
  [
    "new_estimate.project_title",
    async (foreman) => {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
      foreman.press("➕ Новый объект");
      await foreman.waitFor("Напишите адрес");
    },
  ],
  [
    "new_estimate.client",
    async (foreman) => {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
      foreman.sendText("Ленина 12");
      await foreman.waitFor("Кто заказчик?");
    },
  ],
  [
    "new_estimate.lines",
    async (foreman) => {
      foreman.command("new");
      await foreman.waitFor("Для какого объекта смета?");
      foreman.press("Без объекта");
      await foreman.waitFor("Пришлите работы");
    },
  ],
  [
    "client.new",
    async (foreman) => {
      foreman.command("clients");
      await foreman.waitFor(/Клиент/);
      foreman.press("➕ Новый клиент");
      await foreman.waitFor("Кто это?");
    },
  ],
  [
    "company.inn",
    async (foreman) => {
      foreman.command("settings");
      await foreman.waitFor("Настройки");
      await simulator.settle();
      foreman.press("🏢 Компания");
      await foreman.waitFor("Полное название");
      await simulator.settle();
      foreman.press("ИНН");
      await foreman.waitFor("Напишите ИНН");
    },
  ],
  [
    "catalogue.new",
    async (foreman) => {
      foreman.command("catalogue");
      await foreman.waitFor("Расценок пока нет");
      foreman.press("➕ Новая расценка");
      await foreman.waitFor("Напишите название");
    },
  ],
];

describe("at every question", () => {
  for (const [step, walk] of walks) {
    it(`«${step}» commands, the menu and links work and end it`, async () => {
      const foreman = await settleIn(newcomer());
      const ways: readonly (readonly [() => void, string])[] = [
        [() => foreman.start(), "Здравствуйте"],
        [() => foreman.start("e_short"), "Эта ссылка не открывается"],
        [() => foreman.command("help"), "Как сделать смету"],
        [() => foreman.press("📋 Сметы"), "Смет пока нет"],
        [() => foreman.command("nonsense"), "Такой команды нет"],
      ];
      for (const [go, answer] of ways) {
        await walk(foreman);
        expect(await stepOf(foreman)).toBe(step);
        go();
        await foreman.waitFor(answer);
        expect(await stepOf(foreman)).not.toBe(step);
      }
      await walk(foreman);
      await simulator.settle();
      foreman.command("cancel");
      await foreman.waitFor((message) => message.text !== undefined);
      expect(await stepOf(foreman)).not.toBe(step);
    });

    it(`«${step}» voice, photo, sticker and place are named and change nothing`, async () => {
      const foreman = await settleIn(newcomer());
      await walk(foreman);
      await simulator.settle();
      for (const [send, kind] of [
        [() => foreman.sendVoice(), "голосовое сообщение"],
        [() => foreman.sendPhoto(), "фото"],
        [() => foreman.sendSticker(), "стикер"],
        [() => foreman.sendLocation(55, 37), "геопозиция"],
        [() => foreman.sendAlbum({ count: 3 }), "фото"],
      ] as const) {
        send();
        const answer = await foreman.waitFor(`Пришло: ${kind}. А я жду`);
        expect(answer.text).toMatch(/Остановиться — \/cancel/);
        expect(await stepOf(foreman)).toBe(step);
      }
    });
  }
});

describe("numbers", () => {
  const cases: readonly (readonly [string, RegExp])[] = [
    ["12,5", /^12,50 ₽/m],
    ["12.5", /^12,50 ₽/m],
    ["12 500", /^12 500,00 ₽/m],
    ["12\u00a0500", /^12 500,00 ₽/m],
    ["1 234,56", /^1 234,56 ₽/m],
    ["0", /^0,00 ₽/m],
    ["-5", /Число не может быть меньше нуля/],
    ["1e3", /Запись со степенью не понимаю/],
    ["∞", /Это не похоже на число/],
    ["12 м2", /Здесь нужно только число/],
    ["10^12", /Запись со степенью не понимаю/],
    ["1000000000000", /Слишком большое число/],
    ["12abc", /Здесь нужно только число/],
    ["Infinity", /Это не похоже на число/],
  ];

  it("in the field of a price are exact or refused in words", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("catalogue");
    await foreman.waitFor("Расценок пока нет");
    foreman.press("➕ Новая расценка");
    await foreman.waitFor("Напишите название");
    foreman.sendText("Штукатурка стен м2 450");
    await foreman.waitFor("за м²");
    for (const [typed, answer] of cases) {
      await simulator.settle();
      foreman.press("💰 Цена");
      await foreman.waitFor("Напишите новую цену");
      await simulator.settle();
      foreman.sendText(typed);
      const message = await foreman.waitFor((each) => answer.test(flat(each)));
      if (/₽ за м²/.test(flat(message))) continue;
      expect(await stepOf(foreman)).toBe("catalogue.price");
      foreman.command("cancel");
      await foreman.waitFor("за м²");
    }
  });

  it("in a list are exact or named with the reason", async () => {
    const foreman = await settleIn(newcomer());
    foreman.sendText(
      ["Стяжка 12,5 м2 900", "Плитка 1 234,56 м2 1 000", "Работа ∞ шт 5"].join("\n"),
    );
    const preview = await foreman.waitFor("Понятно");
    expect(flat(preview)).toContain("12,5 м² × 900,00 = 11 250,00 ₽");
    expect(flat(preview)).toContain("1 234,56 м² × 1 000,00 = 1 234 560,00 ₽");
    expect(flat(preview)).toContain("∞");
  });
});

describe("texts", () => {
  it("with markup, odd letters and control characters are kept as they are shown", async () => {
    const foreman = await settleIn(newcomer());
    const odd = [
      ["<b>жир</b> & <script>", "<b>жир</b> & <script>"],
      ["*_~`[x](y)||", "*_~`[x](y)||"],
      ["Дом 👨‍👩‍👧 🏗", "Дом 👨‍👩‍👧 🏗"],
      ["שלום مرحبا", "שלום مرحبا"],
      ["нуль\u0000внутри", "нульвнутри"],
      ["половина \ud83d пары", "половина  пары".replace(/\s+/g, " ")],
    ] as const;
    for (const [typed, shown] of odd) {
      foreman.command("projects");
      await foreman.waitFor(/Объект/);
      await simulator.settle();
      foreman.press("➕ Новый объект");
      await foreman.waitFor("Напишите адрес");
      await simulator.settle();
      foreman.sendText(typed, { isRaw: true });
      const card = await foreman.waitFor("заказчик не указан");
      expect(card.text?.split("\n")[0]).toBe(shown);
    }
  });

  it("of spaces only are no answer", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("projects");
    await foreman.waitFor(/Объект/);
    foreman.press("➕ Новый объект");
    await foreman.waitFor("Напишите адрес");
    await simulator.settle();
    foreman.sendText(" \u00a0 \u200b ", { isRaw: true });
    await foreman.waitFor("Пришло: пустое сообщение. А я жду адрес или название объекта");
    expect(await stepOf(foreman)).toBe("project.new");
  });

  it("of 4 097 characters arrive in two parts and lose nothing that is understood", async () => {
    const foreman = await settleIn(newcomer());
    const rows = Array.from({ length: 130 }, (_, index) => `Работа номер ${index + 1}: 10 м2 900`);
    const text = rows.join("\n").padEnd(4097, "\n");
    foreman.sendText(`${text.slice(0, 4090)}\nСтяжка 1 м2 900`);
    expect(await foreman.waitFor(/Понятно: (131|130|132) /)).toBeDefined();
  });

  it("a name in Telegram with markup harms nothing", async () => {
    const foreman = await settleIn(simulator.person({ firstName: "<b>Боб</b>\u0000&" }));
    foreman.start();
    expect(await foreman.waitFor("Здравствуйте, <b>Боб</b>&!")).toBeDefined();
  });
});

describe("a payload of /start", () => {
  it("of any kind is answered in words", async () => {
    const foreman = await settleIn(newcomer());
    for (const payload of ["x".repeat(64), "join_", "e_", `e_${"A".repeat(62)}`, "inline", "☃"]) {
      foreman.start(payload);
      expect(
        await foreman.waitFor(/Здравствуйте|приглашение недействительно|не открывается|не найдена/),
      ).toBeDefined();
    }
  });
});

describe("a button", () => {
  it("that is forged or from nowhere is answered and touches nothing", async () => {
    const foreman = await settleIn(newcomer());
    const message = foreman.lastMessage();
    if (!message) throw new Error("no message");
    for (const [data, answer] of [
      ["nonsense", "Эта кнопка устарела"],
      ["e.card", "Эта кнопка не читается"],
      ["e.card:short", "Эта кнопка не читается"],
      ["e.card:AAAAAAAAAAAAAAAAAAAAAA:1", "Эта кнопка не читается"],
      ["e.cut:AZrxjR1mcAC0AAAAAAAAAA:1:99", "Эта кнопка не читается"],
      ["e.card:AZrxjR1mcAC0AAAAAAAAAA", "не найдена"],
      ["c.card:AZrxjR1mcAC0AAAAAAAAAA", "не найдена"],
      ["p.card:AZrxjR1mcAC0AAAAAAAAAA", "не найдена"],
      ["l.add:AZrxjR1mcAC0AAAAAAAAAA", "Этого списка здесь уже нет"],
      ["t.done:AZrxjR1mcAC0AAAAAAAAAA", "Эта таблица здесь больше не ждёт"],
      ["q:cancel", "Этот вопрос уже закрыт"],
      ["q:=new", "Этот вопрос уже закрыт"],
      ["c.keep", "Этого контакта здесь уже нет"],
      ["e.list:rbeetle:all", "Эта страница списка устарела"],
      ["e.list:rжук:all", "Эта кнопка не читается"],
    ] as const) {
      const press = foreman.pressStale(data, message);
      expect(`${data}: ${(await press.answer()).text}`).toContain(answer);
    }
  });

  it("of an older question does not answer the one that is open", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    const first = await foreman.waitFor("Для какого объекта смета?");
    foreman.command("new");
    await foreman.waitFor("Для какого объекта смета?");
    await simulator.settle();
    const press = foreman.pressStale("q:=none", first);
    expect((await press.answer()).text).toContain("Этот вопрос уже закрыт");
    expect(await stepOf(foreman)).toBe("new_estimate.project");
  });
});
