import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readSearch, type SearchField, type SearchReason } from "./search.ts";
import { explainMatch, wordBeginnings } from "./search_reasons.ts";

function explain(search: string, ...fields: [SearchField, string][]): string[] {
  const given = fields.map(([field, text]) => ({ field, text }));
  return explainMatch(given, readSearch(search)).map(shown);
}

function shown({ field, text, marks }: SearchReason): string {
  let marked = text;
  for (const { start, end } of marks.toReversed()) {
    marked = `${marked.slice(0, start)}[${marked.slice(start, end)}]${marked.slice(end)}`;
  }
  return `${field}: ${marked}`;
}

describe("explainMatch", () => {
  it("marks other forms of a word and beginnings", () => {
    expect(explain("плитки", ["line", "Укладка плитка, Плиткорез"])).toEqual([
      "line: Укладка [плитка], Плиткорез",
    ]);
    expect(explain("шту", ["line", "Штукатурка стен"])).toEqual(["line: [Штукатурка] стен"]);
    expect(explain("дом", ["title", "Домик в деревне"])).toEqual(["title: [Домик] в деревне"]);
    expect(explain("дом ", ["title", "Гнездо"])).toEqual([]);
  });

  it("names only fields that add something", () => {
    const fields: [SearchField, string][] = [
      ["name", "Пётр Ёжиков"],
      ["crm", "Ёжиков, дача"],
      ["note", "Дача у озера"],
    ];
    expect(explain("ежиков", ...fields)).toEqual(["name: Пётр [Ёжиков]"]);
    expect(explain("ежиков дача", ...fields)).toEqual([
      "name: Пётр [Ёжиков]",
      "crm: [Ёжиков], [дача]",
    ]);
  });

  it("marks the last digits of a phone, an e-mail's beginning and a number", () => {
    expect(explain("4567", ["phone", "+7 916 123 45 67"])).toEqual(["phone: +7 916 123 [45 67]"]);
    expect(explain("8 (916) 123-45-67", ["phone", "+7 916 123 45 67"])).toEqual([
      "phone: +7 [916 123 45 67]",
    ]);
    expect(explain("ivan", ["email", "Ivan@mail.ru"])).toEqual(["email: [Ivan]@mail.ru"]);
    expect(explain("1", ["number", "СМ-2026-0001"])).toEqual(["number: [СМ-2026-0001]"]);
    expect(explain("2025-0001", ["number", "СМ-2026-0001"])).toEqual([]);
  });

  it("cuts a long text around the word", () => {
    const text = `${"вода ".repeat(50)}штукатурка ${"песок ".repeat(50)}`;
    const [reason] = explain("штукатурка", ["note", text]);
    expect(reason).toMatch(/^note: …вода .*\[штукатурка\] .*песок…$/);
    expect(reason?.length).toBeLessThan(130);
  });

  it("marks only what is in the text it shows", () => {
    const word = fc.constantFrom(
      "стена",
      "плитка",
      "😀",
      "кв.",
      "5",
      "Ёлка",
      "длинноеслово".repeat(20),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 60 }), word, (words, search) => {
        const reasons = explainMatch(
          [{ field: "note", text: words.join(" ") }],
          readSearch(search),
        );
        for (const { text, marks } of reasons) {
          for (const { start, end } of marks) {
            expect(start).toBeGreaterThanOrEqual(0);
            expect(end).toBeGreaterThan(start);
            expect(end).toBeLessThanOrEqual(text.length);
          }
        }
      }),
    );
  });
});

it("lets a sieve of beginnings through whatever is marked later", () => {
  expect(wordBeginnings(readSearch("плитками дом 5"))).toEqual(["плитк", "дом", "5"]);
});

