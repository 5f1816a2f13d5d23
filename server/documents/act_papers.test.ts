import { readSheet } from "read-excel-file/node";
import { describe, expect, test } from "vitest";
import { computeActPart } from "../../domain/acceptance.ts";
import type { ActPart } from "../../domain/acts.ts";
import type { Day } from "../../domain/calendar.ts";
import { add, formatMoney, kopecks } from "../../domain/money.ts";
import { formatAmountRu } from "../../domain/numbers_ru.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { totalsOf } from "../../domain/estimate/totals.ts";
import type { VatMode } from "../../domain/vat.ts";
import {
  type ActDocument,
  buildActDocument,
  readActDocument,
  writeActDocument,
} from "./act_document.ts";
import { renderActPdf } from "./pdf.ts";
import { BATHROOM, COMPANY, makeContent, makeLong, percent, SECRET } from "./testing_documents.ts";
import { readPdf } from "./testing_pdf.ts";
import { renderActXlsx } from "./xlsx_act.ts";

const DATE = "2026-11-22" as Day;
const ON_TOP: VatMode = { kind: "on_top", rate: "standard" };
const NONE: VatMode = { kind: "none", ground: "usn" };

/** Of the forms that Госкомстат approved on 11.11.1999, № 100. */
const COLUMNS = {
  ks2: [
    "Номер по порядку",
    "Номер позиции по смете",
    "Наименование работ",
    "Номер единичной расценки",
    "Единица измерения",
    "Выполнено: количество",
    "Выполнено: цена за единицу, руб.",
    "Выполнено: стоимость, руб.",
  ],
  ks3: [
    "Номер по порядку",
    "Наименование пусковых комплексов, этапов, объектов, видов выполненных работ, оборудования, затрат",
    "Код",
    "Стоимость, руб.: с начала проведения работ",
    "Стоимость, руб.: с начала года",
    "Стоимость, руб.: в том числе за отчётный период",
  ],
} as const;

/** The second act of a bathroom, half of everything, and of extra work, all of it. */
function makeAct(vat: VatMode = ON_TOP, status: ActDocument["status"] = "signed") {
  const content = makeContent(BATHROOM, { vat, date: DATE }, [
    { title: "Транспорт", percent: percent("5"), base: "materials", isHidden: false },
    { title: SECRET, percent: percent("10"), base: "works", isHidden: true },
  ]);
  const extra = makeContent([{ title: null, lines: [["Штробление", "12", "м", "450"]] }], {
    vat,
    date: DATE,
  });
  const estimate = { estimateId: idOf(1), number: "СМ-2026-0001", title: "", content };
  const half = new Map(
    [...content.lines.values()].map(({ id, quantity }) => [id, (quantity / 2n) as Quantity]),
  );
  const bill = (before: readonly ActPart[]) =>
    computeActPart(estimate, half, { before, vat, date: DATE });
  const first = bill([]);
  const addition = {
    estimateId: idOf(2),
    number: "СМ-2026-0001/Д1",
    title: "Розетки",
    content: extra,
  };
  const all = new Map([...extra.lines.values()].map(({ id, quantity }) => [id, quantity]));
  const parts = [bill([first]), computeActPart(addition, all, { before: [], vat, date: DATE })];
  const document = buildActDocument({
    company: COMPANY,
    client: {
      name: "Иван Сергеевич Петров",
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: SECRET,
    },
    project: {
      title: "Ленина 12, кв. 5",
      address: "Москва, ул. Ленина, д. 12",
      clientId: null,
      note: SECRET,
    },
    act: {
      number: 2,
      status,
      date: DATE,
      periodFrom: "2026-11-01" as Day,
      periodTo: DATE,
      acceptedBy: "Петров И. С.",
    },
    contract: { number: "СМ-2026-0001", date: "2026-10-01" as Day },
    parts,
    before: [{ date: "2025-12-20" as Day, parts: [first] }],
    money: {
      agreed: add(totalsOf(content).total, totalsOf(extra).total),
      received: kopecks(5_000_000n),
    },
  });
  return { document, parts, first };
}

function idOf(number: number): string {
  return `0192aaaa-0000-7000-8000-00000000000${number}`;
}

async function print(form: "ks2" | "ks3", act: ActDocument) {
  const pages = await readPdf(await renderActPdf({ form, act }));
  return {
    pages,
    all: pages
      .map(({ text }) => text)
      .join("\n")
      .replace(/\s/g, ""),
  };
}

const squeeze = (text: string) => text.replace(/\s/g, "");

