import {
  CrmError,
  type DealPush,
  type RemoteDeal,
  type RemoteRef,
  type WrittenDeal,
} from "../../../domain/crm_adapter.ts";
import { formatMoney, type Kopecks } from "../../../domain/money.ts";
import { asId, asList, asMap, asText, type Fields } from "../loose.ts";
import { readSum, withoutKopecks, writeSum } from "../sums.ts";
import type { AmocrmClient } from "./client.ts";
import { addNote, findNote } from "./notes.ts";
import { readDeal } from "./records.ts";

export interface DealContext {
  readonly client: AmocrmClient;
  /** Id of the field that holds our key. */
  readonly keyField: string | null;
  readonly currency: string;
}

/** Search lags behind writes, so what it does not find is looked for among the newest as well. */
export async function findDealRecord(
  { client, keyField, currency }: DealContext,
  externalKey: string,
  signal: AbortSignal,
): Promise<RemoteRef | null> {
  const queries: Record<string, string>[] = [
    { query: externalKey, limit: "50" },
    { "order[created_at]": "desc", limit: "250" },
  ];
  for (const query of queries) {
    const answer = await client.call({
      operation: "GET /leads",
      path: "/leads",
      query: { ...query, with: "contacts" },
      signal,
    });
    const deals = asList(asMap(answer?.["_embedded"])["leads"])
      .flatMap((row) => readDeal(row, keyField, currency) ?? [])
      .filter((deal) => deal.externalKey === externalKey);
    // Two of one key can only come from outside; the older one is ours.
    const [oldest] = deals.toSorted((a, b) => Number(a.ref.id) - Number(b.ref.id));
    if (oldest) return oldest.ref;
  }
  return null;
}

export async function createDealRecord(
  { client, keyField }: DealContext,
  deal: DealPush,
  signal: AbortSignal,
): Promise<RemoteRef> {
  if (keyField === null) throw new CrmError({ kind: "invalid" }, "no_key_field");
  const people = linksOf(deal);
  const lead = {
    name: deal.title,
    custom_fields_values: [{ field_id: Number(keyField), values: [{ value: deal.externalKey }] }],
    ...stageOf(deal),
    ...(people ? { _embedded: people } : {}),
  };
  const answer = await withPrice(deal.total, (price) =>
    client.call({
      operation: "POST /leads",
      path: "/leads",
      body: [{ ...lead, price, request_id: deal.externalKey }],
      signal,
    }),
  );
  const id = asId(asMap(asList(asMap(answer?.["_embedded"])["leads"])[0])["id"]);
  if (id === null) throw new CrmError({ kind: "unknown" }, "no_id");
  return { entity: "deal", id };
}

function stageOf({ stage }: DealPush): Record<string, number> {
  // Won and lost have the same numbers in every pipeline: never without it.
  if (stage === null) return {};
  return { pipeline_id: Number(stage.pipelineId), status_id: Number(stage.stageId) };
}

function linksOf({ client }: DealPush): Fields | null {
  if (client === null) return null;
  const id = Number(client.id);
  if (client.entity === "company") return { companies: [{ id }] };
  return { contacts: [{ id, is_main: true }] };
}

/** Accounts without kopecks refuse a price that has some; whole roubles then, the note is exact. */
async function withPrice(
  total: Kopecks,
  send: (price: number) => Promise<Fields | null>,
): Promise<Fields | null> {
  try {
    return await send(writeSum(total));
  } catch (error) {
    const isRefused =
      error instanceof CrmError &&
      error.failure.kind === "invalid" &&
      /price/.test(error.code) &&
      withoutKopecks(total) !== total;
    if (!isRefused) throw error;
    return send(writeSum(withoutKopecks(total)));
  }
}

/** Amount, stage and client only where they differ; then the note of this revision, once. */
export async function writeDealRecord(
  context: DealContext,
  ref: RemoteRef,
  deal: DealPush,
  signal: AbortSignal,
): Promise<WrittenDeal> {
  const { client, keyField, currency } = context;
  const before = await getLead(client, ref, signal);
  const stage = stageOf(deal);
  const isMoved = Object.entries(stage).some(([name, value]) => before[name] !== value);
  const change = {
    ...(isSameAmount(before, deal.total) ? {} : { price: deal.total }),
    ...(isMoved ? stage : {}),
  };
  if (Object.keys(change).length > 0) {
    const { price, ...rest } = { price: deal.total, ...change };
    await withPrice(price, (roubles) =>
      client.call({
        operation: "PATCH /leads/{id}",
        path: `/leads/${ref.id}`,
        body: "price" in change ? { ...rest, price: roubles } : rest,
        signal,
      }),
    );
  }
  await linkClient(client, ref, before, deal, signal);
  const note = noteOf(deal);
  if ((await findNote(client, ref, note.head, signal)) === null) {
    await addNote(client, ref, note.text, signal);
  }
  const after = await getLead(client, ref, signal);
  const read = readDeal(after, keyField, currency);
  if (read === null) throw new CrmError({ kind: "missing" }, "deal_gone");
  const exact: RemoteDeal = isSameAmount(after, deal.total)
    ? { ...read, amount: deal.total }
    : read;
  return { deal: exact, difference: differenceOf(after, deal) };
}

async function linkClient(
  client: AmocrmClient,
  ref: RemoteRef,
  lead: Fields,
  deal: DealPush,
  signal: AbortSignal,
): Promise<void> {
  const person = deal.client;
  if (person === null) return;
  const kind = person.entity === "company" ? "companies" : "contacts";
  const present = asList(asMap(lead["_embedded"])[kind]).map((one) => asId(asMap(one)["id"]));
  // Another company was chosen there: a lead has only one, and it is theirs to choose.
  if (present.includes(person.id) || (kind === "companies" && present.length > 0)) return;
  await client.call({
    operation: "POST /leads/{id}/link",
    path: `/leads/${ref.id}/link`,
    body: [{ to_entity_id: Number(person.id), to_entity_type: kind }],
    signal,
  });
}

async function getLead(client: AmocrmClient, ref: RemoteRef, signal: AbortSignal): Promise<Fields> {
  const lead = await client.call({
    operation: "GET /leads/{id}",
    path: `/leads/${ref.id}`,
    query: { with: "contacts" },
    signal,
  });
  if (lead === null) throw new CrmError({ kind: "missing" }, "deal_gone");
  return lead;
}

/** To the kopeck where the account tells kopecks, otherwise to the rouble. */
function isSameAmount(lead: Fields, total: Kopecks): boolean {
  const exact = lead["price_with_minor_units"];
  if (exact !== undefined) return readSum(exact) === total;
  return readSum(lead["price"]) === withoutKopecks(total);
}

function differenceOf(lead: Fields, { total }: DealPush): string | null {
  if (isSameAmount(lead, total)) return null;
  const there = asText(lead["price_with_minor_units"] ?? lead["price"]);
  return `сумма в CRM ${there}, в смете ${formatMoney(total)}`;
}

const LONGEST_NOTE = 60_000;

/** The first line is the same for the same revision: by it the note is found again. */
function noteOf(deal: DealPush): { head: string; text: string } {
  const head = `Смета «${deal.title}», редакция ${deal.revision}, ${formatMoney(deal.total)} ₽`;
  const lines = deal.lines.map(
    ({ name, unit, quantity, price, amount }, index) =>
      `${index + 1}. ${name}: ${quantity} ${unit} × ${price} = ${formatMoney(amount)}`,
  );
  const text = [head, ...(deal.link ? [deal.link] : []), "", ...lines].join("\n");
  return { head, text: text.slice(0, LONGEST_NOTE).toWellFormed() };
}
