import { z } from "zod";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import type { Id } from "../domain/ids.ts";
import { SEARCH_KINDS, type SearchKind, type SearchTerm } from "../domain/search.ts";
import type { Queryable, Transaction } from "./client.ts";

/** Ranking stops here: a word that is everywhere costs no more than one that is often. */
export const MOST_RANKED = 500;
/**
 * And here for the beginning of one word alone, from page to page. Many things begin alike, each is a page of
 * the table to read, and who types goes on typing: who gets a short page sees less of it.
 */
const RANKED_OF_BEGINNING = { short: 40, long: 80 } as const;
const SHORT_PAGE = 20;
/** A rare status may stand behind many others with the same word. */
const MOST_RANKED_OF_STATUS = 5000;
/** Companies whose changes one look brings; the next look brings more. */
const MOST_COMPANIES = 100;

/** Where a page begins: behind this match. */
export interface SearchPlace {
  readonly rank: number;
  readonly id: Id;
}

export interface SearchFilter {
  readonly terms: readonly SearchTerm[];
  readonly kinds: readonly SearchKind[];
  /** Only what this person may see; null: everything of the company. */
  readonly readerId: Id | null;
  /** Estimates in it and nothing else; null: everything in any. */
  readonly status: EstimateStatus | null;
  readonly after: SearchPlace | null;
  readonly limit: number;
}

const documentRow = z.object({ id: z.string(), kind: z.enum(SEARCH_KINDS), rank: z.number() });
const documentRows = z.array(documentRow);
export type FoundDocument = z.output<typeof documentRow>;

/** Best first, newest among equals, `limit` + 1 at most: the one too many tells of a next page. */
export async function findSearchDocuments(
  tx: Transaction,
  companyId: Id,
  { terms, kinds, readerId, status, after, limit }: SearchFilter,
): Promise<FoundDocument[]> {
  const rows = await tx`
    select found.id, found.kind, found.rank
    from find_search_documents(
      ${companyId}, ${tx.json(terms as never)}, ${[...kinds]}::text[], ${readerId},
      ${status === null ? mostRanked(terms, limit) : MOST_RANKED_OF_STATUS}
    ) as found
    ${
      status === null
        ? tx``
        : tx`
          join estimates
            on estimates.company_id = ${companyId} and estimates.id = found.id
            and estimates.status = ${status}
        `
    }
    ${after ? tx`where (found.rank, found.id) < (${after.rank}::int, ${after.id}::uuid)` : tx``}
    order by found.rank desc, found.id desc
    limit ${limit + 1}
  `;
  return documentRows.parse(rows);
}

function mostRanked(terms: readonly SearchTerm[], limit: number): number {
  const isBeginning = terms.length === 1 && terms[0]?.isPrefix === true;
  const { short, long } = RANKED_OF_BEGINNING;
  if (!isBeginning || limit >= long) return MOST_RANKED;
  return limit <= SHORT_PAGE ? short : long;
}

/** Words that stand in the company's documents and look like this one, the most alike first. */
export async function suggestSearchWords(
  tx: Transaction,
  companyId: Id,
  word: string,
  limit: number,
): Promise<string[]> {
  const rows = await tx`
    select word from suggest_search_words(${companyId}, ${word}, ${limit}) as word
  `;
  return rows.map((row) => String(row["word"]));
}

/**
 * Brings documents up to date with what has changed, `most` changes at most; returns how many were done.
 * Inside a transaction that goes on it keeps others from the same documents until the end of it.
 */
export async function indexSearch(tx: Transaction, companyId: Id, most: number): Promise<number> {
  const [row] = await tx`select index_search(${companyId}, ${most}) as done`;
  return z.object({ done: z.number() }).parse(row).done;
}

/** As the owner of the tables: companies whose documents are behind. */
export async function listCompaniesToIndex(sql: Queryable): Promise<Id[]> {
  const rows = await sql`
    select distinct company_id
    from search_marks
    limit ${MOST_COMPANIES}
  `;
  return rows.map((row) => String(row["company_id"]));
}
