import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { escapeHtml, join, plainText, rich, takeFitting } from "./html.ts";

describe("a text with markup", () => {
  it("escapes what comes from outside and keeps its own markup", () => {
    const inner = rich`<i>${"a<b"}</i>`;
    expect(rich`<b>${"<script>&"}</b> ${inner} ${5} ${7n}`.html).toBe(
      "<b>&lt;script&gt;&amp;</b> <i>a&lt;b</i> 5 7",
    );
  });

  it("shows as plain text what was put in, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), (text) => {
        expect(plainText(rich`${text}`)).toBe(text.toWellFormed());
      }),
    );
  });

  it("never holds half a surrogate pair", () => {
    expect(escapeHtml("\ud83d")).toBe("\ufffd");
  });

  it("joins what is there", () => {
    expect(join([rich`a`, null, rich``, rich`b`]).html).toBe("a\nb");
  });

  it("takes lines while they fit and counts the rest", () => {
    const lines = [rich`<b>12345</b>`, rich`12345`, rich`12345`];
    expect(takeFitting(lines, 12)).toEqual({ taken: lines.slice(0, 2), left: 1 });
  });
});
