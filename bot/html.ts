/** A text with Telegram's HTML markup in which everything that came from outside is escaped. */
export interface Html {
  readonly html: string;
}

type Piece = string | number | bigint | Html | readonly Html[];

/** Telegram counts a text's length without its markup, in UTF-16 units. */
export const MAX_TEXT = 4096;

/** Builds markup: rich`<b>${name}</b>`. Values are escaped; pieces made by `rich` are kept as they are. */
export function rich(strings: TemplateStringsArray, ...pieces: readonly Piece[]): Html {
  let text = strings[0] ?? "";
  for (const [index, piece] of pieces.entries()) text += write(piece) + (strings[index + 1] ?? "");
  return { html: text };
}

/** Joins what is there; empty pieces and nulls are left out. */
export function join(pieces: readonly (Html | null)[], separator = "\n"): Html {
  const kept = pieces.filter((piece): piece is Html => piece !== null && piece.html !== "");
  return { html: kept.map((piece) => piece.html).join(separator) };
}

/** What is changed: signs of markup and halves of surrogate pairs. */
const UNSAFE = /[&<>\ud800-\udfff]/;

export function escapeHtml(text: string): string {
  // Most pieces are words and figures: to look is cheaper than to replace four times.
  if (!UNSAFE.test(text)) return text;
  return text
    .toWellFormed()
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
}

/** The text as Telegram counts and shows it. */
export function plainText({ html }: Html): string {
  return html
    .replace(/<[^>]*>/g, "")
    .replaceAll("&lt;", "<")
    .replaceAll("&gt;", ">")
    .replaceAll("&amp;", "&");
}

/**
 * Takes lines while they fit into `room` characters, and says how many were left out.
 */
export function takeFitting(
  lines: readonly Html[],
  room: number,
): { taken: readonly Html[]; left: number } {
  let used = 0;
  const taken: Html[] = [];
  for (const line of lines) {
    used += plainText(line).length + 1;
    if (used > room) break;
    taken.push(line);
  }
  return { taken, left: lines.length - taken.length };
}

function write(piece: Piece): string {
  if (typeof piece === "string") return escapeHtml(piece);
  if (typeof piece === "number" || typeof piece === "bigint") return String(piece);
  if ("html" in piece) return piece.html;
  return piece.map((part) => part.html).join("");
}
