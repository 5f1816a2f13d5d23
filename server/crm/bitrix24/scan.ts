import { z } from "zod";
import { type CrmAdapter, CrmError, type Pulled } from "../../../domain/crm_adapter.ts";
import { asId, asList, asMap } from "../loose.ts";
import {
  BATCH_TOO_LONG,
  type BatchAnswer,
  type Bitrix24Client,
  command,
  type PortalMoment,
} from "./client.ts";
import { ENTITY_TYPES, readClient, readDeal } from "./records.ts";

const ENTITIES = ["company", "contact", "deal"] as const;

const PAGE = 50;
const MOST_PAGES = 50;
/** Read, stored and forgotten together: more would only be memory. */
const HANDED_PAGES = 10;
/** Behind the portal's clock: a row may become visible a little after the second it carries. */
const OVERLAP = 5 * 60_000; // ms
/** After a change of the clocks the portal reads one hour twice. */
const CLOCK_CHANGE = 2 * 3_600_000; // ms

const momentSchema = z.object({ at: z.string(), offset: z.string() });
const cursorSchema = z.object({
  /** Null: everything. Otherwise rows changed since, by the portal's clock. */
  since: momentSchema.nullable(),
  /** The portal's clock when this scan began: where the next one goes on. */
  startedAt: momentSchema.nullable(),
  entity: z.enum(ENTITIES),
  afterId: z.string(),
  /** What this portal does within one request, as far as this scan has seen. */
  most: z.number().int().min(1).max(MOST_PAGES).default(MOST_PAGES),
  /** Commands of the next batch. */
  pages: z.number().int().min(1).max(MOST_PAGES),
  /** Whether each page asks for the type that the row before it tells; see `pageCommands`. */
  isGuarded: z.boolean(),
});
type Cursor = z.output<typeof cursorSchema>;

const FIRST: Omit<Cursor, "since"> = {
  startedAt: null,
  entity: "company",
  afterId: "0",
  most: MOST_PAGES,
  pages: MOST_PAGES,
  isGuarded: true,
};

/** What was answered and not handed on yet, and where it goes on. */
interface Kept {
  readonly answer: BatchAnswer;
  readonly place: string;
  /** Of the answer: the next page, and how many were asked for. */
  readonly page: number;
  readonly pages: number;
}

/**
 * A batch brings up to 50 pages, each beginning behind the last id of the one before; they are handed
 * on some pages at a time, the others stay as bytes until they are asked for. Order by id does not
 * change when a row is edited, so edits neither hide nor double a row; what is edited later comes with
 * the next scan, for that one begins at the time when this one began.
 * apidocs.bitrix24.com/settings/performance/huge-data.html, …/how-to-call-rest-api/batch.html
 */
export function createScan(client: Bitrix24Client): CrmAdapter["pull"] {
  let kept: Kept | null = null;
  return async (given, signal) => {
    const cursor = readCursor(given);
    // Not by identity: between two pages a cursor may have been in the database.
    const current = kept?.place === placeOf(cursor) ? kept : await ask(client, cursor, signal);
    kept = null;
    if (current === null) return shorter(cursor);
    const read = readPages(current, cursor);
    const startedAt = cursor.startedAt ?? toText(current.answer.portalTime);
    const next = nextCursor({ ...cursor, startedAt }, read);
    if (read.page !== null) kept = { ...current, page: read.page, place: placeOf(next.cursor) };
    return { ...translate(cursor.entity, read.items), ...next, isFull: cursor.since === null };
  };
}

/** Null: so many pages take the portal too long. */
async function ask(
  client: Bitrix24Client,
  cursor: Cursor,
  signal: AbortSignal,
): Promise<Kept | null> {
  const commands = pageCommands(cursor);
  const answer = await batchInTime(client, commands, signal);
  if (answer !== null) return { answer, place: placeOf(cursor), page: 0, pages: cursor.pages };
  if (cursor.pages === 1) throw new CrmError({ kind: "transient" }, BATCH_TOO_LONG);
  return null;
}

