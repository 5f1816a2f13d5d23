import { describe, expect, test } from "vitest";
import { parseHtml } from "./html.ts";

describe("a reference of HTML", () => {
  test.each([
    ["&lt;&gt;&amp;&quot;", '<>&"'],
    ["&lt", "<"],
    ["&#x42F;&#1071;", "ЯЯ"],
    ["&#128512;&#xD83D;&#xDE00;", "😀😀"],
    ["&#0000065;", "A"],
  ])("%s is %s", (source, text) => {
    expect(parseHtml(source).text).toBe(text);
  });

  test.each(["&", "&nbsp;", "&constructor;", "&#0;", "&#00000065", "&#1114111;", "&#;", "&#x;"])(
    "%s stays as it is",
    (source) => {
      expect(parseHtml(source)).toEqual({ text: source, entities: [] });
    },
  );

  test("to half of a character without its other half is refused", () => {
    expect(() => parseHtml("a&#xD83D;b")).toThrow(
      "Bad Request: can't parse entities: Text contains invalid Unicode characters after decoding HTML entities, check for unmatched surrogate code units",
    );
  });
});

describe("a tag", () => {
  test.each([
    ["<B>x</b>", [{ type: "bold", offset: 0, length: 1 }]],
    ["<b >x</ >", [{ type: "bold", offset: 0, length: 1 }]],
    ["<b></b>x", []],
    ["<span class=tg-spoiler>x</span>", [{ type: "spoiler", offset: 0, length: 1 }]],
    ["<span id='a' class = 'tg-spoiler'>x</span>", [{ type: "spoiler", offset: 0, length: 1 }]],
    [
      "<tg-emoji emoji-id='5368324170671202286'>👍</tg-emoji>",
      [{ type: "custom_emoji", offset: 0, length: 2, custom_emoji_id: "5368324170671202286" }],
    ],
    ["<blockquote>x</blockquote>", [{ type: "blockquote", offset: 0, length: 1 }]],
    [
      "<blockquote expandable=''>x</blockquote>",
      [{ type: "expandable_blockquote", offset: 0, length: 1 }],
    ],
    ["<pre>x</pre>", [{ type: "pre", offset: 0, length: 1 }]],
    [
      '<code class="language-ts"><pre>x</pre></code>',
      [{ type: "pre", offset: 0, length: 1, language: "ts" }],
    ],
    ['<code class="language-ts">x</code>', [{ type: "code", offset: 0, length: 1 }]],
    [
      "<pre>y<code>x</code></pre>",
      [
        { type: "code", offset: 1, length: 1 },
        { type: "pre", offset: 0, length: 2 },
      ],
    ],
    [
      "<code><pre>x</pre></code>",
      [
        { type: "pre", offset: 0, length: 1 },
        { type: "code", offset: 0, length: 1 },
      ],
    ],
  ])("%s", (source, entities) => {
    expect(parseHtml(source).entities).toEqual(entities);
  });

  test.each([
    ["<b ", 'Empty attribute name in the tag "b" at byte offset 0'],
    ["<b =x>", 'Empty attribute name in the tag "b" at byte offset 0'],
    ["<a href", 'Unclosed start tag "a" at byte offset 0'],
    ["<a href=", 'Unclosed start tag "a" at byte offset 0'],
    ["<a href='x", "Unclosed start tag at byte offset 0"],
    ["<a href='x'", "Unclosed start tag at byte offset 0"],
    ["<a href=x/y>", "Unexpected end of name token at byte offset 8"],
    ["<tg-emoji emoji-id='0'>👍</tg-emoji>", "Invalid custom emoji identifier specified"],
    ["<tg-emoji>👍</tg-emoji>", "Invalid custom emoji identifier specified"],
  ])("%s is refused", (source, complaint) => {
    expect(() => parseHtml(source)).toThrow(`Bad Request: can't parse entities: ${complaint}`);
  });
});

describe("a link", () => {
  test.each([
    ["<a href='https://a.ru/?x=1&amp;&nbsp;'>тут</a>", "https://a.ru/?x=1&&nbsp;"],
    ["<a>https://a.ru/x</a>", "https://a.ru/x"],
    ["<a title='x'>a.ru</a>", "http://a.ru/"],
    ["<a href='tg://resolve?domain=smetka_bot'>тут</a>", "tg://resolve?domain=smetka_bot"],
  ])("%s leads to %s", (source, url) => {
    expect(parseHtml(source).entities).toMatchObject([{ type: "text_link", url }]);
  });

  test.each(["<a>тут</a>", "<a href='/app'>тут</a>", "<a href='file:///etc/passwd'>тут</a>"])(
    "%s is no link, and the text stays",
    (source) => {
      expect(parseHtml(source)).toEqual({ text: "тут", entities: [] });
    },
  );
});
