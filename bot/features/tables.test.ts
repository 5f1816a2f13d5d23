import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTableReader, type TableReader } from "../../server/imports/table_reader.ts";
import { makeWorkbook } from "../../server/imports/testing_files.ts";
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
let tables: TableReader;

beforeAll(async () => {
  tables = createTableReader();
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url, tables });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  demandNoSurprises(simulator.calls);
  await bot.stop();
  await simulator.close();
  await work.close();
  await tables.close();
});

function newcomer(firstName = "Алексей") {
  return simulator.person({ firstName });
}

type Foreman = ReturnType<typeof newcomer>;

const CSV = [
  "Наименование;Ед. изм.;Кол-во;Цена;Сумма",
  "Демонтаж плитки;м2;22;350;7700",
  "Укладка плитки;м2;22;2200;48400",
  "Непонятная работа;м2;;;",
].join("\r\n");

function sendCsv(foreman: Foreman, text: string, name = "смета.csv") {
  return foreman.sendDocument({ bytes: new TextEncoder().encode(text), name });
}

async function countLines(foreman: Foreman): Promise<number> {
  await simulator.settle();
  const [row] = await work.database.sql`
    select count(*)::int as count from estimate_lines
    join telegram_users on active_company_id = company_id
    where telegram_id = ${foreman.id}
  `;
  return Number(row?.["count"]);
}

describe("a table", () => {
  it("sent outside any question offers an estimate", async () => {
    const foreman = await settleIn(newcomer());
    sendCsv(foreman, CSV);
    const offer = await foreman.waitFor("Создать смету из этого?");
    expect(flat(offer)).toContain("1. Демонтаж плитки — 22 м² × 350,00 = 7 700,00 ₽");
    expect(flat(offer)).toContain("Непонятная работа");
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Список сохранён");
    foreman.press("Без объекта");
    await foreman.waitFor("Понятно");
    foreman.press(foreman.buttons().flat()[0] ?? "");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(flat(card)).toContain("ИТОГО 56 100,00 ₽");
  });

  it("whose columns are not clear asks about them once", async () => {
    const foreman = await settleIn(newcomer());
    const strange = "яя;бб;вв;гг\nСтяжка;900;10;м2\nШпатлёвка;450;20;м2\nГрунтовка;50;30;м2";
    sendCsv(foreman, strange);
    const columns = await foreman.waitFor("Проверьте, что в каких столбцах");
    expect(foreman.buttons(columns)).toEqual([
      ["Название", "Количество"],
      ["Единица", "Цена"],
      ["Сумма"],
      ["✅ Столбцы верны", "✖️ Отмена"],
    ]);
    for (const [role, column] of [
      ["Название", "A: яя"],
      ["Цена", "B: бб"],
      ["Количество", "C: вв"],
      ["Единица", "D: гг"],
    ] as const) {
      foreman.press(role);
      await foreman.waitFor(`В каком столбце ${role.toLowerCase()}?`);
      foreman.press(column);
      await foreman.waitFor("Проверьте");
    }
    foreman.press("✅ Столбцы верны");
    const preview = await foreman.waitFor("Создать смету из этого?");
    expect(flat(preview)).toContain("Стяжка — 10 м² × 900,00 = 9 000,00 ₽");
    sendCsv(foreman, strange.replace("900", "950"));
    await foreman.waitFor((message) => flat(message).includes("10 м² × 950,00 = 9 500,00 ₽"));
  });

  it("goes into an estimate that waits for lines", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    sendCsv(foreman, CSV);
    await foreman.waitFor("Понятно");
    foreman.press(foreman.buttons().flat()[0] ?? "");
    await foreman.waitFor(/СМ-2026-0001/);
    expect(await countLines(foreman)).toBeGreaterThanOrEqual(2);
  });

  it("that Telegram does not give now is asked for again", async () => {
    const foreman = await settleIn(newcomer());
    simulator.faults.next("getFile", {
      kind: "refuse",
      code: 400,
      description: "Bad Request: file is too big",
    });
    sendCsv(foreman, CSV);
    const answer = await foreman.waitFor("Файл больше 20 МБ");
    expect(answer.text).toContain("пришлите ещё раз");
  });

  it("that can't be read is named so, and the question stays", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("new");
    await foreman.waitFor("Для какого объекта");
    foreman.press("Без объекта");
    await foreman.waitFor("Пришлите работы");
    foreman.sendDocument({
      bytes: new Uint8Array([0x50, 0x4b, 3, 4, 1, 2, 3]),
      name: "смета.xlsx",
    });
    await foreman.waitFor("Файл повреждён");
    foreman.sendDocument({ bytes: new TextEncoder().encode("%PDF-1.7"), name: "смета.pdf" });
    await foreman.waitFor("Это PDF");
    foreman.sendDocument({ bytes: new Uint8Array(20_500_000), name: "большая.xlsx" });
    await foreman.waitFor("20 МБ");
    foreman.sendVoice({ bytes: new Uint8Array(20_500_000) });
    await foreman.waitFor("голосовое сообщение");
    sendCsv(foreman, ";;\n;;\n");
    await foreman.waitFor("В файле нет ни одной заполненной строки");
    foreman.sendText("Стяжка 10 м2 900");
    expect(await foreman.waitFor("Понятно: 1 строка")).toBeDefined();
  });
});

