import { createHash } from "node:crypto";
import { findKnownCrmDeals, putCrmDeals } from "../../db/crm_deals.ts";
import {
  bindCrmClients,
  type ClientEntity,
  findKnownCrmClients,
  insertManyClients,
  type KnownCrmClient,
  markCrmClientGone,
  putCrmClients,
  touchCrmClients,
  updateManyClients,
} from "../../db/crm_clients.ts";
import { insertCrmReviews, type NewCrmReview } from "../../db/crm_reviews.ts";
import type { RemoteClient, RemoteDeal } from "../../domain/crm_adapter.ts";
import { cleanText } from "../../domain/text.ts";
import { matchClient } from "../../domain/crm_matching.ts";
import type { Id } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import { parsePhone } from "../../domain/phones.ts";
import { type Intake, loadMatchBook } from "./match_book.ts";

/**
 * Takes records of a CRM in: keeps them, finds out who they are, and brings our clients up to date.
 * The caller holds the connection's lock, so that two pages never make two of one client.
 */
export async function takeClients(
  intake: Intake,
  given: readonly RemoteClient[],
  options: { readonly isFull: boolean },
): Promise<void> {
  for (const entity of ["company", "contact"] as const) {
    const records = lastOfEach(given.filter(({ ref }) => ref.entity === entity));
    if (records.length > 0) await takeKind(intake, entity, records, options.isFull);
  }
}

/** One record may stand on two pages; the later reading counts. */
function lastOfEach(records: readonly RemoteClient[]): RemoteClient[] {
  return [...new Map(records.map((record) => [record.ref.id, record])).values()];
}

async function takeKind(
  intake: Intake,
  entity: ClientEntity,
  given: readonly RemoteClient[],
  isFull: boolean,
): Promise<void> {
  const { tx, companyId, connectionId } = intake;
  const ids = given.map(({ ref }) => ref.id);
  const rows = await findKnownCrmClients(tx, companyId, connectionId, entity, ids);
  const known = new Map(rows.map((row) => [row.remoteId, row]));
  const records = given.filter((record) => !isOvertaken(intake, known.get(record.ref.id), record));
  for (const { ref } of records.filter(({ deleted }) => deleted)) {
    await markCrmClientGone(tx, companyId, connectionId, entity, ref.id);
  }
  const living = records.filter(({ deleted }) => !deleted).map(withHash);
  const changed = living.filter(({ record, hash }) => isNews(known.get(record.ref.id), hash));
  if (isFull) {
    const same = living.filter((one) => !changed.includes(one)).map(({ record }) => record.ref.id);
    if (same.length > 0) await touchCrmClients(tx, companyId, connectionId, entity, same);
  }
  await putCrmClients(tx, companyId, connectionId, changed.map(toRow));
  await updateBound(intake, changed, known);
  const unbound = changed.filter(({ record }) => !known.get(record.ref.id)?.clientId);
  await bindNew(
    intake,
    entity,
    unbound.map(({ record }) => record),
  );
}

/**
 * A webhook brought something newer, or the word that it is gone, while this answer was on its way. What is
 * as old as what we have is left, too: each edit has a webhook of its own, and scans look back.
 */
function isOvertaken(
  { askedAt }: Intake,
  known:
    | { readonly storedAt: Date; readonly updatedAt: Date; readonly isDeleted: boolean }
    | undefined,
  { updatedAt, deleted }: { readonly updatedAt: Date; readonly deleted: boolean },
): boolean {
  if (!known || askedAt === null || known.storedAt <= askedAt) return false;
  return known.isDeleted || (!deleted && known.updatedAt >= updatedAt);
}

interface Hashed {
  readonly record: RemoteClient;
  readonly hash: string;
}

function withHash(record: RemoteClient): Hashed {
  return { record, hash: hashOf(dataOf(record)) };
}

function isNews(known: KnownCrmClient | undefined, hash: string): boolean {
  return known === undefined || known.hash !== hash || known.isDeleted;
}

function dataOf({ kind, name, phones, emails, externalKey }: RemoteClient) {
  return { kind, name, phones, emails, externalKey };
}

function toRow({ record, hash }: Hashed) {
  return {
    entity: record.ref.entity === "company" ? ("company" as const) : ("contact" as const),
    remoteId: record.ref.id,
    data: dataOf(record),
    hash,
    updatedAt: record.updatedAt,
  };
}