describe("КС-2", () => {
  test("has the official columns, every line, VAT of the day and the sums of the act", async () => {
    const { document, parts } = makeAct();
    const { all } = await print("ks2", document);
    for (const text of [
      "Унифицированная форма № КС-2",
      "Форма по ОКУД 0322005",
      "АКТ О ПРИЁМКЕ ВЫПОЛНЕННЫХ РАБОТ",
      "Номер по порядку",
      "Номер позиции по смете",
      "Наименование работ",
      "Номер единичной расценки",
      "Единица измерения",
      "ИП Соколов Андрей Викторович",
      "Иван Сергеевич Петров",
      "Договор подряда (контракт)",
      "Отчётный период с",
      "01.11.2026",
      "Доп. работа № СМ-2026-0001/Д1: Розетки",
      "Транспорт",
      "НДС 22 %",
      "Сдал",
      "Принял",
      "Петров И. С.",
      "оплачено 50 000,00 ₽",
    ]) {
      expect([text, all.includes(squeeze(text))]).toEqual([text, true]);
    }
    for (const { name, amount } of parts.flatMap((part) => part.lines)) {
      expect(all).toContain(squeeze(name));
      expect(all).toContain(squeeze(formatAmountRu(amount)));
    }
    expect(all).toContain(squeeze(`Всего по акту${formatAmountRu(document.total)}`));
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain("ЧЕРНОВИК");
  });

  test("says why there is no VAT, and that it is a draft or cancelled", async () => {
    const draft = await print("ks2", makeAct(NONE, "draft").document);
    expect(draft.all).toContain(squeeze("Без НДС (УСН, освобождение по ст. 145 НК РФ)"));
    expect(draft.all).toContain("ЧЕРНОВИК");
    expect(draft.all).not.toContain(squeeze("НДС 22"));
    expect((await print("ks2", makeAct(NONE, "cancelled").document)).all).toContain("ОТМЕНЁН");
  });

  test("prints a long act on many pages with its head on each", async () => {
    const content = makeContent(makeLong(160));
    const taken = new Map([...content.lines.values()].map(({ id, quantity }) => [id, quantity]));
    const part = { estimateId: idOf(1), number: "СМ-1", title: "", content };
    const parts = [computeActPart(part, taken, { before: [], vat: NONE, date: DATE })];
    const { pages } = await print("ks2", { ...makeAct(NONE).document, parts });
    expect(pages.length).toBeGreaterThan(3);
    for (const [index, { text, pieces, width }] of pages.entries()) {
      expect(squeeze(text)).toContain(`Страница${index + 1}из${pages.length}`);
      expect(pieces.filter(({ x, width: wide }) => x < 30 || x + wide > width - 30)).toEqual([]);
    }
    for (const { text } of pages.slice(0, -1)) expect(squeeze(text)).toContain("Наименованиеработ");
  });
});

describe("КС-3", () => {
  test("sums since the start, since the new year and of the period, without VAT", async () => {
    const { document, parts, first } = makeAct();
    const { all } = await print("ks3", document);
    const now = add(...parts.map(({ net }) => net));
    const [estimate] = document.costs;
    expect(estimate).toMatchObject({
      sinceStart: add(first.net, parts[0]?.net ?? kopecks(0n)),
      sinceYear: parts[0]?.net,
      now: parts[0]?.net,
    });
    for (const text of [
      "Форма по ОКУД 0322001",
      "СПРАВКА О СТОИМОСТИ ВЫПОЛНЕННЫХ РАБОТ И ЗАТРАТ",
      "с начала проведения работ",
      "с начала года",
      "в том числе за отчётный период",
      `Итого${formatAmountRu(now)}`,
      "Сумма НДС (22 %)",
      `Всего с учётом НДС${formatAmountRu(document.total)}`,
      formatAmountRu(add(now, first.net)),
    ]) {
      expect([text, all.includes(squeeze(text))]).toEqual([text, true]);
    }
    expect(all).not.toContain(SECRET);
  });

  test("takes VAT out of prices that hold it", () => {
    const { document } = makeAct({ kind: "included", rate: "standard" });
    const vat = add(...document.vat.map(({ amount }) => amount));
    expect(add(document.net, vat)).toBe(document.total);
    expect(vat).toBeGreaterThan(0n);
  });
});

describe("the workbook of an act", () => {
  test.each(["ks2", "ks3"] as const)("%s has the figures of the paper as numbers", async (form) => {
    const { document, parts } = makeAct();
    const rows = await readSheet(Buffer.from(await renderActXlsx({ form, act: document })));
    const last = form === "ks2" ? 7 : 5;
    const rowOf = (label: string) => rows.find((row) => row[0] === label)?.[last];
    const label = form === "ks2" ? "Всего по акту" : "Всего с учётом НДС";
    expect(rowOf(label)).toBe(Number(formatMoney(document.total)));
    expect(JSON.stringify(rows)).not.toContain(SECRET);
    if (form === "ks3") return;
    for (const { name, amount, price } of parts.flatMap((part) => part.lines)) {
      const row = rows.find((found) => found[2] === name);
      expect(row?.slice(6, 8)).toEqual([Number(formatMoney(price)), Number(formatMoney(amount))]);
    }
  });
});

describe.each(["ks2", "ks3"] as const)("the official columns of %s", (form) => {
  test("stand in their order in the PDF and in the workbook", async () => {
    const { document } = makeAct();
    const { all } = await print(form, document);
    const places = COLUMNS[form].map((title) => all.indexOf(squeeze(title)));
    expect(places).not.toContain(-1);
    expect(places).toEqual(places.toSorted((one, other) => one - other));
    const rows = await readSheet(Buffer.from(await renderActXlsx({ form, act: document })));
    const [first] = COLUMNS[form];
    expect(rows.find((row) => row[0] === first)).toEqual(COLUMNS[form]);
  });
});

describe("what is kept of a signed act", () => {
  test("reads as it was written, and is the same text again", () => {
    const { document } = makeAct();
    const written = writeActDocument(document);
    expect(readActDocument(written)).toEqual(document);
    expect(writeActDocument(readActDocument(written))).toBe(written);
    expect(written).not.toContain(SECRET);
    expect(() => readActDocument(written.replace('"format"', '"formats"'))).toThrow(/format/);
  });
});