describe("what is looked for in one field", () => {
  it("is not marked in another: a phone in an address, a part of an e-mail in a note", () => {
    expect(explain("+7 916 123-45-67", ["note", "79161234567"])).toEqual(["note: [79161234567]"]);
    expect(explain("8 916 123-45-67", ["inn", "5001007322"])).toEqual([]);
    expect(explain("ivan@mail.ru", ["note", "Ivan, mail.ru"])).toEqual([]);
    expect(explain("ivan@mail.ru", ["note", "İvan@mail.ru или ivan@mail.ru"])).toEqual([]);
    expect(explain("петр@mail.ru", ["email", "ivan@mail.ru"])).toEqual([]);
  });

  it("is an e-mail wherever it stands in full, also while it is typed", () => {
    expect(explain("ivan@mail.ru", ["name", "Пётр (Ivan@mail.ru)"])).toEqual([
      "name: Пётр ([Ivan@mail.ru])",
    ]);
    expect(explain("ivan@mai", ["note", "почта ivan@mail.ru"])).toEqual([
      "note: почта [ivan@mai]l.ru",
    ]);
  });

  it("is a phone only when its last digits are these", () => {
    expect(explain("9999", ["phone", "+7 916 123 45 67"])).toEqual([]);
    expect(explain("8 999 916 123 45 67", ["phone", "45 67"])).toEqual([]);
  });

  it("is a number in full, by its year while it is typed, or by its figure", () => {
    const fields: [SearchField, string] = ["number", "СМ-2026-0012"];
    expect(explain("см-2026-", fields)).toEqual(["number: [СМ-2026-0012]"]);
    expect(explain("2026-0012", fields)).toEqual(["number: [СМ-2026-0012]"]);
    expect(explain("12", fields)).toEqual(["number: [СМ-2026-0012]"]);
    expect(explain("см-2025-", fields)).toEqual([]);
    expect(explain("13", fields)).toEqual([]);
    expect(explain("12", ["number", "без номера"])).toEqual([]);
  });
});

it("gives three reasons at most", () => {
  const fields: [SearchField, string][] = [
    ["name", "раз"],
    ["title", "два"],
    ["note", "три"],
    ["line", "четыре"],
  ];
  expect(explain("раз два три четыре ", ...fields)).toEqual([
    "name: [раз]",
    "title: [два]",
    "note: [три]",
  ]);
});

describe("a word that was found", () => {
  it.each([
    ["окна.", "Окно", "line: [Окно]"],
    ["дом.", "Дома", "line: [Дома]"],
    ["он.", "Он", "line: [Он]"],
    ["плитк.", "Плитками", "line: [Плитками]"],
  ])("may have another ending: «%s» in «%s»", (search, text, expected) => {
    expect(explain(search, ["line", text])).toEqual([expected]);
  });

  it.each([
    ["дом.", "Дон"],
    ["дом.", "Домики"],
    ["плит.", "Плитами"],
    ["электромонтаж.", "Электромонтажника"],
  ])("is another one when too little is the same: «%s» in «%s»", (search, text) => {
    expect(explain(search, ["line", text])).toEqual([]);
  });

  it("may be any of those that were meant", () => {
    const term = { words: ["обои", "плитка"], isPrefix: false, keys: [] };
    expect(explainMatch([{ field: "line", text: "Плитка" }], [term]).map(shown)).toEqual([
      "line: [Плитка]",
    ]);
  });

  it("is marked in the order of the text", () => {
    expect(explain("стен плитка", ["line", "Плитка для стен"])).toEqual([
      "line: [Плитка] для [стен]",
    ]);
  });
});

describe("a key that was found", () => {
  it("means something only in its own field", () => {
    expect(explain("4567", ["note", "участок 34567"])).toEqual([]);
    expect(explain("№1", ["note", "2026-1"])).toEqual([]);
  });

  it("marks an e-mail that begins with it", () => {
    const term = { words: [], isPrefix: false, keys: [{ text: "@ivan", isPrefix: true }] };
    const marked = (text: string) => explainMatch([{ field: "email", text }], [term]).map(shown);
    expect(marked("ivan.petrov@mail.ru")).toEqual(["email: [ivan].petrov@mail.ru"]);
    expect(marked("petrov@mail.ivan")).toEqual([]);
  });
});

describe("a long text that something was found in", () => {
  const words = (count: number) => "слово ".repeat(count);

  it.each([
    [`${words(15)}плитка ещё`, `${words(15)}[плитка] ещё`],
    [`плитка ${words(20)}`, `[плитка] ${words(15).trimEnd()}…`],
    [`${words(8)}плитка ${words(20)}`, `${words(8)}[плитка] ${words(7).trimEnd()}…`],
    [`${words(9)}плитка ${words(20)}`, `…${words(4)}[плитка] ${words(11).trimEnd()}…`],
    [`${words(30)}плитка`, `…${words(4)}[плитка]`],
    [`${"я".repeat(120)} плитка`, `…${"я".repeat(49)} [плитка]`],
    [`плитка ${"я".repeat(120)}`, "[плитка]…"],
    [`${words(10)}плитка ${words(30)}плитка`, `…${words(4)}[плитка] ${words(11).trimEnd()}…`],
  ])("is cut between words around the first of it: %j", (text, expected) => {
    expect(explain("плитка", ["note", text])).toEqual([`note: ${expected}`]);
  });
});
