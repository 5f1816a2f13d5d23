import { seesOnlyOwn } from "../../domain/access.ts";
import { packId, unpackId } from "../../domain/ids.ts";
import {
  readSearch,
  SEARCH_KINDS,
  type SearchKind,
  type SearchRequest,
  type SearchService,
  type SearchTerm,
} from "../../domain/search.ts";
import { pickCorrections } from "../../domain/search_spelling.ts";
import {
  findSearchDocuments,
  type FoundDocument,
  indexSearch,
  type SearchPlace,
  suggestSearchWords,
} from "../../db/search.ts";
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
      const { documents, next, terms, corrections } = await findDocuments(scope, request);
      const { tx, actor } = scope;
      const look = { tx, companyId: actor.companyId, readerId: readerOf(scope), terms };
      return { items: await readHits(look, documents), next, corrections };
    },
  };
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
  const { limit } = readPageRequest({ limit: request.limit });
  const place = request.cursor ? readPlace(request.cursor) : null;
  const terms = readSearch(request.text);
  if (terms.length === 0) return { documents: [], next: null, terms, corrections: [] };
  const { tx, actor } = scope;
  await indexSearch(tx, actor.companyId, INDEXED_FIRST);
  const kinds = request.kinds ?? SEARCH_KINDS;
  if (!place?.isCorrected) {
    const rows = await find(scope, { terms, kinds, after: place, limit });
    if (rows.length > 0 || place) return pageOf(rows, limit, { terms, corrections: [] });
  }
  const corrected = await correct(scope, terms);
  if (corrected.corrections.length === 0) return pageOf([], limit, { terms, corrections: [] });
  const rows = await find(scope, { terms: corrected.terms, kinds, after: place, limit });
  return pageOf(rows, limit, corrected);
}

function find(
  scope: Scope,
  filter: {
    terms: readonly SearchTerm[];
    kinds: readonly SearchKind[];
    after: SearchPlace | null;
    limit: number;
  },
): Promise<FoundDocument[]> {
  const { tx, actor } = scope;
  return findSearchDocuments(tx, actor.companyId, { ...filter, readerId: readerOf(scope) });
}

/** Nothing was found: takes words of the company's own documents that look like the typed ones. */
async function correct({ tx, actor }: Scope, terms: readonly SearchTerm[]) {
  const corrections: string[] = [];
  const corrected = await Promise.all(
    terms.map(async (term): Promise<SearchTerm> => {
      const [word] = term.words;
      if (word === undefined || !/^\p{L}{4,}$/u.test(word)) return term;
      const candidates = await suggestSearchWords(tx, actor.companyId, word, MOST_SUGGESTIONS);
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

function readerOf({ actor }: Scope) {
  return seesOnlyOwn(actor) ? actor.userId : null;
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
