import { z } from "zod";
import type { Pulled, RemoteDeal } from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap, asText, type Fields } from "../loose.ts";
import type { AmocrmClient } from "./client.ts";
import { type Kind, readClient, readDeal, readTime } from "./records.ts";
import { nextCourse, type Step, stepAfter, STEPS, stepsSchema } from "./scan_steps.ts";

const LIMIT = 250;
/** The first look back after a full scan goes by our own clock: theirs may be ten minutes off. */
const SKEW = 15 * 60; // s
/** Later ones go by their clock; a row may become visible a little after the second it carries. */
const OVERLAP = 5 * 60; // s

const seconds = z.record(z.string(), z.number());
const cursorSchema = z.object({
  mode: z.enum(["full", "changes"]),
  ...stepsSchema,
  page: z.number().int().min(1),
  /** Where the scan after this one begins, by kind, in seconds of their clock. */
  marks: seconds,
  /** Changes: the second that this page begins at, by kind. */
  from: seconds,
  /** Changes: ids of a second that fills more than a page, as far as they were seen. */
  crowd: z.object({ ids: z.array(z.string()), isGrown: z.boolean() }).nullable(),
  /** Some accounts ignore filters: then newest first, until what is known. */
  isFiltered: z.boolean(),
});
type Cursor = z.output<typeof cursorSchema>;

interface Scanner {
  readonly client: AmocrmClient;
  readonly keyField: string | null;
  readonly currency: string;
  readonly now: () => Date;
}

/**
 * One page. A full scan goes by id; a scan for changes begins every page at the last second of the
 * one before, so that an edit moves no row out of sight.
 */
export async function scan(scanner: Scanner, given: unknown, signal: AbortSignal): Promise<Pulled> {
  const place = given === null ? firstCursor(scanner.now()) : cursorSchema.parse(given);
  const rows = await readPage(scanner.client, place, signal);
  const cursor = { ...place, asked: place.asked + 1 };
  const next = cursor.step === "deleted" ? afterDeleted(cursor, rows) : advance(cursor, rows);
  const isComplete = next === null;
  return {
    ...translate(scanner, cursor.step, rows),
    cursor: next ?? nextScan(cursor),
    isComplete,
    isFull: cursor.mode === "full",
  };
}

function firstCursor(now: Date): Cursor {
  const mark = Math.floor(now.getTime() / 1000) - SKEW;
  const marks = { companies: mark, contacts: mark, leads: mark };
  const [step, ...rest] = STEPS;
  const place = { step, rest, page: 1, asked: 0, crowd: null };
  return { ...place, mode: "full", marks, from: {}, isFiltered: true };
}

async function readPage(
  client: AmocrmClient,
  { mode, step, page, from, isFiltered }: Cursor,
  signal: AbortSignal,
): Promise<readonly Fields[]> {
  const kind = step === "deleted" ? "leads" : step;
  const place = { page: String(page), limit: String(LIMIT) };
  const ask = async (query: Record<string, string>): Promise<readonly Fields[]> => {
    const answer = await client.call({
      operation: `GET /${kind}`,
      path: `/${kind}`,
      query: { ...place, ...query },
      signal,
    });
    return asList(asMap(answer?.["_embedded"])[kind]).map(asMap);
  };
  if (step === "deleted") return ask({ with: "only_deleted", "order[updated_at]": "desc" });
  const extra: Record<string, string> = step === "leads" ? { with: "contacts" } : {};
  if (mode === "full") return ask({ ...extra, "order[id]": "asc" });
  if (!isFiltered) return ask({ ...extra, "order[updated_at]": "desc" });
  const since = String(from[kind] ?? 0);
  return ask({ ...extra, "filter[updated_at][from]": since, "order[updated_at]": "asc" });
}

function translate(
  { keyField, currency }: Scanner,
  step: Step,
  rows: readonly Fields[],
): Pick<Pulled, "clients" | "deals"> {
  if (step === "companies" || step === "contacts") {
    return { clients: rows.flatMap((row) => readClient(step, row) ?? []), deals: [] };
  }
  const deals = rows.flatMap((row): RemoteDeal | [] => readDeal(row, keyField, currency) ?? []);
  return { clients: [], deals };
}

