import { describe, expect, test } from "vitest";
import { cleanText } from "./cleaned_text.ts";
import { readFormattedText } from "./formatted_text.ts";

const rules = { mayBeEmpty: false, hasCommands: true };
const format = (text: string, mode: string) =>
  cleanText(readFormattedText(text, mode, undefined), rules);

describe("HTML", () => {
  test("nests, decodes and counts UTF-16 units", () => {
    expect(format("😀 <b>Смета <i>№&nbsp;1</i></b> &lt;ок&gt; &#1071;&amp;", "HTML")).toEqual({
      text: "😀 Смета №&nbsp;1 <ок> Я&",
      entities: [
        { type: "bold", offset: 3, length: 14 },
        { type: "italic", offset: 9, length: 8 },
      ],
    });
  });

  test("reads links, code with a language, spoilers and quotations", () => {
    const source =
      '<a href="https://a.ru/?x=1&amp;y=2">тут</a> <pre><code class="language-ts">x</code></pre> <span class="tg-spoiler">с</span><blockquote expandable>ц</blockquote>';
    expect(format(source, "HTML").entities).toEqual([
      { type: "text_link", offset: 0, length: 3, url: "https://a.ru/?x=1&y=2" },
      { type: "pre", offset: 4, length: 1, language: "ts" },
      { type: "spoiler", offset: 6, length: 1 },
      { type: "expandable_blockquote", offset: 7, length: 1 },
    ]);
  });

  test.each([
    ["<div>x</div>", 'Unsupported start tag "div" at byte offset 0'],
    ["ы <b>x", 'Can\'t find end tag corresponding to start tag "b"'],
    ["ы</b>", "Unexpected end tag at byte offset 2"],
    ["<b>x</i>", 'Unmatched end tag at byte offset 4, expected "</b>", found "</i>"'],
    ["5 < 6 и <b", 'Unsupported start tag "" at byte offset 2'],
    ["<b", "Unclosed start tag at byte offset 0"],
    ["<b>x</b", "Unclosed end tag at byte offset 4"],
    ["<span>x</span>", 'Tag "span" must have class "tg-spoiler" at byte offset 0'],
  ])("refuses %s", (source, complaint) => {
    expect(() => format(source, "HTML")).toThrow(`Bad Request: can't parse entities: ${complaint}`);
  });
});

describe("MarkdownV2", () => {
  test("nests, escapes and links", () => {
    expect(
      format("*жирный _и курсив_*, 1\\.5 [тут](https://a.ru/\\)) `к_д` ||с||", "MarkdownV2"),
    ).toEqual({
      text: "жирный и курсив, 1.5 тут к_д с",
      entities: [
        { type: "bold", offset: 0, length: 15 },
        { type: "italic", offset: 7, length: 8 },
        { type: "text_link", offset: 21, length: 3, url: "https://a.ru/)" },
        { type: "code", offset: 25, length: 3 },
        { type: "spoiler", offset: 29, length: 1 },
      ],
    });
  });

  test("quotes line by line", () => {
    expect(format(">раз\n>два\nтри", "MarkdownV2")).toEqual({
      text: "раз\nдва\nтри",
      entities: [{ type: "blockquote", offset: 0, length: 8 }],
    });
  });

  test.each([
    ["12.5", "Character '.' is reserved and must be escaped with the preceding '\\'"],
    ["а-б", "Character '-' is reserved and must be escaped with the preceding '\\'"],
    ["ы *x", "Can't find end of Bold entity at byte offset 3"],
    ["_*x_*", "Can't find end of Bold entity at byte offset 4"],
    ["[x](https://a.ru", "Can't find end of a URL at byte offset 4"],
  ])("refuses %s", (source, complaint) => {
    expect(() => format(source, "MarkdownV2")).toThrow(
      `Bad Request: can't parse entities: ${complaint}`,
    );
  });
});

test("legacy Markdown marks and complains", () => {
  expect(format("*ж* [т](http://a.ru/) \\_", "Markdown")).toEqual({
    text: "ж т _",
    entities: [
      { type: "bold", offset: 0, length: 1 },
      { type: "text_link", offset: 2, length: 1, url: "http://a.ru/" },
    ],
  });
  expect(() => format("ы *x", "Markdown")).toThrow(
    "can't parse entities: Can't find end of the entity starting at byte offset 3",
  );
});

describe("cleaning", () => {
  const clean = (text: string) => cleanText({ text, entities: [] }, rules).text;

  test("turns control characters into spaces, drops \\r and trims", () => {
    expect(clean(" \n а\u0000б\tв\r\nг \n")).toBe("а б в\nг");
  });

  test("keeps a no-break space and a zero-width joiner inside", () => {
    expect(clean("1\u00a0234 👨\u200d👩")).toBe("1\u00a0234 👨\u200d👩");
  });

  test("finds commands, mentions, links and tags by itself", () => {
    const { entities } = cleanText(
      { text: "/new@smetka_bot для @ivanov, см. https://a.ru/x. #смета и дом.рф", entities: [] },
      rules,
    );
    expect(entities.map(({ type, offset, length }) => [type, offset, length])).toEqual([
      ["bot_command", 0, 15],
      ["mention", 20, 7],
      ["url", 33, 14],
      ["hashtag", 49, 6],
      ["url", 58, 6],
    ]);
  });

  test("does not take 12/5 or a path for a command", () => {
    expect(cleanText({ text: "12/5 кв и/или /5", entities: [] }, rules).entities).toEqual([
      { type: "bot_command", offset: 14, length: 2 },
    ]);
  });

  test("refuses entities outside the text", () => {
    const entities = [{ type: "bold", offset: 2, length: 5 }];
    expect(() => cleanText(readFormattedText("ыыы", "", entities), rules)).toThrow(
      "ends after the end of the text",
    );
  });
});
