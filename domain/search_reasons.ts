import {
  foldText,
  isEmail,
  type SearchField,
  type SearchReason,
  type SearchTerm,
} from "./search.ts";

/** Text of a thing that was found, to look for the words in. */
export interface SearchedField {
  readonly field: SearchField;
  readonly text: string;
}

interface Mark {
  readonly start: number;
  readonly end: number;
}

const MOST_REASONS = 3;
/** What fits on two lines of a phone. */
const SHOWN = 100;
/** Endings: «плитка», «плитками». */
const LONGEST_ENDING = 3;

/** Which fields hold what was looked for; the ones that add something new, in their order. */
export function explainMatch(
  fields: readonly SearchedField[],
  terms: readonly SearchTerm[],
): SearchReason[] {
  const explained = new Set<SearchTerm>();
  const reasons: SearchReason[] = [];
  for (const { field, text } of fields) {
    const found = terms.filter((term) => marksOf(field, text, term).length > 0);
    if (found.every((term) => explained.has(term))) continue;
    found.forEach((term) => explained.add(term));
    const marks = merge(found.flatMap((term) => marksOf(field, text, term)));
    reasons.push({ field, ...cutAround(text, marks) });
    if (reasons.length === MOST_REASONS) break;
  }
  return reasons;
}

/**
 * Beginnings of words, folded, of which one must stand in a text that any of the terms is found in. A
 * sieve: what it lets through is looked at again.
 */
export function wordBeginnings(terms: readonly SearchTerm[]): string[] {
  const words = terms.flatMap((term) => term.words);
  return [
    ...new Set(words.map((word) => word.slice(0, Math.max(3, word.length - LONGEST_ENDING)))),
  ];
}

function marksOf(field: SearchField, text: string, term: SearchTerm): Mark[] {
  const keys = term.keys.flatMap((key) => markOfKey(field, text, key));
  // The words of an e-mail mean nothing by themselves.
  return isEmail(term) ? keys : [...keys, ...marksOfWords(text, term)];
}

function marksOfWords(text: string, { words, isPrefix }: SearchTerm): Mark[] {
  if (words.length === 0) return [];
  return [...text.matchAll(/[\p{L}\p{N}]+/gu)].flatMap((match) => {
    const found = foldText(match[0]);
    const isMeant = words.some(
      (word) => (isPrefix && found.startsWith(word)) || isSameWord(found, word),
    );
    return isMeant ? [{ start: match.index, end: match.index + match[0].length }] : [];
  });
}

/** Equal but for an ending. */
function isSameWord(a: string, b: string): boolean {
  if (a === b) return true;
  let common = 0;
  while (common < a.length && a[common] === b[common]) common += 1;
  const longest = Math.max(a.length, b.length);
  return common >= 3 && longest - common <= LONGEST_ENDING && common * 3 >= longest * 2 - 1;
}

function markOfKey(field: SearchField, text: string, key: SearchTerm["keys"][number]): Mark[] {
  const value = key.text.slice(1);
  if (key.text.startsWith("+")) return field === "phone" ? markPhone(text, value) : [];
  if (key.text.startsWith("@")) {
    const folded = foldText(text);
    const isNamed = field === "email" ? folded.startsWith(value) : isEmail({ keys: [key] });
    const start = isNamed && folded.length === text.length ? folded.indexOf(value) : -1;
    return start < 0 ? [] : [{ start, end: start + value.length }];
  }
  if (field !== "number") return [];
  const [year, sequence] = (text.match(/\d+/g) ?? []).map(Number);
  const whole = `${year}-${sequence}`;
  const isBegun = key.isPrefix && whole.startsWith(value);
  const isFound = value === String(sequence) || value === whole || isBegun;
  return isFound ? [{ start: 0, end: text.length }] : [];
}

/** The last digits of a number, with what stands between them. */
function markPhone(text: string, reversedDigits: string): Mark[] {
  const places = [...text.matchAll(/\d/g)];
  const digits = places
    .map(([digit]) => digit)
    .toReversed()
    .join("");
  const [first, last] = [places.at(-reversedDigits.length), places.at(-1)];
  if (!digits.startsWith(reversedDigits) || !first || !last) return [];
  return [{ start: first.index, end: last.index + 1 }];
}

function merge(marks: readonly Mark[]): Mark[] {
  const merged: Mark[] = [];
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    if (mark.start >= (merged.at(-1)?.end ?? 0)) merged.push(mark);
  }
  return merged;
}

/** A piece of a long text with the first mark in it, cut between words. */
function cutAround(text: string, marks: readonly Mark[]): Omit<SearchReason, "field"> {
  if (text.length <= SHOWN) return { text, marks };
  const first = marks[0]?.start ?? 0;
  const from = first < SHOWN / 2 ? 0 : text.lastIndexOf(" ", first - SHOWN / 4) + 1;
  const start = Math.max(from, first - SHOWN / 2);
  const space = text.lastIndexOf(" ", start + SHOWN);
  const end = Math.max(
    text.length - start <= SHOWN ? text.length : space > start ? space : start + SHOWN,
    marks[0]?.end ?? 0,
  );
  const before = start > 0 ? "…" : "";
  const after = end < text.length ? "…" : "";
  return {
    text: `${before}${text.slice(start, end).toWellFormed()}${after}`,
    marks: marks
      .filter((mark) => mark.start >= start && mark.end <= end)
      .map((mark) => ({
        start: mark.start - start + before.length,
        end: mark.end - start + before.length,
      })),
  };
}