/** Null: the scan is complete. */
function advance(cursor: Cursor, rows: readonly Fields[]): Cursor | null {
  const isShort = rows.length < LIMIT;
  if (cursor.mode === "full") return isShort ? nextStep(cursor) : turn(cursor);
  if (!cursor.isFiltered) return advanceUnfiltered(cursor, rows, isShort);
  const kind = cursor.step as Kind;
  const from = cursor.from[kind] ?? 0;
  if (rows.some((row) => secondOf(row) < from)) return { ...cursor, isFiltered: false, page: 1 };
  const last = secondOf(rows.at(-1));
  const marks = { ...cursor.marks, [kind]: Math.max(cursor.marks[kind] ?? 0, last) };
  const moved = { ...cursor, marks };
  const crowd = rows
    .filter((row) => secondOf(row) === from)
    .flatMap((row) => asId(row["id"]) ?? []);
  if (!isShort && last === from) return turn({ ...moved, crowd: grow(cursor.crowd, crowd) });
  const crowdSeen = cursor.crowd && grow(cursor.crowd, crowd);
  // An edit takes a row out of the second and moves the others up: read it until nothing is new.
  if (crowdSeen?.isGrown) return { ...moved, page: 1, crowd: { ...crowdSeen, isGrown: false } };
  if (isShort) return nextStep({ ...moved, crowd: null });
  return { ...moved, page: 1, crowd: null, from: { ...cursor.from, [kind]: last } };
}

function grow(crowd: Cursor["crowd"], ids: readonly string[]): NonNullable<Cursor["crowd"]> {
  const known = new Set(crowd?.ids);
  const added = ids.filter((id) => !known.has(id));
  return {
    ids: [...known, ...added],
    isGrown: crowd === null || crowd.isGrown || added.length > 0,
  };
}

/** Newest first until what was known before. What is edited meanwhile belongs to the next scan. */
function advanceUnfiltered(
  cursor: Cursor,
  rows: readonly Fields[],
  isShort: boolean,
): Cursor | null {
  const kind = cursor.step as Kind;
  const newest = cursor.page === 1 ? secondOf(rows[0]) : 0;
  const marks = { ...cursor.marks, [kind]: Math.max(cursor.marks[kind] ?? 0, newest) };
  const isKnown = secondOf(rows.at(-1)) < (cursor.from[kind] ?? 0);
  return isShort || isKnown ? nextStep({ ...cursor, marks }) : turn({ ...cursor, marks });
}

function turn(cursor: Cursor): Cursor {
  return { ...cursor, page: cursor.page + 1 };
}

function nextStep(cursor: Cursor): Cursor | null {
  const next = stepAfter(cursor);
  return next && { ...cursor, ...next, page: 1, crowd: null };
}

/** Newest first until what was known before, where the account keeps that order. */
function afterDeleted(cursor: Cursor, rows: readonly Fields[]): Cursor | null {
  const times = rows.map(secondOf);
  const newest = Math.max(cursor.marks["deleted"] ?? 0, ...times);
  const moved = { ...cursor, marks: { ...cursor.marks, deleted: newest } };
  const isOrdered = times.every((time, index) => index === 0 || time <= (times[index - 1] ?? 0));
  const isKnown = isOrdered && (times.at(-1) ?? 0) < (cursor.from["deleted"] ?? 0);
  return rows.length < LIMIT || isKnown ? nextStep(moved) : turn(moved);
}

function nextScan(cursor: Cursor): Cursor {
  const { marks, isFiltered } = cursor;
  const back = cursor.mode === "full" ? 0 : OVERLAP;
  const from = Object.fromEntries(Object.entries(marks).map(([kind, mark]) => [kind, mark - back]));
  const place = { ...nextCourse(cursor), page: 1, asked: 0, crowd: null };
  return { ...place, mode: "changes", marks, from, isFiltered };
}

function secondOf(row: Fields | undefined): number {
  return Math.floor(readTime(asText(row?.["updated_at"])).getTime() / 1000);
}