async function batchInTime(
  client: Bitrix24Client,
  commands: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<BatchAnswer | null> {
  try {
    return await client.batch(commands, { signal, operation: "crm.item.list" });
  } catch (error) {
    if (error instanceof CrmError && error.code === BATCH_TOO_LONG) return null;
    throw error;
  }
}

/** Nothing was read; the next batch of this scan asks for half, and none of it for more again. */
function shorter(cursor: Cursor): Pulled {
  const pages = Math.floor(cursor.pages / 2);
  return {
    clients: [],
    deals: [],
    cursor: { ...cursor, most: pages, pages },
    isComplete: false,
    isFull: cursor.since === null,
  };
}

function placeOf(cursor: Cursor): string {
  return JSON.stringify(cursor);
}

function translate(
  entity: Cursor["entity"],
  items: readonly unknown[],
): Pick<Pulled, "clients" | "deals"> {
  if (entity === "deal") return { clients: [], deals: items.flatMap((one) => readDeal(one) ?? []) };
  return { clients: items.flatMap((one) => readClient(entity, one) ?? []), deals: [] };
}

function readCursor(given: unknown): Cursor {
  if (given !== null) return cursorSchema.parse(given);
  return { ...FIRST, since: null };
}

/**
 * Behind a short page a reference to its last row is empty, and `>id: ""` is everything once more.
 * So the type is asked for by reference as well: empty, it is refused, and the batch halts there.
 */
function pageCommands(cursor: Cursor): Record<string, string> {
  const { entity, since, afterId, pages, isGuarded } = cursor;
  const shared: [string, string][] = [
    // `fm`, the phones, can't be selected by name.
    ["select[0]", "*"],
    ["order[id]", "ASC"],
    ["start", "-1"],
    ...(since ? [["filter[>=updatedTime]", localTime(since)] as [string, string]] : []),
  ];
  const commands: Record<string, string> = {};
  for (let page = 0; page < pages; page += 1) {
    const last = `$result[p${page - 1}][items][${PAGE - 1}]`;
    const type = String(ENTITY_TYPES[entity]);
    commands[`p${page}`] = command("crm.item.list", [
      ...shared,
      ["entityTypeId", page > 0 && isGuarded ? `${last}[entityTypeId]` : type],
      ["filter[>id]", page > 0 ? `${last}[id]` : afterId],
    ]);
  }
  return commands;
}

interface ReadPages {
  readonly items: readonly unknown[];
  /** Whether the last row of its kind is among them. */
  readonly isEnd: boolean;
  /** How many pages the next batch may ask for. */
  readonly usable: number;
  /** The next page of the same answer; null: it is used up. */
  readonly page: number | null;
}

/**
 * The next rows of an answer, up to the first short page. A page that does not go on behind the last
 * id is the portal's answer to a reference that it could not follow (it becomes empty, and `>id: ""`
 * is everything): it and what follows is dropped, and the next batch is shorter.
 */
function readPages({ answer, page: first, pages }: Kept, { afterId, most }: Cursor): ReadPages {
  const items: unknown[] = [];
  const over = { items, page: null };
  let last = BigInt(afterId);
  for (let page = first; page < pages; page += 1) {
    if (page === first + HANDED_PAGES) return { items, page, isEnd: false, usable: pages };
    const result = answer.result(`p${page}`);
    if (result === undefined) {
      if (page === 0) answer.check("p0");
      return { ...over, isEnd: false, usable: Math.max(1, page) };
    }
    const rows = asList(asMap(result)["items"]);
    const start = asId(asMap(rows[0])["id"]);
    if (start !== null && BigInt(start) <= last)
      return { ...over, isEnd: false, usable: page || 1 };
    items.push(...rows);
    if (rows.length < PAGE) return { ...over, isEnd: true, usable: most };
    last = BigInt(asId(asMap(rows.at(-1))["id"]) ?? last);
  }
  return { ...over, isEnd: false, usable: most };
}

function nextCursor(
  cursor: Cursor,
  { items, isEnd, usable }: ReadPages,
): { cursor: Cursor; isComplete: boolean } {
  if (!isEnd) {
    const last = asMap(items.at(-1));
    const afterId = asId(last["id"]) ?? cursor.afterId;
    const isGuarded =
      cursor.isGuarded && (items.length === 0 || asId(last["entityTypeId"]) !== null);
    const pages = isGuarded === cursor.isGuarded ? usable : cursor.most;
    return { cursor: { ...cursor, afterId, pages, isGuarded }, isComplete: false };
  }
  const entity = ENTITIES[ENTITIES.indexOf(cursor.entity) + 1];
  if (entity) {
    return { cursor: { ...cursor, entity, afterId: "0", pages: cursor.most }, isComplete: false };
  }
  return { cursor: { ...FIRST, since: nextSince(cursor) }, isComplete: true };
}

/** Where the clocks changed between two scans, the next one looks back over the doubled hour. */
function nextSince({ since, startedAt }: Cursor): Cursor["since"] {
  if (!since || !startedAt || since.offset === startedAt.offset) return startedAt;
  const at = new Date(new Date(startedAt.at).getTime() - CLOCK_CHANGE).toISOString();
  return { ...startedAt, at };
}

function toText(moment: PortalMoment | null): Cursor["startedAt"] {
  if (moment === null) return null;
  return { at: moment.at.toISOString(), offset: moment.offset };
}

/** «2026-03-02 15:00:00» of the portal: the one form that every portal is known to filter by. */
function localTime({ at, offset }: { at: string; offset: string }): string {
  const [, sign, hours = "0", minutes = "0"] = /([+-])(\d\d):(\d\d)/.exec(offset) ?? [];
  const shift = (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === "-" ? -1 : 1);
  const instant = new Date(at).getTime() - OVERLAP;
  return new Date(instant + shift).toISOString().slice(0, 19).replace("T", " ");
}

/** One more request before a full scan: it counts, which every page of the scan must not do. */
export async function countRecords(
  client: Bitrix24Client,
  signal: AbortSignal,
): Promise<number | null> {
  const commands = Object.fromEntries(
    ENTITIES.map((entity) => [
      entity,
      command("crm.item.list", [
        ["entityTypeId", String(ENTITY_TYPES[entity])],
        ["select[0]", "id"],
        ["start", "0"],
      ]),
    ]),
  );
  const answer = await batchInTime(client, commands, signal);
  if (answer === null) return null;
  const totals = ENTITIES.map((entity) => answer.total(entity));
  return totals.includes(null) ? null : totals.reduce<number>((sum, one) => sum + (one ?? 0), 0);
}