describe("a price list", () => {
  it("sent to «💰 Расценки» is shown and loaded", async () => {
    const foreman = await settleIn(newcomer());
    foreman.command("catalogue");
    await foreman.waitFor("Расценок пока нет");
    sendCsv(
      foreman,
      "Наименование;Ед. изм.;Цена\nШтукатурка стен;м2;450\nСтяжка;м2;900\nБез цены;м2;",
      "прайс.csv",
    );
    const preview = await foreman.waitFor("Понятно: 2 расценки");
    expect(flat(preview)).toContain("• Штукатурка стен · 450 ₽/м²");
    expect(flat(preview)).toContain("Не понятно строк: 1");
    foreman.press("✅ Загрузить 2 расценки");
    await foreman.waitFor("Готово. Новых расценок: 2, обновлено: 0.");
    foreman.command("catalogue");
    const list = await foreman.waitFor("Чтобы загрузить свой прайс");
    expect(foreman.buttons(list).map((row) => flat({ text: row[0] ?? "" }))).toEqual([
      "Стяжка · 900 ₽/м²",
      "Штукатурка стен · 450 ₽/м²",
      "➕ Новая расценка",
    ]);
  });
});

describe("a workbook of Excel", () => {
  const money = (value: number) => ({ value, type: Number, format: "#,##0.00" }) as const;

  it("becomes an estimate with its sections and figures, to the kopeck", async () => {
    const foreman = await settleIn(newcomer());
    const bytes = await makeWorkbook(
      { name: "Титул", data: [["ООО «Ромашка»"], ["Смета на ремонт санузла"]] },
      {
        name: "Смета",
        data: [
          ["№", "Наименование работ", "Ед. изм.", "Кол-во", "Цена, руб.", "Сумма, руб."],
          ["Демонтаж"],
          [1, "Демонтаж плитки", "м2", 22.5, money(350), money(7875)],
          ["Чистовые работы"],
          [2, "Укладка плитки", "м2", 22.5, money(2200.1), money(49502.25)],
          [3, "Затирка швов", "м2", 22.5, money(199.99), money(4499.78)],
          [null, "ИТОГО", null, null, null, money(61877.03)],
        ],
      },
    );
    foreman.sendDocument({ bytes, name: "Смета санузел.xlsx" });
    const offer = await foreman.waitFor("Создать смету из этого?");
    expect(flat(offer)).toContain("Укладка плитки — 22,5 м² × 2 200,10 = 49 502,25 ₽");
    foreman.press("✅ Создать смету");
    await foreman.waitFor("Список сохранён");
    foreman.press("Без объекта");
    await foreman.waitFor("Понятно: 3 строки");
    foreman.press("✅ Добавить 3 строки");
    const card = await foreman.waitFor(/СМ-2026-0001/);
    expect(flat(card)).toContain("ИТОГО 61 877,03 ₽");
    await simulator.settle();
    const lines = await work.database.sql`
      select estimate_sections.title as section, name, quantity::text, price::text, unit
      from estimate_lines
      join telegram_users on active_company_id = estimate_lines.company_id
      join estimate_sections
        on estimate_sections.company_id = estimate_lines.company_id
        and estimate_sections.id = estimate_lines.section_id
      where telegram_id = ${foreman.id}
      order by estimate_sections.position, estimate_lines.position
    `;
    expect([...lines].map((line) => Object.values(line).join("|"))).toEqual([
      "Демонтаж|Демонтаж плитки|22.5000000|350.00|м²",
      "Чистовые работы|Укладка плитки|22.5000000|2200.10|м²",
      "Чистовые работы|Затирка швов|22.5000000|199.99|м²",
    ]);
  });

  it("becomes prices, whatever the order of its columns, and the next one new prices", async () => {
    const foreman = await settleIn(newcomer());
    const priceList = (plaster: number) =>
      makeWorkbook({
        name: "Прайс",
        data: [
          ["Прайс-лист бригады", null, null],
          ["Цена", "Ед.", "Наименование"],
          [money(plaster), "м2", "Штукатурка стен"],
          [money(900), "м2", "Стяжка"],
          [null, "м2", "Договорная работа"],
        ],
      });
    foreman.command("catalogue");
    await foreman.waitFor("Расценок пока нет");
    foreman.sendDocument({ bytes: await priceList(450.5), name: "прайс.xlsx" });
    const preview = await foreman.waitFor("Понятно: 2 расценки");
    expect(flat(preview)).toContain("• Штукатурка стен · 450,50 ₽/м²");
    expect(flat(preview)).toContain("Не понятно строк: 1");
    foreman.press("✅ Загрузить 2 расценки");
    await foreman.waitFor("Готово. Новых расценок: 2, обновлено: 0.");
    foreman.command("catalogue");
    await foreman.waitFor("Чтобы загрузить свой прайс");
    foreman.sendDocument({ bytes: await priceList(500), name: "прайс новый.xlsx" });
    await foreman.waitFor("Понятно: 2 расценки");
    foreman.press("✅ Загрузить 2 расценки");
    await foreman.waitFor(/Готово\. Новых расценок: 0, обновлено: 1\./);
    foreman.command("catalogue");
    const list = await foreman.waitFor("Чтобы загрузить свой прайс");
    expect(foreman.buttons(list).map((row) => flat({ text: row[0] ?? "" }))).toEqual([
      "Стяжка · 900 ₽/м²",
      "Штукатурка стен · 500 ₽/м²",
      "➕ Новая расценка",
    ]);
  });
});
