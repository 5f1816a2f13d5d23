import fc from "fast-check";
import { expect, test } from "vitest";
import { ApiError } from "./api_error.ts";
import type { FormattedText } from "./characters.ts";
import { cleanText } from "./cleaned_text.ts";
import { readFormattedText } from "./formatted_text.ts";
import { splitLongText } from "./person_sending.ts";

const marks = fc.constantFrom(
  ..."<b> </b> <i> </ > <a href=\" ' &lt; &#1; & _ * ` ``` ~ || [ ]( ) > \\ ! . - \n 😀 ы /new @ivan https://a.ru ".split(
    " ",
  ),
);
const source = fc
  .array(fc.oneof(marks, fc.string({ unit: "grapheme" })), { maxLength: 30 })
  .map((parts) => parts.join(""));

/** The text and its entities, or null when Telegram would refuse it. Any other error is a fault. */
function format(text: string, mode: string): FormattedText | null {
  try {
    const formatted = readFormattedText(text, mode, undefined);
    return cleanText(formatted, { mayBeEmpty: true, hasCommands: true });
  } catch (error) {
    if (error instanceof ApiError && error.message.startsWith("Bad Request: ")) return null;
    throw error;
  }
}

test.each(["HTML", "MarkdownV2", "Markdown"])(
  "%s either refuses or gives entities inside the text",
  (mode) => {
    fc.assert(
      fc.property(source, (text) => {
        const { text: shown = "", entities = [] } = format(text, mode) ?? {};
        const outside = entities.filter(
          ({ offset, length }) => offset < 0 || length <= 0 || offset + length > shown.length,
        );
        expect(outside).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  },
);

test("a long text is cut without losing a word", () => {
  const words = fc.array(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), {
    maxLength: 600,
  });
  fc.assert(
    fc.property(words, (list) => {
      const text = list.join("\n");
      const parts = splitLongText(text);
      expect(parts.every((part) => Array.from(part).length <= 4096)).toBe(true);
      expect(parts.join("").replace(/\s/g, "")).toBe(text.replace(/\s/g, ""));
    }),
    { numRuns: 50 },
  );
});
