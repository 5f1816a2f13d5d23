import { AppError } from "../../domain/errors.ts";
import { type Id, packId, unpackId } from "../../domain/ids.ts";
import { parsePhone } from "../../domain/phones.ts";
import type { ListRequest, Page, PageRequest } from "../../domain/paging.ts";
import type { ListPart } from "../../db/paging.ts";

const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100;
const MAX_WORDS = 8;
const MAX_SEARCH_LENGTH = 200;

/** What a list is asked for, checked. */
export interface PageQuery {
  readonly words: readonly string[];
  /** As the page before gave it: see `readIdCursor`. */
  readonly cursor: string | null;
  readonly limit: number;
}

/** Throws `invalid` for a limit that is not a whole number from 1 to 100. */
export function readPageRequest({ search, cursor, limit }: PageRequest): PageQuery {
  const count = limit ?? DEFAULT_LIMIT;
  if (!Number.isInteger(count) || count < 1 || count > MAX_LIMIT) {
    throw new AppError("invalid", `На странице может быть от 1 до ${MAX_LIMIT} записей.`);
  }
  return { words: searchWords(search ?? ""), cursor: cursor ?? null, limit: count };
}

/**
 * Lower case, ё as е, as the queries fold what they search. A whole phone number becomes E.164, and a
 * beginning such as 8916 loses the 8, which no stored number has.
 */
export function searchWords(search: string): string[] {
  const text = search.slice(0, MAX_SEARCH_LENGTH).toWellFormed().replaceAll("\0", "");
  const phone = parsePhone(text);
  if (phone) return [phone.e164];
  return text
    .toLowerCase()
    .replaceAll("ё", "е")
    .split(/\s+/)
    .filter((word) => word !== "")
    .map((word) => (/^89\d{2,9}$/.test(word) ? word.slice(1) : word))
    .slice(0, MAX_WORDS);
}

/**
 * Makes a page of rows that were read with one too many.
 * @param place what the next request gives back, made of the last row of this page
 */
export function makePage<Row, Item>(
  rows: readonly Row[],
  limit: number,
  { item, place }: { item: (row: Row) => Item; place: (row: Row) => string },
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return {
    items: shown.map(item),
    next: last !== undefined && rows.length > limit ? place(last) : null,
  };
}

/** A page of a list that is ordered by something which stands in the row of its cursor. */
export async function readPage<Row extends { readonly id: Id }>(
  request: ListRequest,
  read: (part: ListPart) => Promise<readonly Row[]>,
): Promise<Page<Row>> {
  const { cursor, limit } = readPageRequest(request);
  const rows = await read({ before: readIdCursor(cursor), limit });
  return makePage(rows, limit, { item: (row) => row, place: idCursor });
}

/** The cursor of lists that are ordered by something which stands in the row of this id. */
export function idCursor(row: { readonly id: Id }): string {
  return packId(row.id);
}

/** Throws `invalid` for anything but a cursor made by `idCursor`. */
export function readIdCursor(cursor: string | null): Id | null {
  if (cursor === null) return null;
  const id = unpackId(cursor);
  if (id === null) throw staleCursor();
  return id;
}

export function staleCursor(): AppError {
  return new AppError("invalid", "Эта страница списка устарела. Откройте список заново.");
}
