/** Signs that people use in lists and that fonts of documents lack. */
const LOOKALIKES: Readonly<Record<string, string>> = {
  "✓": "√",
  "✔": "√",
  "☑": "√",
  "✅": "√",
  "✗": "×",
  "✘": "×",
  "✖": "×",
  "❌": "×",
  "➕": "+",
  "➖": "−",
  "→": "->",
  "➡": "->",
  "⇒": "=>",
  "←": "<-",
  "↔": "<->",
  "⌀": "Ø",
  "∅": "Ø",
  "⩽": "≤",
  "⩾": "≥",
  "≦": "≤",
  "≧": "≥",
  "≅": "≈",
  "∼": "~",
  "∙": "·",
  "⋅": "·",
  "☎": "тел.",
  "📞": "тел.",
  "⭐": "*",
  "★": "*",
  "☆": "*",
  "❗": "!",
  "❓": "?",
};

/** Stands for what can't be drawn: an emoji in front of a name becomes a list mark. */
const SUBSTITUTE = "•";

// Soft hyphens, zero-width and direction marks, variation selectors: drawn wrongly or not at all, and
// a direction override could make a sum read backwards.
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
// The font has no U+202F, which `Intl` and spreadsheets put between thousands.
const FIXED_SPACES = /[\u2007\u202f]/g;
const OTHER_SPACES = /[^\S\n\u00a0]/g;

/**
 * Makes a function that turns any text into one that a font can draw, so that nothing vanishes without
 * a trace: lookalikes first, then the compatible form (⅓ → 1⁄3), otherwise a list mark.
 * @param coverage code points that the font has
 */
export function createPrinter(coverage: ReadonlySet<number>): (text: string) => string {
  const graphemes = new Intl.Segmenter("ru", { granularity: "grapheme" });

  function isDrawable(text: string): boolean {
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code !== 0x0a && !coverage.has(code)) return false;
    }
    return true;
  }

  function substitute(grapheme: string): string {
    if (isDrawable(grapheme)) return grapheme;
    const bare = grapheme.replace(/\p{Emoji_Modifier}|\u20e3/gu, "");
    const candidates = [LOOKALIKES[bare] ?? "", bare, bare.normalize("NFKC")];
    const drawable = candidates.find((candidate) => candidate !== "" && isDrawable(candidate));
    // A letter with an accent that the font lacks is still the letter.
    return drawable ?? (keepDrawable(bare.normalize("NFKD")) || SUBSTITUTE);
  }

  function keepDrawable(text: string): string {
    return Array.from(text)
      .filter((character) => /[\p{Letter}\p{Number}]/u.test(character) && isDrawable(character))
      .join("");
  }

  return (text) => {
    const plain = text
      .toWellFormed()
      .normalize("NFC")
      .replace(/\r\n?|[\u0085\u2028\u2029]/g, "\n")
      .replace(FIXED_SPACES, "\u00a0")
      .replace(OTHER_SPACES, " ");
    if (isDrawable(plain) && plain.search(INVISIBLE) === -1) return plain;
    return Array.from(graphemes.segment(plain), ({ segment }) => {
      const visible = segment.replace(INVISIBLE, "");
      return visible === "" ? "" : substitute(visible);
    })
      .join("")
      .replace(/•{2,}/g, SUBSTITUTE);
  };
}

/** The same data with every string passed through `print`. */
export function printTexts<Value>(value: Value, print: (text: string) => string): Value {
  return mapStrings(value, print) as Value;
}

function mapStrings(value: unknown, print: (text: string) => string): unknown {
  if (typeof value === "string") return print(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, print));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, mapStrings(item, print)]),
  );
}

/** For cells of a table: one paragraph, so that no row is taller than a page. */
export function oneLine(text: string): string {
  return text.replace(/[ \n]*\n[ \n]*/g, " ").trim();
}

/** For blocks of text: at most one empty line between paragraphs. */
export function paragraphs(text: string): string {
  return text.replace(/\n[ ]*(?:\n[ ]*)+/g, "\n\n").trim();
}
