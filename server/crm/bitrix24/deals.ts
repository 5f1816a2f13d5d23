import {
  CrmError,
  type CrmFile,
  type DealPush,
  type RemoteDeal,
  type RemoteRef,
  type WrittenDeal,
} from "../../../domain/crm_adapter.ts";
import { formatMoney, type Kopecks, kopecks, parseMoney } from "../../../domain/money.ts";
import { parseQuantity, QUANTITY_ONE } from "../../../domain/quantity.ts";
import { asId, asList, asMap, asText, type Fields } from "../loose.ts";
import { writeSum } from "../sums.ts";
import type { Bitrix24Client } from "./client.ts";
import { ENTITY_TYPES, ORIGINATOR, readDeal } from "./records.ts";
import { writeRows } from "./rows.ts";

/**
 * By our key. Where the portal refuses to filter by it, by looking through the newest deals: what we
 * made is among them, for a push that was broken off is repaired within minutes.
 */
export async function findDealRecord(
  client: Bitrix24Client,
  externalKey: string,
  signal: AbortSignal,
  mode: "filterOnly" | "any" = "any",
): Promise<RemoteRef | null> {
  const shared = { entityTypeId: ENTITY_TYPES.deal, select: ["*"], start: -1 };
  const read = { signal, isWrite: false };
  try {
    const filter = { "=originatorId": ORIGINATOR, "=originId": externalKey };
    const params = { ...shared, filter, order: { id: "ASC" } };
    return firstWithKey(await client.call("crm.item.list", params, read), externalKey);
  } catch (error) {
    const isRefused = error instanceof CrmError && error.failure.kind === "invalid";
    if (!isRefused || mode === "filterOnly") throw error;
  }
  const newest = { ...shared, order: { id: "DESC" } };
  for (let page = 0, before: string | null = null; page < 10; page += 1) {
    const filter = before ? { "<id": Number(before) } : {};
    const result = await client.call("crm.item.list", { ...newest, filter }, read);
    const found = firstWithKey(result, externalKey);
    if (found) return found;
    before = asId(asMap(asList(asMap(result)["items"]).at(-1))["id"]);
    if (before === null) return null;
  }
  return null;
}

/** The oldest of the page that really carries the key: the filter is not taken at its word. */
function firstWithKey(result: unknown, externalKey: string): RemoteRef | null {
  const deals = asList(asMap(result)["items"]).flatMap((item) => readDeal(item) ?? []);
  return deals.findLast((deal) => deal.externalKey === externalKey)?.ref ?? null;
}

export async function createDealRecord(
  client: Bitrix24Client,
  deal: DealPush,
  signal: AbortSignal,
): Promise<RemoteRef> {
  const fields = {
    ...dealFields(deal),
    title: deal.title,
    originatorId: ORIGINATOR,
    originId: deal.externalKey,
  };
  const params = { entityTypeId: ENTITY_TYPES.deal, fields };
  const result = asMap(await client.call("crm.item.add", params, { signal, isWrite: true }));
  const id = asId(asMap(result["item"])["id"]);
  if (id === null) throw new CrmError({ kind: "unknown" }, "no_id");
  return { entity: "deal", id };
}

/** The title is ours only at first: managers rename deals. */
function dealFields(deal: DealPush): Record<string, unknown> {
  const client =
    deal.client === null
      ? {}
      : deal.client.entity === "company"
        ? { companyId: Number(deal.client.id) }
        : { contactIds: [Number(deal.client.id)] };
  const stage = deal.stage
    ? { categoryId: Number(deal.stage.pipelineId), stageId: deal.stage.stageId }
    : {};
  const isExact = exactSum(deal) === deal.total;
  return {
    currencyId: deal.currency,
    // By hand only where the portal's own sum of the rows would differ.
    isManualOpportunity: isExact ? "N" : "Y",
    opportunity: writeSum(deal.total),
    ...client,
    ...stage,
  };
}

