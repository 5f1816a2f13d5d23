const LETTER = 1;
const DIGIT = 2;
/** Stands inside words: letters, digits, accents and signs of measure. */
const WORD = 4;
/** Latin and Cyrillic: what nearly every row is made of. */
const TABLE_END = 0x500;

const table = Uint8Array.from({ length: TABLE_END }, (_, code) => look(String.fromCharCode(code)));

function look(character: string): number {
  const letter = /\p{L}/u.test(character) ? LETTER : 0;
  const digit = /\d/.test(character) ? DIGIT : 0;
  const word = /[\p{L}\p{M}\p{N}°º"″%‰№#Øø⌀]/u.test(character) ? WORD : 0;
  return letter | digit | word;
}

function kindAt(text: string, at: number): number {
  const code = text.charCodeAt(at);
  return code < TABLE_END ? (table[code] ?? 0) : look(text.charAt(at));
}

/** Both halves of what lies beyond 16 bits are none; behind the end there is none either. */
export function isLetterAt(text: string, at: number): boolean {
  return (kindAt(text, at) & LETTER) !== 0;
}

export function isDigitAt(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

export function isWordAt(text: string, at: number): boolean {
  return (kindAt(text, at) & WORD) !== 0;
}

/** How much there is to read in a row: groups of digits, and words and signs of every kind. */
export function countPieces(text: string): { digitRuns: number; pieces: number } {
  let digitRuns = 0;
  let pieces = 0;
  let before = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    const kind = code < TABLE_END ? (table[code] ?? 0) & (LETTER | DIGIT) : 0;
    if (kind === DIGIT && before !== DIGIT) digitRuns += 1;
    if (kind === 0 ? code !== 32 : before !== kind) pieces += 1;
    before = kind;
  }
  return { digitRuns, pieces };
}
