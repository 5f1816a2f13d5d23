import { seesOnlyOwn } from "../../domain/access.ts";
import { type Id, packId, unpackId } from "../../domain/ids.ts";
import {
  isEmail,
  readSearch,
  SEARCH_KINDS,
  type SearchKind,
  type SearchPage,
  type SearchReason,
  type SearchRequest,
  type SearchService,
  type SearchTerm,
} from "../../domain/search.ts";
import { pickCorrections } from "../../domain/search_spelling.ts";
import {
  findSearchDocuments,
  type FoundDocument,
  indexSearch,
  MOST_RANKED,
  type SearchFilter,
  type SearchPlace,
  suggestSearchWords,
} from "../../db/search.ts";
import type { Transaction } from "../../db/client.ts";
import { readPageRequest, staleCursor } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";
import { readHits } from "./search_hits.ts";

/** What was changed a moment ago is found at once; a flood of changes is the worker's. */
const INDEXED_FIRST = 200;
const MOST_SUGGESTIONS = 30;

export function createSearchService(scope: Scope): SearchService {
  return {
    find: async (request) => {
      demand(scope, "estimate.read");
      demand(scope, "client.read");
      demand(scope, "project.read");
      const found = await findDocuments(scope, request);
      return readPage(lookOf(scope), found);
    },
  };
}

/**
 * The same where only looking is allowed, a moment behind: writes nothing. Throws `invalid` for a limit
 * or cursor that is none.
 */
export async function findHits(look: Look, request: SearchRequest): Promise<SearchPage> {
  return readPage(look, await lookUp(look, request));
}

async function readPage(look: Look, found: Found): Promise<SearchPage> {
  const { documents, next, terms, corrections } = found;
  return { items: await readHits({ ...look, terms }, documents), next, corrections };
}

interface Found {
  readonly documents: readonly FoundDocument[];
  readonly next: string | null;
  /** What was looked for in the end. */
  readonly terms: readonly SearchTerm[];
  readonly corrections: readonly string[];
}

/** Without what stands behind the documents. Throws `invalid` for a limit or cursor that is none. */
export async function findDocuments(scope: Scope, request: SearchRequest): Promise<Found> {
  await indexSearch(scope.tx, scope.actor.companyId, INDEXED_FIRST);
  return lookUp(lookOf(scope), request);
}

/** The best matches of one kind, for a list that is narrowed to them; a moment behind. */
export interface FoundIds {
  /** Null: the text asks for nothing. */
  readonly ids: readonly Id[] | null;
  /** What was looked for in place of a word that nobody has. */
  readonly corrections: readonly string[];
  /** There may be more than these. */
  readonly isCut: boolean;
  /** What was looked for in the end. */
  readonly terms: readonly SearchTerm[];
}

/** Writes nothing: where only looking is allowed. */
export async function findIds(
  look: Look,
  { text, kind }: { readonly text: string; readonly kind: SearchKind },
): Promise<FoundIds> {
  const terms = readSearch(text);
  if (terms.length === 0) return { ids: null, corrections: [], isCut: false, terms };
  const query = { kinds: [kind], status: null, after: null, limit: MOST_RANKED };
  const rows = await find(look, { ...query, terms });
  if (rows.length > 0) return idsOf(rows, { terms, corrections: [] });
  const corrected = await correct(look, terms);
  if (corrected.corrections.length === 0) return idsOf([], corrected);
  return idsOf(await find(look, { ...query, terms: corrected.terms }), corrected);
}

/** Why things were found, by their ids; empty where nothing was looked for. */
export async function explainFound(
  look: Look,
  { kind, ids, terms }: { kind: SearchKind; ids: readonly Id[]; terms: readonly SearchTerm[] },
): Promise<ReadonlyMap<Id, readonly SearchReason[]>> {
  if (terms.length === 0) return new Map();
  const documents = ids.map((id) => ({ kind, id }));
  const hits = await readHits({ ...look, terms }, documents);
  return new Map(hits.map(({ id, reasons }) => [id, reasons]));
}