/** Null where price × quantity of a row has parts of a kopeck: portals round that differently. */
function exactSum({ lines }: DealPush): Kopecks | null {
  let sum = 0n;
  for (const { price, quantity } of lines) {
    const product = (parseMoney(price) ?? 0n) * (parseQuantity(quantity) ?? 0n);
    if (product % QUANTITY_ONE !== 0n) return null;
    sum += product / QUANTITY_ONE;
  }
  return kopecks(sum);
}

/** Rows first: with an automatic amount they decide it. Then what differs, then a look at all of it. */
export async function writeDealRecord(
  client: Bitrix24Client,
  ref: RemoteRef,
  deal: DealPush,
  signal: AbortSignal,
): Promise<WrittenDeal> {
  const before = await getDeal(client, ref, signal);
  const rowsDifference = await writeRows(client, ref, deal, signal);
  const wanted = dealFields(deal);
  const changed = Object.entries(wanted)
    .filter(([name, value]) => !isThere(before, name, value))
    .map(([name, value]) => [name, Array.isArray(value) ? joined(before[name], value) : value]);
  if (changed.length > 0) {
    const params = {
      entityTypeId: ENTITY_TYPES.deal,
      id: Number(ref.id),
      fields: Object.fromEntries(changed),
    };
    await client.call("crm.item.update", params, { signal, isWrite: true });
  }
  const after = readDeal(await getDeal(client, ref, signal));
  if (after === null) throw new CrmError({ kind: "missing" }, "deal_gone");
  return { deal: after, difference: rowsDifference ?? amountDifference(after, deal) };
}

/** People that a manager added to the deal stay in it. */
function joined(there: unknown, ours: readonly unknown[]): unknown[] {
  return [...asList(there).map(Number), ...ours];
}

function isThere(item: Fields, name: string, wanted: unknown): boolean {
  const there = item[name];
  if (Array.isArray(wanted)) {
    const ids = new Set(asList(there).map(asText));
    return wanted.every((id) => ids.has(String(id)));
  }
  return asText(there) === asText(wanted) || Number(there) === wanted;
}

function amountDifference({ amount }: RemoteDeal, { total }: DealPush): string | null {
  if (amount === total) return null;
  return `сумма в CRM ${amount === null ? "не читается" : formatMoney(amount)}, в смете ${formatMoney(total)}`;
}

async function getDeal(
  client: Bitrix24Client,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<Fields> {
  const params = { entityTypeId: ENTITY_TYPES.deal, id: Number(ref.id) };
  const result = await client.call("crm.item.get", params, { signal, isWrite: false });
  return asMap(asMap(result)["item"]);
}

/**
 * In the deal's timeline; a file of this name among its comments means that it is done. Where the portal
 * refuses the file its text stays, for the link stands in it; throws what the file was refused with.
 */
export async function attachFile(
  client: Bitrix24Client,
  ref: RemoteRef,
  { fileName, bytes, text }: CrmFile,
  signal: AbortSignal,
): Promise<void> {
  const filter = { ENTITY_ID: Number(ref.id), ENTITY_TYPE: "deal" };
  const params = { filter, order: { ID: "DESC" }, select: ["ID", "COMMENT", "FILES"], start: 0 };
  const answer = await client.call("crm.timeline.comment.list", params, {
    signal,
    isWrite: false,
  });
  const comments = asList(answer).map(asMap);
  const names = comments.flatMap((comment) =>
    asList(comment["FILES"]).map((file) => asText(asMap(file)["name"])),
  );
  if (names.includes(fileName)) return;
  const content = Buffer.from(bytes).toString("base64");
  const fields = { ENTITY_ID: Number(ref.id), ENTITY_TYPE: "deal", COMMENT: text };
  const add = (more: object) =>
    client.call(
      "crm.timeline.comment.add",
      { fields: { ...fields, ...more } },
      { signal, isWrite: true },
    );
  try {
    await add({ FILES: [[fileName, content]] });
  } catch (error) {
    const isRefused = error instanceof CrmError && error.failure.kind === "invalid";
    const isTold = comments.some((comment) => asText(comment["COMMENT"]) === text);
    if (isRefused && !isTold) await add({});
    throw error;
  }
}
