import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Content } from "../../domain/estimate/estimate.ts";
import { formatAmountRu, formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { EstimateDocument, EstimateDocumentSource } from "./estimate_document.ts";
import { renderPdf } from "./pdf.ts";
import { printTexts } from "./pdf_text.ts";
import {
  BATHROOM,
  COMPANY,
  makeContent,
  makeDocument,
  makeLong,
  money,
  percent,
  SECRET,
  type SectionSample,
  withFields,
} from "./testing_documents.ts";
import { type PrintedPage, readPdf } from "./testing_pdf.ts";
import { someContent } from "./testing_random.ts";

const MARK = "ЧЕРНОВИК";

async function print(
  content: Content,
  fields: Partial<EstimateDocumentSource> = {},
): Promise<{ document: EstimateDocument; pages: PrintedPage[]; all: string }> {
  const document = makeDocument(content, fields);
  const pages = await readPdf(await renderPdf(document));
  return { document, pages, all: squeeze(pages.map(({ text }) => text).join("\n")) };
}

/** Where lines are broken and how wide spaces are is not the matter of most tests. */
function squeeze(text: string): string {
  return text.replace(/\s/g, "");
}

function firstAndLast(pages: readonly PrintedPage[]): string[] {
  return [pages[0], pages.at(-1)].map((page) => squeeze(page?.text ?? ""));
}

/** The watermark is turned and reaches over everything. */
function piecesOf(page: PrintedPage) {
  return page.pieces.filter(({ text }) => text.trim() !== "" && text !== MARK);
}

function findOutside(page: PrintedPage) {
  return piecesOf(page).filter(
    ({ x, y, width }) => x < 30 || x + width > page.width - 30 || y < 15 || y > page.height - 30,
  );
}

function expectInsidePages(pages: readonly PrintedPage[]): void {
  expect(pages.flatMap(findOutside)).toEqual([]);
}

function findMissing(all: string, texts: readonly string[]): string[] {
  return texts.filter((text) => !all.includes(squeeze(text)));
}

describe("the printed estimate", () => {
  test("shows who, for whom, where, when and how much", async () => {
    const { pages, all } = await print(makeContent(BATHROOM));
    expect(
      findMissing(all, [
        "ИП Соколов Андрей Викторович",
        "ИНН 500100732259",
        "ОГРНИП 319774600123456",
        "р/с 40802810900001234567",
        "БИК 044525974",
        "к/с 30101810145250000974",
        "Смета № СМ-2026-0001",
        "Ремонт ванной",
        "от 22 ноября 2026 г.",
        "действительна до 22 декабря 2026 г.",
        "цена твёрдая",
        "Иван Сергеевич Петров",
        "Москва, ул. Ленина, д. 12, кв. 5",
        "Работы170 270,00 ₽",
        "Материалы27 768,00 ₽",
        "Итого: Черновые работы54 955,00",
        "Сто девяносто восемь тысяч тридцать восемь рублей 00 копеек",
        "Без НДС (УСН, освобождение по ст. 145 НК РФ)",
        "Подрядчик",
        "Заказчик",
        "Соколов А. В.",
        "М.П.",
        "редакция 1",
        "правила расчёта 1",
        "Ёмкость гидроизоляции",
        "м²",
      ]),
    ).toEqual([]);
    for (const page of firstAndLast(pages)) expect(page).toContain("198038,00₽");
  });

  test("has every line with its figures, as the domain computes them", async () => {
    const { document, all } = await print(makeContent(BATHROOM));
    for (const { index, name, unit, price, amount } of document.sections.flatMap((s) => s.lines)) {
      expect(all).toContain(squeeze(`${index}${name}${unit}`));
      expect(all).toContain(squeeze(`${formatAmountRu(price)}${formatAmountRu(amount)}`));
    }
  });

  test("leaves no holes where requisites are absent", async () => {
    const bare = { ...COMPANY, fullName: "", inn: "", ogrn: "", address: "", phone: "", email: "" };
    const company = {
      ...bare,
      bankName: "",
      bankBik: "",
      bankAccount: "",
      bankCorrespondentAccount: "",
    };
    const { all } = await print(makeContent(BATHROOM), { company, client: null, project: null });
    expect(all).toContain("Соколовисыновья");
    expect(all).not.toMatch(/ИНН|ОГРН|БИК|р\/с|Банковскиереквизиты|Объект|··/);
  });

  test("says on every page that it is a draft, unless it is approved", async () => {
    const draft = await print(makeContent(makeLong(60)), { status: "draft" });
    expect(draft.pages.length).toBeGreaterThan(1);
    for (const page of draft.pages) expect(page.text).toContain(MARK);
    const submitted = await print(makeContent(BATHROOM), { status: "submitted" });
    expect(submitted.all).toContain("НАСОГЛАСОВАНИИ");
    const approved = await print(makeContent(BATHROOM));
    expect(approved.all).not.toContain(MARK);
  });

  test("shows the discount and VAT on top", async () => {
    const { all } = await print(
      makeContent(
        BATHROOM,
        {
          vat: { kind: "on_top", rate: "standard" },
          discount: { kind: "percent", percent: percent("5"), base: "works" },
        },
        [{ title: "Доставка", percent: percent("3.5"), base: "materials", isHidden: false }],
      ),
    );
    expect(
      findMissing(all, [
        "Доставка, 3,5 % от материалов971,88 ₽",
        "Всего до скидки199 009,88 ₽",
        "Скидка 5 % на работы−8 513,50 ₽",
        "Итого без НДС190 496,38 ₽",
        "НДС 22 %41 909,20 ₽",
        "ИТОГО232 405,58 ₽",
        "без НДС",
      ]),
    ).toEqual([]);
  });

  test("names VAT inside the total", async () => {
    const { all } = await print(makeContent(BATHROOM, { vat: { kind: "included", rate: "7" } }));
    expect(all).toContain(squeeze("в том числе НДС 7 %12 955,76 ₽"));
  });

  test("lists unchosen options apart from the total", async () => {
    const option = withFields(["Тёплый пол", "10", "м²", "500"], { isOptional: true });
    const { all } = await print(
      makeContent([{ title: "Полы", lines: [["Ламинат", "10", "м²", "100"], option] }]),
    );
    expect(all).toMatch(/ИТОГО1000,00₽.*Пожеланию,витогневходят.*Тёплыйпол.*5000,00/);
  });

  test("prints terms, warranty and notes with their paragraphs", async () => {
    const { all } = await print(
      makeContent(BATHROOM, {
        paymentTerms: "1. Аванс 30 %.\n2. Остальное по акту.",
        warranty: "24 месяца",
        note: "Мусор вывозит подрядчик",
      }),
    );
    expect(
      findMissing(all, [
        "Порядок оплаты1. Аванс 30 %.2. Остальное по акту.",
        "Гарантия24 месяца",
        "ПримечаниеМусор вывозит подрядчик",
      ]),
    ).toEqual([]);
  });

  test("has a place for the check of the version", async () => {
    const url = "https://smetka.example/v/3a7bd3e2360a3d29";
    const verification = { url, hash: "3a7bd3e2360a3d29eea436fcfb7e44c7" };
    const { all } = await print(makeContent(BATHROOM), { verification });
    expect(all).toContain(url);
    expect(all).toContain(`SHA-256${verification.hash}`);
  });

  test("is the same file each time", async () => {
    const document = makeDocument(makeContent(BATHROOM));
    const [first, second] = [await renderPdf(document), await renderPdf(document)];
    expect(Buffer.compare(first, second)).toBe(0);
  });
});

describe("unusual content in print", () => {
  const cases: [string, SectionSample[], string][] = [
    ["no lines", [], "Строкпоканет"],
    ["one line", [{ title: null, lines: [["Уборка", "1", "усл", "1"]] }], "1Уборкаусл11,001,00"],
    [
      "lines without a section",
      [{ title: null, lines: [["Уборка", "2", "", "1.5"]] }, ...BATHROOM],
      "Уборка21,503,00",
    ],
    ["a formula", [{ title: "=1+1", lines: [["=cmd()", "1", "шт", "1"]] }], "=cmd()"],
    [
      "markup",
      [{ title: "<b>&", lines: [["<script>&amp;</script>", "1", "шт", "1"]] }],
      "<script>&amp;</script>",
    ],
    ["emoji", [{ title: "🔥 Полы", lines: [["👷 Стяжка ✅", "1", "шт", "1"]] }], "•Стяжка√"],
  ];
  test.each(cases)("%s", async (_, samples, expected) => {
    const { all, pages } = await print(makeContent(samples));
    expect(all).toContain(expected);
    expectInsidePages(pages);
  });

  test("names that are addresses or scripts stay letters: nothing in the file can be run", async () => {
    const names = [
      "javascript:app.alert(1)",
      "https://evil.example",
      ")/OpenAction<</S/JavaScript>>(",
    ];
    const content = makeContent([
      { title: names[0] ?? "", lines: names.map((name) => [name, "1", "шт", "1"] as const) },
    ]);
    const { all } = await print(content);
    for (const name of names) expect(all).toContain(name);
    const bytes = await renderPdf(makeDocument(content));
    expect(Buffer.from(bytes).toString("latin1")).not.toMatch(
      /\/(JavaScript|JS|OpenAction|AA|Launch|URI|SubmitForm|EmbeddedFile)\b/,
    );
  });

  test("ten billion roubles fit into their columns", async () => {
    const { pages, all } = await print(
      makeContent([{ title: "Дворец", lines: [["Золото", "1000.1234567", "т", "10000000000"]] }]),
    );
    expect(all).toContain("10000000000,00");
    expect(all).toContain("10001234567000,00");
    expectInsidePages(pages);
  });

  test("the longest allowed texts lose nothing and stay inside the page", async () => {
    const header = {
      title: "Ш".repeat(200),
      paymentTerms: "Ю".repeat(2000),
      note: "Ю".repeat(4000),
    };
    const content = makeContent(
      [
        {
          title: "Ґ".repeat(200),
          lines: [
            withFields(["Щ".repeat(500), "1", "м²", "1"], { note: "Ж".repeat(300) }),
            withFields(["Щ".repeat(500), "1", "м²", "1"], { note: "Ж".repeat(2000) }),
          ],
        },
        { title: "Ґ".repeat(200), lines: [["Щ".repeat(500), "1", "м²", "1"]] },
      ],
      header,
      Array.from({ length: 50 }, () => ({
        title: "Ы".repeat(200),
        percent: percent("1"),
        base: "all" as const,
        isHidden: false,
      })),
    );
    const company = { ...COMPANY, fullName: "Ъ".repeat(300), address: "Э".repeat(300) };
    const { pages, all } = await print(content, { company });
    const count = (letter: string): number => all.split(letter).length - 1;
    expect(count("Щ")).toBe(1500);
    expect(count("Ж")).toBe(2300);
    expect(count("Ю")).toBe(6000);
    expect(count("Ы")).toBe(10_000);
    expect(count("Э")).toBe(300);
    expect(count("Ш")).toBe(200);
    // The name stands above and at the signature; titles of sections also at their sums.
    expect(count("Ъ")).toBe(600);
    expect(count("Ґ")).toBe(800);
    expectInsidePages(pages);
  });

  test("no internal field and no hidden title is anywhere in the file", async () => {
    const content = makeContent(BATHROOM, {}, [
      { title: SECRET, percent: percent("12"), base: "running", isHidden: true },
    ]);
    const document = makeDocument(content);
    const bytes = await renderPdf(document);
    const pages = await readPdf(bytes);
    const all = squeeze(pages.map(({ text }) => text).join(""));
    expect(all).not.toContain(SECRET);
    expect(all).toContain(squeeze(formatMoneyRu(document.total)));
    expect(document.total).not.toBe(money("198038"));
    expect(Buffer.from(bytes).toString("latin1")).not.toContain(
      Buffer.from(SECRET, "utf16le").swap16().toString("latin1"),
    );
  });
});

describe("an estimate of 2 000 lines", async () => {
  const { document, pages } = await print(makeContent(makeLong(2000)));
  const texts = pages.map(({ text }) => squeeze(text));

  test("numbers its pages", () => {
    expect(pages.length).toBeGreaterThan(30);
    for (const [index, text] of texts.entries()) {
      expect(text).toContain(`Страница${index + 1}из${pages.length}`);
    }
  });

  test("repeats the head of the table wherever there are lines", () => {
    for (const text of texts.filter((text) => /слово/.test(text))) {
      expect(text).toContain("№НаименованиеЕд.Кол-воЦена,₽Сумма,₽");
    }
  });

  test("splits no line between pages", () => {
    const lines = document.sections.flatMap((section) => section.lines);
    const split = lines.filter(({ index }) => {
      const first = texts.find((text) => text.includes(`Первое${index}слово`));
      return !first?.includes(`Последнее${index}слово`);
    });
    expect(split).toEqual([]);
  });

  test("keeps a section's title with its first line and its sum with the last", () => {
    for (const [order, section] of document.sections.entries()) {
      const page = texts.findIndex((text) => text.includes(`Первое${order * 40 + 1}слово`));
      expect(texts[page]).toMatch(new RegExp(`Раздел${order + 1}${order * 40 + 1}Первое`));
      const sum = `Итого:Раздел${order + 1}${squeeze(formatAmountRu(section.total))}`;
      const last = texts.find((text) => text.includes(sum));
      expect(last).toContain(`Последнее${section.lines.at(-1)?.index}слово`);
    }
  });

  test("has the total on top and at the end, with the words beside it", () => {
    const total = squeeze(formatMoneyRu(document.total));
    for (const text of firstAndLast(pages)) expect(text).toContain(total);
    const end = texts.find((text) => text.includes("ИТОГО"));
    expect(end).toContain(squeeze(document.totalInWords ?? "-"));
    expect(end).toContain("Работы");
  });
});

test("any estimate prints its own figures", async () => {
  await fc.assert(
    fc.asyncProperty(someContent, async (content) => {
      const { document, pages, all } = await print(content);
      expectInsidePages(pages);
      expect(all).not.toContain(SECRET);
      const total = squeeze(formatMoneyRu(document.total));
      expect(squeeze(pages[0]?.text ?? "")).toContain(total);
      for (const { amount } of document.summary) {
        expect(all).toContain(squeeze(formatMoneyRu(amount)));
      }
      for (const line of [
        ...document.sections.flatMap((section) => section.lines),
        ...document.options,
      ]) {
        expect(all).toContain(
          squeeze(`${formatAmountRu(line.price)}${formatAmountRu(line.amount)}`),
        );
      }
    }),
    { numRuns: 25, endOnFailure: true },
  );
});

test("what is printed is the document and nothing is computed on the way", () => {
  const document = makeDocument(makeContent(BATHROOM));
  expect(printTexts(document, (text) => text)).toEqual(document);
});