function idsOf(
  rows: readonly FoundDocument[],
  { terms, corrections }: Pick<Found, "terms" | "corrections">,
): FoundIds {
  const ids = rows.map(({ id }) => id);
  return {
    ids,
    corrections: ids.length === 0 ? [] : corrections,
    isCut: ids.length >= MOST_RANKED,
    terms,
  };
}

/** Where one looks: in what the person may see of a company; `readerId` null: in everything. */
interface Look {
  readonly tx: Transaction;
  readonly companyId: Id;
  readonly readerId: Id | null;
}

async function lookUp(look: Look, request: SearchRequest): Promise<Found> {
  const { limit } = readPageRequest({ limit: request.limit });
  const place = request.cursor ? readPlace(request.cursor) : null;
  const terms = readSearch(request.text);
  if (terms.length === 0) return { documents: [], next: null, terms, corrections: [] };
  const { kinds = SEARCH_KINDS, status = null } = request;
  const query = { kinds, status, after: place, limit };
  if (!place?.isCorrected) {
    const rows = await find(look, { ...query, terms });
    if (rows.length > 0 || place) return pageOf(rows, limit, { terms, corrections: [] });
  }
  const corrected = await correct(look, terms);
  if (corrected.corrections.length === 0) return pageOf([], limit, { terms, corrections: [] });
  const rows = await find(look, { ...query, terms: corrected.terms });
  return pageOf(rows, limit, corrected);
}

function find(
  { tx, companyId, readerId }: Look,
  filter: Omit<SearchFilter, "readerId">,
): Promise<FoundDocument[]> {
  return findSearchDocuments(tx, companyId, { ...filter, readerId });
}

/** Nothing was found: takes words of the company's own documents that look like the typed ones. */
async function correct({ tx, companyId }: Look, terms: readonly SearchTerm[]) {
  const corrections: string[] = [];
  const corrected = await Promise.all(
    terms.map(async (term): Promise<SearchTerm> => {
      const [word] = term.words;
      // Nobody who looks for an e-mail wants to hear of another one.
      if (word === undefined || isEmail(term) || !/^\p{L}{4,}$/u.test(word)) return term;
      const candidates = await suggestSearchWords(tx, companyId, word, MOST_SUGGESTIONS);
      const meant = pickCorrections(word, candidates, term.isPrefix).filter(
        (candidate) => candidate !== word,
      );
      corrections.push(...meant);
      return { ...term, words: [word, ...meant] };
    }),
  );
  return { terms: corrected, corrections };
}

function pageOf(
  rows: readonly FoundDocument[],
  limit: number,
  { terms, corrections }: Pick<Found, "terms" | "corrections">,
): Found {
  const documents = rows.slice(0, limit);
  const last = documents.at(-1);
  const isMore = last !== undefined && rows.length > limit;
  return {
    documents,
    next: isMore ? writePlace(last, corrections.length > 0) : null,
    terms,
    corrections: documents.length === 0 ? [] : corrections,
  };
}

/** What the person may see of the company. */
export function lookOf({ tx, actor }: Pick<Scope, "tx" | "actor">): Look {
  return { tx, companyId: actor.companyId, readerId: seesOnlyOwn(actor) ? actor.userId : null };
}

/** "x1a2b.AZ…": short enough for a button of the chat. */
function writePlace({ rank, id }: SearchPlace, isCorrected: boolean): string {
  return `${isCorrected ? "c" : "x"}${rank.toString(36)}.${packId(id)}`;
}

function readPlace(cursor: string): SearchPlace & { isCorrected: boolean } {
  const match = /^([cx])([0-9a-z]{1,6})\.(.{22})$/.exec(cursor);
  const id = unpackId(match?.[3] ?? "");
  const rank = Number.parseInt(match?.[2] ?? "", 36);
  if (!match || id === null || rank > 2 ** 31 - 1) throw staleCursor();
  return { rank, id, isCorrected: match[1] === "c" };
}
