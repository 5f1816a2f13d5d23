import { describe, expect, test } from "vitest";
import { parseMarkdown } from "./markdown.ts";
import { parseMarkdownV2 } from "./markdown_v2.ts";

describe("MarkdownV2", () => {
  test.each([
    [
      "__под__ ~зач~",
      "под зач",
      [
        { type: "underline", offset: 0, length: 3 },
        { type: "strikethrough", offset: 4, length: 3 },
      ],
    ],
    [
      "__под _и курсив_\r__",
      "под и курсив\r",
      [
        { type: "italic", offset: 4, length: 8 },
        { type: "underline", offset: 0, length: 13 },
      ],
    ],
    ["```ts\nlet x\n```", "let x\n", [{ type: "pre", offset: 0, length: 6, language: "ts" }]],
    ["```\r\nа.б```", "а.б", [{ type: "pre", offset: 0, length: 3 }]],
    ["```x```", "x", [{ type: "pre", offset: 0, length: 1 }]],
    ["**_ _", " ", [{ type: "italic", offset: 0, length: 1 }]],
    [
      "![👍](tg://emoji?id=5368324170671202286)",
      "👍",
      [{ type: "custom_emoji", offset: 0, length: 2, custom_emoji_id: "5368324170671202286" }],
    ],
    ["![](tg://emoji?id=5368324170671202286)x", "x", []],
  ])("reads %j", (source, text, entities) => {
    expect(parseMarkdownV2(source)).toEqual({ text, entities });
  });

  test.each([
    ["[https://a\\.ru/x]", "https://a.ru/x"],
    ["[тут](a.ru)", "http://a.ru/"],
  ])("the link %s leads to %s", (source, url) => {
    expect(parseMarkdownV2(source).entities).toMatchObject([{ type: "text_link", url }]);
  });

  test.each(["[тут]", "[тут](/app)"])("%s is no link, and the text stays", (source) => {
    expect(parseMarkdownV2(source)).toEqual({ text: "тут", entities: [] });
  });

  test("a link without a text is nothing", () => {
    expect(parseMarkdownV2("x[](https://a.ru/)")).toEqual({ text: "x", entities: [] });
  });

  test.each([
    ["12!", "Character '!' is reserved and must be escaped with the preceding '\\'"],
    ["а|б", "Character '|' is reserved and must be escaped with the preceding '\\'"],
    ["а>б", "Character '>' is reserved and must be escaped with the preceding '\\'"],
    ["`x", "Can't find end of Code entity at byte offset 0"],
    ["```x`y```", "Can't find end of Pre entity at byte offset 0"],
    ["![👍]", "The entity must contain a tg://emoji or tg://time URL"],
    ["![👍](https://a.ru)", "Invalid tg://emoji or tg://time URL specified"],
    ["![👍](tg://emoji?id=0)", "Invalid tg://emoji or tg://time URL specified"],
  ])("refuses %s", (source, complaint) => {
    expect(() => parseMarkdownV2(source)).toThrow(
      `Bad Request: can't parse entities: ${complaint}`,
    );
  });
});

describe("a quotation", () => {
  // The example of core.telegram.org/bots/api#markdownv2-style.
  test("is followed by another one after an empty bold, and folds after ||", () => {
    const source = [">Начало", ">продолжение", "**>Другая", ">скрыто||", "дальше"].join("\n");
    expect(parseMarkdownV2(source)).toEqual({
      text: "Начало\nпродолжение\nДругая\nскрыто\nдальше",
      entities: [
        { type: "blockquote", offset: 0, length: 19 },
        { type: "expandable_blockquote", offset: 19, length: 14 },
      ],
    });
  });

  test("ends with the text, and an empty one is nothing", () => {
    expect(parseMarkdownV2(">раз||").entities).toEqual([
      { type: "expandable_blockquote", offset: 0, length: 3 },
    ]);
    expect(parseMarkdownV2(">")).toEqual({ text: "", entities: [] });
  });

  test("stands inside bold and after an escaped line break", () => {
    expect(parseMarkdownV2("*раз\n>два\n*")).toEqual({
      text: "раз\nдва\n",
      entities: [
        { type: "blockquote", offset: 4, length: 4 },
        { type: "bold", offset: 0, length: 8 },
      ],
    });
    expect(parseMarkdownV2("раз\\\n>два").entities).toEqual([
      { type: "blockquote", offset: 4, length: 3 },
    ]);
  });

  test.each([
    [">*раз\nдва*", "Can't find end of Bold entity at byte offset 1"],
    [">||раз\nдва||", "Can't find end of Spoiler entity at byte offset 1"],
    [">_раз", "Can't find end of Italic entity at byte offset 1"],
    ["*раз\n>два", "Can't find end of Bold entity at byte offset 0"],
  ])("refuses %j", (source, complaint) => {
    expect(() => parseMarkdownV2(source)).toThrow(
      `Bad Request: can't parse entities: ${complaint}`,
    );
  });
});

describe("legacy Markdown", () => {
  test.each([
    ["[https://a.ru/x]", "https://a.ru/x"],
    ["[тут](a.ru)", "http://a.ru/"],
  ])("the link %s leads to %s", (source, url) => {
    expect(parseMarkdown(source).entities).toMatchObject([{ type: "text_link", url }]);
  });

  test("marks no link that is no address", () => {
    expect(parseMarkdown("[тут]() и [](https://a.ru/) и [там]")).toEqual({
      text: "тут и  и там",
      entities: [],
    });
  });

  test("knows code and its blocks", () => {
    expect(parseMarkdown("`x` ```y```").entities).toEqual([
      { type: "code", offset: 0, length: 1 },
      { type: "pre", offset: 2, length: 1 },
    ]);
  });
});
