import { createHash } from "node:crypto";
import { tenantTransaction } from "../../db/transactions.ts";
import { markCrmClientGone } from "../../db/crm_clients.ts";
import {
  findCrmConnection,
  lockCrmConnection,
  type StoredConnection,
  updateCrmConnection,
} from "../../db/crm_connections.ts";
import { markCrmDealGone } from "../../db/crm_deals.ts";
import { readDatabaseTime } from "../../db/database_time.ts";
import { finishInboxEvents, insertInboxEvent, takeInboxEvents } from "../../db/crm_inbox.ts";
import type { CrmKind } from "../../domain/crm.ts";
import {
  type CrmAdapter,
  CrmError,
  type RemoteClient,
  type RemoteDeal,
  type RemoteRef,
  type WebhookRequest,
} from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import type { Enqueue } from "../jobs/queues.ts";
import type { WebhookKeys } from "./access.ts";
import { applyDealChange, type ChangingDependencies } from "./deal_changes.ts";
import { takeClients, takeDeals } from "./intake.ts";
import { openAdapter, sealSecrets, unsealSecrets } from "./opening.ts";
import { readInbound } from "./webhook/adapter.ts";
import { stopWhereNeeded } from "./trouble.ts";

export interface ReceivingDependencies extends ChangingDependencies {
  readonly keys: WebhookKeys;
}

/** `stranger`: no address of ours, or nobody we know behind it. `bad`: what it holds makes no sense. */
export type Receipt = "taken" | "stranger" | "bad";

/** A moment in which the events of one edit, or of one mass edit, come together. */
const GATHERING = 1; // s

/**
 * Notes what a CRM said has changed; a job reads it there. Nothing outside is asked here, so the
 * answer is as fast as one transaction, whatever the CRM is doing.
 */
export async function receiveWebhook(
  dependencies: ReceivingDependencies,
  kind: CrmKind,
  key: string,
  request: WebhookRequest,
): Promise<Receipt> {
  const address = dependencies.keys.read(kind, key);
  if (!address) return "stranger";
  const { companyId, connectionId } = address;
  const { sql, board, newId, onCommitted } = dependencies;
  const queues = new Set<Parameters<Enqueue>[0]>();
  const receipt = await tenantTransaction(sql, companyId, async (tx): Promise<Receipt> => {
    const connection = await findCrmConnection(tx, companyId, connectionId);
    if (!connection || connection.kind !== kind) return "stranger";
    const { webhook } = openAdapter(dependencies, connection);
    if (!webhook.isGenuine(request)) return "stranger";
    if (kind === "webhook") return takeInbound(dependencies, tx, connection, request.body);
    const refs = webhook.refs(request).map(({ ref, isDeletion }) => ({ ...ref, isDeletion }));
    const learnt = learnSender(dependencies, connection, request.body);
    const change = { hasEvent: true, ...(learnt ? { secrets: learnt } : {}) };
    await updateCrmConnection(tx, companyId, connectionId, change);
    if (refs.length === 0) return "taken";
    const bodyHash = createHash("sha256").update(request.body).digest("hex");
    const event = { id: newId(), connectionId, bodyHash, refs };
    if (!(await insertInboxEvent(tx, companyId, event))) return "taken";
    const enqueue = board.enqueueIn(tx, (queue) => queues.add(queue));
    const options = { singletonKey: connectionId, startAfter: GATHERING };
    await enqueue("crm.webhook", { companyId, connectionId }, options);
    return "taken";
  });
  onCommitted(queues);
  return receipt;
}

/** The first genuine event tells which portal it is; from then on it must be that one. */
function learnSender(
  { box }: ReceivingDependencies,
  connection: StoredConnection,
  body: string,
): Buffer | null {
  if (connection.kind !== "bitrix24") return null;
  const secrets = unsealSecrets(box, connection);
  if (secrets.kind !== "bitrix24" || secrets.memberId !== null) return null;
  const memberId = new URLSearchParams(body).get("auth[member_id]");
  return memberId ? sealSecrets(box, connection.id, { ...secrets, memberId }) : null;
}

async function takeInbound(
  { newId, clock }: ReceivingDependencies,
  tx: Parameters<typeof lockCrmConnection>[0],
  { companyId, id: connectionId }: StoredConnection,
  body: string,
): Promise<Receipt> {
  let clients: RemoteClient[];
  try {
    clients = readInbound(body).clients.map(({ id, ...client }) => ({
      ...client,
      ref: { entity: client.kind === "organisation" ? "company" : "contact", id },
      externalKey: null,
      updatedAt: clock(),
    }));
  } catch (error) {
    if (error instanceof CrmError) return "bad";
    throw error;
  }
  await lockCrmConnection(tx, companyId, connectionId);
  const intake = { tx, companyId, connectionId, newId, askedAt: null };
  await takeClients(intake, clients, { isFull: false });
  await updateCrmConnection(tx, companyId, connectionId, { hasEvent: true });
  return "taken";
}