async function updateBound(
  { tx, companyId }: Intake,
  changed: readonly Hashed[],
  known: ReadonlyMap<string, KnownCrmClient>,
): Promise<void> {
  const bound = changed.flatMap(({ record }) => {
    const id = known.get(record.ref.id)?.clientId;
    return id ? [{ id, ...fieldsOf(record) }] : [];
  });
  await updateManyClients(tx, companyId, bound);
}

async function bindNew(
  intake: Intake,
  entity: ClientEntity,
  records: readonly RemoteClient[],
): Promise<void> {
  if (records.length === 0) return;
  const { tx, companyId, connectionId, newId } = intake;
  const book = await loadMatchBook(intake, entity, records);
  const created: { id: Id; record: RemoteClient }[] = [];
  const updated: { id: Id; record: RemoteClient }[] = [];
  const bindings: { remoteId: string; clientId: Id }[] = [];
  const reviews: NewCrmReview[] = [];
  for (const record of records) {
    const match = matchClient(book.factsOf(record));
    if (match.outcome === "review") {
      const { candidates } = match;
      reviews.push({ id: newId(), entity, remoteId: record.ref.id, candidates });
      continue;
    }
    const id = match.outcome === "bind" ? match.clientId : newId();
    (match.outcome === "bind" ? updated : created).push({ id, record });
    bindings.push({ remoteId: record.ref.id, clientId: id });
    book.add(record, id);
  }
  await insertManyClients(
    tx,
    companyId,
    created.map(({ id, record }) => ({ id, kind: record.kind, ...fieldsOf(record) })),
  );
  await updateManyClients(
    tx,
    companyId,
    updated.map(({ id, record }) => ({ id, ...fieldsOf(record) })),
  );
  await bindCrmClients(tx, companyId, connectionId, entity, bindings);
  await insertCrmReviews(tx, companyId, connectionId, reviews);
}

export function fieldsOf(record: Pick<RemoteClient, "name" | "phones" | "emails">) {
  const phones = record.phones.map((raw) => ({ raw, e164: parsePhone(raw)?.e164 ?? null }));
  return { name: cleanText(record.name), phones, emails: [...record.emails] };
}

/** A change of a deal that is one of our estimates. */
export interface DealChange {
  readonly estimateId: Id;
  readonly deal: RemoteDeal;
  /** Null: nothing was known of it before. */
  readonly previous: { readonly pipelineId: string; readonly stageId: string } | null;
}

/**
 * Keeps deals. Returns what other people changed on deals of ours: what we wrote ourselves comes back
 * with the hash that it was written with, and stops here.
 */
export async function takeDeals(
  intake: Intake,
  deals: readonly RemoteDeal[],
): Promise<DealChange[]> {
  const { tx, companyId, connectionId } = intake;
  const living = [...new Map(deals.map((deal) => [deal.ref.id, deal])).values()].filter(
    ({ deleted }) => !deleted,
  );
  const ids = living.map(({ ref }) => ref.id);
  const rows = await findKnownCrmDeals(tx, companyId, connectionId, ids);
  const known = new Map(rows.map((row) => [row.remoteId, row]));
  const changed = living.filter((deal) => {
    const row = known.get(deal.ref.id);
    if (isOvertaken(intake, row, deal)) return false;
    return row === undefined || row.isDeleted || row.hash !== hashOf(dealData(deal));
  });
  await putCrmDeals(tx, companyId, connectionId, changed.map(dealRow));
  return changed.flatMap((deal): DealChange[] => {
    const row = known.get(deal.ref.id);
    if (!row?.estimateId || row.pushedHash === hashOf(dealData(deal))) return [];
    return [{ estimateId: row.estimateId, deal, previous: placeOf(row.data) }];
  });
}

export function dealRow(deal: RemoteDeal) {
  const data = dealData(deal);
  return { remoteId: deal.ref.id, data, hash: hashOf(data), updatedAt: deal.updatedAt };
}

/** Without the time of the change: writing the same is no news. */
function dealData(deal: RemoteDeal) {
  const { title, pipelineId, stageId, outcome, amount, currency, clients, externalKey } = deal;
  return {
    title,
    pipelineId,
    stageId,
    outcome,
    amount: amount === null ? null : formatMoney(amount),
    currency,
    clients: clients.map(({ entity, id }) => `${entity} ${id}`).toSorted(),
    externalKey,
  };
}

function placeOf(data: unknown): DealChange["previous"] {
  const { pipelineId, stageId } = (data ?? {}) as Record<string, unknown>;
  return typeof pipelineId === "string" && typeof stageId === "string"
    ? { pipelineId, stageId }
    : null;
}

export function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex");
}
