import type { EstimateStatus } from "./estimate/status.ts";
import type { Id } from "./ids.ts";
import type { Kopecks } from "./money.ts";
import { cleanText } from "./text.ts";

export const SEARCH_KINDS = ["client", "project", "estimate", "deal"] as const;
export type SearchKind = (typeof SEARCH_KINDS)[number];

export const SEARCH_FIELDS = {
  number: "Номер",
  name: "Имя",
  title: "Название",
  client: "Заказчик",
  project: "Объект",
  address: "Адрес",
  phone: "Телефон",
  email: "Эл. почта",
  inn: "ИНН",
  line: "Строка",
  note: "Заметка",
  crm: "CRM",
} as const;
export type SearchField = keyof typeof SEARCH_FIELDS;

/** Why something was found: a piece of a field with the places of the words, in UTF-16 units. */
export interface SearchReason {
  readonly field: SearchField;
  readonly text: string;
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

export interface SearchHit {
  readonly kind: SearchKind;
  /** Of the client, object or estimate; of a deal only for telling two of them apart. */
  readonly id: Id;
  /** As in the lists; empty: an estimate without a name and an object. */
  readonly title: string;
  /** Of an estimate; null for everything else. */
  readonly number: string | null;
  /** What stands beside the title: a phone, an object, a customer. May be empty. */
  readonly about: string;
  /** The estimate itself, or that of a deal; null where there is none. */
  readonly estimateId: Id | null;
  readonly status: EstimateStatus | null;
  readonly total: Kopecks | null;
  /** Most telling first; empty where only a mark of the record matched. */
  readonly reasons: readonly SearchReason[];
}

export interface SearchRequest {
  readonly text: string;
  /** All by default. */
  readonly kinds?: readonly SearchKind[] | undefined;
  /** Estimates in this status and nothing else. */
  readonly status?: EstimateStatus | undefined;
  readonly cursor?: string | null | undefined;
  /** 1 to 100; 20 by default. */
  readonly limit?: number | undefined;
}

/** `next` is null on the last page; pass it back to go on. */
export interface SearchPage {
  readonly items: readonly SearchHit[];
  readonly next: string | null;
  /** Words that were taken instead of mistyped ones; empty where all were found as they are. */
  readonly corrections: readonly string[];
}

export interface SearchService {
  /** The best first, of at most 500 matches (5 000 with a status). Nothing for a text without letters and digits. */
  find(request: SearchRequest): Promise<SearchPage>;
}

/** One thing that must be found, in any of these ways. */
export interface SearchTerm {
  /** Lower case, ё as е. Found in every form; several: what was mistyped and what may be meant. */
  readonly words: readonly string[];
  /** The word is still being typed: longer ones that begin like it are found, too. */
  readonly isPrefix: boolean;
  /** Marks in the index: "#1", "#2026-1", "@ivan@mail.ru", "+" and a phone's digits from behind. */
  readonly keys: readonly { readonly text: string; readonly isPrefix: boolean }[];
}

const MAX_LENGTH = 200;
const MAX_TERMS = 8;
/** A few digits are a house or a sum; this many may be the end of a phone number. */
const PHONE_END = 4;
/** This many digits with something between them are a phone number. */
const PHONE = 7;

const TOKENS =
  /(?<email>[^\s@,;]+@[^\s,;]*)|(?:[№#]\s*)?(?:см|cm)[\s-]*(?<year>20\d\d)(?:[\s\-–—]+(?<sequence>\d{1,9}))?(?!\d)|[№#]\s*(?<only>\d{1,9})|(?<digits>\+?\d(?:[\d\s()\-–—.]*\d)?)(?![\p{L}\p{N}])|(?<word>[\p{L}\p{N}]+)/gu;

/** What a typed text asks for. Whatever is typed, the result is words and marks, never a syntax. */
export function readSearch(text: string): SearchTerm[] {
  const folded = foldText(cleanText(text).slice(0, MAX_LENGTH));
  const terms = [...folded.matchAll(TOKENS)].flatMap((match) => {
    const isLast = match.index + match[0].length === folded.length;
    return termsOf(match.groups ?? {}, isLast);
  });
  return terms.slice(0, MAX_TERMS);
}

/** As the index folds what it holds. */
export function foldText(text: string): string {
  return text.toWellFormed().normalize("NFC").toLowerCase().replaceAll("ё", "е");
}

function termsOf(groups: Readonly<Record<string, string | undefined>>, isLast: boolean) {
  const { email, year, sequence, only, digits, word } = groups;
  if (email !== undefined) return emailTerms(email, isLast);
  if (year !== undefined) {
    // «СМ-2026-00» is still being typed.
    const typed = Number(sequence ?? 0);
    return [typed === 0 ? keyTerm(`#${year}-`, true) : keyTerm(`#${year}-${typed}`)];
  }
  if (only !== undefined) return [keyTerm(`#${Number(only)}`)];
  if (digits !== undefined) return digitTerms(digits, isLast);
  if (word === undefined) return [];
  const keys = /^[a-z]/.test(word) ? [{ text: `@${word}`, isPrefix: true }] : [];
  return [{ words: [word], isPrefix: isLast, keys }];
}

function keyTerm(text: string, isPrefix = false): SearchTerm {
  return { words: [], isPrefix: false, keys: [{ text, isPrefix }] };
}

/** «ivan@mail.ru», also a part of it that has an @ in it. */
export function isEmail({ keys }: Pick<SearchTerm, "keys">): boolean {
  return keys.some(({ text }) => text.startsWith("@") && text.includes("@", 1));
}

/** Found as the e-mail of somebody, or by all of its words where it stands in a name or a note. */
function emailTerms(email: string, isLast: boolean): SearchTerm[] {
  const key = { text: `@${email}`, isPrefix: isLast };
  const words = email.match(/[\p{L}\p{N}]+/gu) ?? [];
  // «ivan@» as a word would find everybody of that name.
  if (!/@.*[\p{L}\p{N}]/u.test(email)) return [keyTerm(key.text, isLast)];
  return words.map((word, index) => ({
    words: [word],
    isPrefix: isLast && index === words.length - 1,
    keys: [key],
  }));
}

/** «2026-0001» is a number, «8 (912) 345-67-89» a phone, «4567» may be either, «12 5» is two words. */
function digitTerms(text: string, isLast: boolean): SearchTerm[] {
  const number = /^(20\d\d)[-–—](\d{1,6})$/.exec(text);
  if (number) return [keyTerm(`#${number[1]}-${Number(number[2])}`)];
  const parts = [...text.matchAll(/\d+/g)].map(([part]) => part);
  const joined = parts.join("");
  if (parts.length > 1 && joined.length >= PHONE) {
    return [{ words: [joined], isPrefix: false, keys: [phoneKey(joined)] }];
  }
  return parts.map((part, index) => ({
    words: [part],
    isPrefix: isLast && index === parts.length - 1,
    keys: [
      ...(part.length < 10 ? [{ text: `#${Number(part)}`, isPrefix: false }] : []),
      ...(part.length >= PHONE_END ? [phoneKey(part)] : []),
    ],
  }));
}

/** Numbers are kept by their last ten digits from behind, so that the last ones are a beginning. */
function phoneKey(digits: string) {
  const last = digits.slice(-10).split("").toReversed().join("");
  return { text: `+${last}`, isPrefix: last.length < 10 };
}
