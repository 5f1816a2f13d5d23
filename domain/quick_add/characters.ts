const LETTER = 1;
const DIGIT = 2;
/** Stands inside words: letters, digits, accents and signs of measure. */
const WORD = 4;
/** Latin and Cyrillic end before it. */
const PLAIN_END = 0x500;
/** It was looked at before. */
const KNOWN = 8;
const NUMBER_SIGN = 0x2116;

/** Of every code of 16 bits, as far as it was met. */
const table = new Uint8Array(0x10000);

function look(code: number): number {
  const character = String.fromCharCode(code);
  const letter = /\p{L}/u.test(character) ? LETTER : 0;
  const digit = /\d/.test(character) ? DIGIT : 0;
  const word = /[\p{L}\p{M}\p{N}°º"″%‰№#Øø⌀]/u.test(character) ? WORD : 0;
  const kind = KNOWN | letter | digit | word;
  table[code] = kind;
  return kind;
}

function kindOf(code: number): number {
  return table[code] || look(code);
}

/** Nothing before the beginning of a text and behind its end. */
function kindAt(text: string, at: number): number {
  return at >= 0 && at < text.length ? kindOf(text.charCodeAt(at)) : 0;
}

/** Both halves of what lies beyond 16 bits are none; behind the end there is none either. */
export function isLetterAt(text: string, at: number): boolean {
  return (kindAt(text, at) & LETTER) !== 0;
}

export function hasLetter(text: string): boolean {
  for (let at = 0; at < text.length; at += 1) if (isLetterAt(text, at)) return true;
  return false;
}

export function isDigitAt(text: string, at: number): boolean {
  if (at < 0 || at >= text.length) return false;
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** True where a letter of Latin or Cyrillic stands. */
export function isPlainLetterAt(text: string, at: number): boolean {
  return (kindAt(text, at) & LETTER) !== 0 && text.charCodeAt(at) < PLAIN_END;
}

/** True for a text that ends with a letter of Latin or Cyrillic, a digit or a bracket. */
export function endsPlainly(text: string): boolean {
  const last = text.length - 1;
  return isPlainLetterAt(text, last) || isDigitAt(text, last) || text.endsWith(")");
}

/** Where the digits that begin at `start` end. */
export function endOfDigits(text: string, start: number): number {
  let at = start;
  while (isDigitAt(text, at)) at += 1;
  return at;
}

/** Where the letters that begin at `start` end. */
export function endOfLetters(text: string, start: number): number {
  let at = start;
  while ((kindAt(text, at) & LETTER) !== 0) at += 1;
  return at;
}

/** Where the letters and № that end before `end` begin; no further back than `least`. */
export function startOfLetters(text: string, end: number, least: number): number {
  for (let at = end - 1; at >= least; at -= 1) {
    const code = text.charCodeAt(at);
    if ((kindOf(code) & LETTER) === 0 && code !== NUMBER_SIGN) return at + 1;
  }
  return least;
}

export function isWordAt(text: string, at: number): boolean {
  return (kindAt(text, at) & WORD) !== 0;
}