/** Looked at together, so that what many of them are about is read once. */
const MOST_EVENTS = 5_000;
/** Each is a request: two a second, and a job has 300 s. */
const MOST_RECORDS = 200;

/** Reads what the events were about, each record once, and takes it in. Returns whether more waits. */
export async function handleInbox(
  dependencies: ChangingDependencies,
  { companyId, connectionId }: { companyId: Id; connectionId: Id },
  signal: AbortSignal,
): Promise<{ hasMore: boolean }> {
  const { sql, newId } = dependencies;
  const { connection, taken } = await tenantTransaction(sql, companyId, async (tx) => ({
    connection: await findCrmConnection(tx, companyId, connectionId),
    taken: await takeInboxEvents(tx, companyId, connectionId, MOST_EVENTS),
  }));
  if (!connection || connection.state !== "active" || taken.length === 0) {
    return { hasMore: false };
  }
  const events = withinRecords(taken, MOST_RECORDS);
  const adapter = openAdapter(dependencies, connection);
  try {
    const refs = lastOfEach(events.flatMap(({ refs: own }) => own));
    const askedAt = await readDatabaseTime(sql);
    const read = await readAll(adapter, refs, signal);
    if (read.hidden > 0) {
      const { hidden } = read;
      dependencies.log.info({ companyId, connectionId, hidden }, "records we may not read");
    }
    const changes = await tenantTransaction(sql, companyId, async (tx) => {
      if (!(await lockCrmConnection(tx, companyId, connectionId))) return [];
      const intake = { tx, companyId, connectionId, newId, askedAt };
      for (const { entity, id } of read.gone) {
        if (entity === "deal") await markCrmDealGone(tx, companyId, connectionId, id);
        else await markCrmClientGone(tx, companyId, connectionId, entity, id);
      }
      await takeClients(intake, read.clients, { isFull: false });
      const found = await takeDeals(intake, read.deals);
      await finishInboxEvents(
        tx,
        companyId,
        events.map(({ id }) => id),
      );
      return found;
    });
    for (const change of changes) await applyDealChange(dependencies, connection, change);
  } catch (error) {
    await stopWhereNeeded(dependencies, { companyId, connectionId }, error);
    throw error;
  }
  return { hasMore: taken.length === MOST_EVENTS || events.length < taken.length };
}

/** Those that are about one of the first so many records; the others wait for the next job. */
function withinRecords<Event extends { readonly refs: readonly RemoteRef[] }>(
  events: readonly Event[],
  most: number,
): readonly Event[] {
  const records = new Set<string>();
  return events.filter(({ refs }) => {
    const names = refs.map(({ entity, id }) => `${entity} ${id}`);
    const isIn = records.size < most || names.every((name) => records.has(name));
    if (isIn) for (const name of names) records.add(name);
    return isIn;
  });
}

interface Read {
  readonly clients: RemoteClient[];
  readonly deals: RemoteDeal[];
  readonly gone: RemoteRef[];
  /** Records that the CRM does not show to our employee: neither read nor gone. */
  readonly hidden: number;
}

async function readAll(
  adapter: CrmAdapter,
  refs: readonly (RemoteRef & { readonly isDeletion: boolean })[],
  signal: AbortSignal,
): Promise<Read> {
  const clients: RemoteClient[] = [];
  const deals: RemoteDeal[] = [];
  const gone: RemoteRef[] = [];
  let hidden = 0;
  for (const { entity, id } of refs) {
    // Also where it says «deleted»: a restored or a merged record decides by what it is now.
    const record = await readVisible(adapter, { entity, id }, signal);
    if (record === "hidden") hidden += 1;
    else if (record === null) gone.push({ entity, id });
    else if ("stageId" in record) deals.push(record);
    else clients.push(record);
  }
  return { clients, deals, gone, hidden };
}

/** One record that is refused to us must not hold up the events of all the others. */
async function readVisible(
  adapter: CrmAdapter,
  ref: RemoteRef,
  signal: AbortSignal,
): Promise<Awaited<ReturnType<CrmAdapter["read"]>> | "hidden"> {
  try {
    return await adapter.read(ref, signal);
  } catch (error) {
    if (error instanceof CrmError && error.failure.kind === "invalid") return "hidden";
    throw error;
  }
}

function lastOfEach<Ref extends RemoteRef>(refs: readonly Ref[]): Ref[] {
  return [...new Map(refs.map((ref) => [`${ref.entity} ${ref.id}`, ref])).values()];
}
