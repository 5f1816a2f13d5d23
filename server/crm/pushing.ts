import type { Transaction } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findClient } from "../../db/clients.ts";
import { findCrmConnection, type StoredConnection } from "../../db/crm_connections.ts";
import {
  bindCrmClients,
  findCrmClientOf,
  findKnownCrmClients,
  markCrmClientGone,
  putCrmClients,
  releaseGoneCrmClients,
} from "../../db/crm_clients.ts";
import {
  bindCrmDeal,
  findCrmDealOf,
  type KnownCrmDeal,
  releaseCrmDeal,
  saveAttachedExtra,
  saveAttachedRevision,
  savePushedDeal,
} from "../../db/crm_deals.ts";
import {
  claimCrmPush,
  type PushState,
  releaseCrmPush,
  renewCrmPush,
  saveCrmPushState,
} from "../../db/crm_pushes.ts";
import {
  type CrmAdapter,
  CrmError,
  type CrmFile,
  type DealPush,
  REQUIRED_FIELD,
  type RemoteRef,
} from "../../domain/crm_adapter.ts";
import { type ApprovedEstimate, type ApprovedPart, dealOf } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import { repeatUntilDone } from "../repetition.ts";
import { dealRow, hashOf } from "./intake.ts";
import { LEASE, whileHeld } from "./lease.ts";
import { openAdapter, type OpeningDependencies } from "./opening.ts";
import { reportTrouble, stopWhereNeeded, type TroubleDependencies } from "./trouble.ts";

export interface PushRequest {
  readonly companyId: Id;
  readonly connectionId: Id;
  readonly estimateId: Id;
  readonly signal: AbortSignal;
  /** What fails now stays failed until the owner presses «Повторить». */
  readonly isLastAttempt?: boolean;
}

export type PushDependencies = OpeningDependencies & TroubleDependencies;

export interface PushSources {
  /** The newest approved revision with its extras; null: none (any more), or itself extra work. */
  approved(companyId: Id, estimateId: Id): Promise<ApprovedEstimate | null>;
  /** Of exactly this revision. Null: without a file. */
  pdf(companyId: Id, part: ApprovedPart): Promise<CrmFile | null>;
}

export type PushOutcome = "done" | "nothing" | "busy" | "off";

/**
 * Makes exactly one deal of an approved estimate and keeps it equal to the newest approved revision.
 * Before anything is created, our key is looked for; what is created is bound at once, in a
 * transaction of its own; everything after that may be repeated.
 */
export async function pushEstimate(
  dependencies: PushDependencies,
  sources: PushSources,
  request: PushRequest,
): Promise<PushOutcome> {
  const { companyId, connectionId, estimateId, signal } = request;
  const inCompany: InCompany = (work) => tenantTransaction(dependencies.sql, companyId, work);
  const connection = await inCompany((tx) => findCrmConnection(tx, companyId, connectionId));
  if (!connection || connection.state !== "active") return "off";
  const lease = { estimateId, holder: dependencies.newId() };
  try {
    const claim = { ...lease, seconds: LEASE };
    const claimed = await inCompany((tx) => claimCrmPush(tx, companyId, connectionId, claim));
    if (!claimed) return "busy";
    return await pushClaimed(dependencies, sources, { request, connection, lease, inCompany });
  } catch (error) {
    // Whoever comes next would wait for it to run out; also when it was taken and nobody heard of it.
    await repeatUntilDone(
      () => inCompany((tx) => releaseCrmPush(tx, companyId, connectionId, lease)),
      {
        // Then it has run out.
        patience: () => AbortSignal.any([signal, AbortSignal.timeout(LEASE * 1000)]),
        onFailure: (err) => dependencies.log.warn({ ...lease, err }, "a push is still held"),
      },
    );
    throw error;
  }
}

type InCompany = <Result>(work: (tx: Transaction) => Promise<Result>) => Promise<Result>;

async function pushClaimed(
  dependencies: PushDependencies,
  sources: PushSources,
  held: {
    readonly request: PushRequest;
    readonly connection: StoredConnection;
    readonly lease: { readonly estimateId: Id; readonly holder: Id };
    readonly inCompany: InCompany;
  },
): Promise<PushOutcome> {
  const { request, connection, lease, inCompany } = held;
  const { companyId, connectionId, estimateId } = request;
  const note = async (state: PushState, error: string | null, seconds = LEASE): Promise<void> => {
    const change = { ...lease, state, error, seconds };
    const isOurs = await inCompany((tx) => saveCrmPushState(tx, companyId, connectionId, change));
    if (!isOurs) throw new CrmError({ kind: "transient" }, "push_taken_over");
  };
  const approved = await sources.approved(companyId, estimateId);
  if (!approved) {
    await note("done", null, 0);
    return "nothing";
  }
  try {
    const adapter = openAdapter(dependencies, connection);
    const work = { dependencies, sources, request, connection, adapter, approved, note };
    const renewed = { ...lease, seconds: LEASE };
    const renew = () => inCompany((tx) => renewCrmPush(tx, companyId, connectionId, renewed));
    const difference = await whileHeld({ signal: request.signal, renew }, (signal) =>
      writeEverything({ ...work, request: { ...request, signal }, inCompany }),
    );
    await note("done", difference, 0);
    if (difference !== null) {
      const reason = `Сделка сметы ${approved.number} записана, но ${difference}. Проверьте её в CRM.`;
      await reportTrouble(dependencies, request, { reason, isStopped: false });
    }
    return "done";
  } catch (error) {
    const failed = judgeFailure(error, request);
    if (failed === null) throw error;
    await note(failed.state, failed.code, 0);
    await stopWhereNeeded(dependencies, request, error);
    if (failed.isTold) {
      const reason = `Смету ${approved.number} не получилось передать в CRM: ${refusalOf(failed.code)}. Она цела. Откройте «Настройки → CRM» и нажмите «Повторить».`;
      await reportTrouble(dependencies, request, { reason, isStopped: false });
    }
    throw error;
  }
}

/**
 * Null: another worker has the push now, nothing may be noted. `isTold`: nobody else tells of it. A job
 * that had its last attempt becomes a dead letter, which is told once, whatever killed it.
 */
function judgeFailure(
  error: unknown,
  { isLastAttempt = false }: PushRequest,
): { state: PushState; code: string; isTold: boolean } | null {
  const { failure, code } = error instanceof CrmError ? error : { failure: null, code: "internal" };
  if (code === "push_taken_over") return null;
  if (failure?.kind === "stopped") return { state: "failed", code, isTold: false };
  if (failure?.kind === "invalid") return { state: "failed", code, isTold: true };
  const isFinal = isLastAttempt && failure?.kind !== "rate";
  if (isFinal) return { state: "failed", code, isTold: false };
  const state = failure?.kind === "unknown" ? "unknown" : "waiting";
  return { state, code, isTold: false };
}

function refusalOf(code: string): string {
  return code === REQUIRED_FIELD
    ? "там обязательно поле сделки, которого нет в смете. Сделайте его необязательным"
    : `она не приняла запрос (${code})`;
}

interface Work {
  readonly dependencies: PushDependencies;
  readonly sources: PushSources;
  readonly request: PushRequest;
  readonly connection: StoredConnection;
  readonly adapter: CrmAdapter;
  readonly approved: ApprovedEstimate;
  readonly note: (state: PushState, error: string | null) => Promise<void>;
  readonly inCompany: InCompany;
}

/** Returns what the CRM shows otherwise than the document, for the owner; null when nothing. */
async function writeEverything(work: Work): Promise<string | null> {
  const { request, approved, connection, inCompany } = work;
  const { companyId, connectionId, estimateId } = request;
  const bound = await inCompany((tx) => findCrmDealOf(tx, companyId, connectionId, estimateId));
  const isStale = (bound?.pushedRevision ?? 0) > approved.revision;
  if (isStale) return null;
  const client = await ensureClient(work);
  const deal = dealOf(approved, {
    client,
    stage: stageFor(connection, bound, approved),
    currency: connection.currency,
  });
  const ref = await ensureDeal(work, deal, bound);
  await work.note("sending", null);
  const written = await writeOrRecreate(work, ref, deal);
  await inCompany((tx) =>
    savePushedDeal(tx, companyId, connectionId, {
      ...dealRow(written.deal),
      revision: approved.revision,
    }),
  );
  await attachPapers(work, written.deal.ref);
  return written.difference;
}

/** The approved stage only with a new revision: a deal that people moved on is not pulled back. */
function stageFor(
  { settings }: StoredConnection,
  bound: KnownCrmDeal | null,
  { revision }: ApprovedEstimate,
): DealPush["stage"] {
  const map = settings.stageMap;
  const stageId = map?.stages.approved ?? null;
  if (!map || stageId === null || bound?.pushedRevision === revision) return null;
  return { pipelineId: map.pipelineId, stageId };
}

async function ensureDeal(
  work: Work,
  deal: DealPush,
  bound: KnownCrmDeal | null,
): Promise<RemoteRef> {
  const { adapter, request, inCompany, note } = work;
  const { companyId, connectionId, estimateId, signal } = request;
  if (bound && !bound.isDeleted) return { entity: "deal", id: bound.remoteId };
  if (bound) await inCompany((tx) => releaseCrmDeal(tx, companyId, connectionId, bound.remoteId));
  let ref = await adapter.findDeal(deal.externalKey, signal);
  if (ref === null) {
    // From here a deal may exist that we do not know of: the next run looks for it first.
    await note("sending", null);
    ref = await adapter.createDeal(deal, signal);
  }
  const found = ref;
  await inCompany((tx) => bindCrmDeal(tx, companyId, connectionId, found.id, estimateId));
  return found;
}

/** Somebody deleted the deal there between two revisions: one new deal takes its place. */
async function writeOrRecreate(work: Work, ref: RemoteRef, deal: DealPush) {
  const { adapter, request, inCompany } = work;
  const { companyId, connectionId, signal } = request;
  try {
    return await adapter.writeDeal(ref, deal, signal);
  } catch (error) {
    if (!(error instanceof CrmError) || error.failure.kind !== "missing") throw error;
  }
  await inCompany((tx) => releaseCrmDeal(tx, companyId, connectionId, ref.id));
  return adapter.writeDeal(await ensureDeal(work, deal, null), deal, signal);
}

/** The paper of every part, once for each revision of it. */
async function attachPapers(work: Work, ref: RemoteRef): Promise<void> {
  const { approved, request, inCompany } = work;
  const { companyId, connectionId, estimateId } = request;
  const bound = await inCompany((tx) => findCrmDealOf(tx, companyId, connectionId, estimateId));
  if ((bound?.attachedRevision ?? 0) < approved.revision && (await attach(work, ref, approved))) {
    const { revision } = approved;
    await inCompany((tx) => saveAttachedRevision(tx, companyId, connectionId, ref.id, revision));
  }
  for (const extra of approved.extras) {
    if ((bound?.attachedExtras[extra.estimateId] ?? 0) >= extra.revision) continue;
    await work.note("sending", null);
    if (!(await attach(work, ref, extra))) continue;
    await inCompany((tx) => saveAttachedExtra(tx, companyId, connectionId, ref.id, extra));
  }
}

/** The same for every deal, so that it is told once. */
const NO_FILE_RIGHTS =
  "CRM не разрешает нам прикладывать файлы: сделки записаны без PDF, смета открывается по ссылке в сделке. Дайте подключению доступ к файлам — следующая смета придёт с PDF.";

/** False: there is no paper. A refused one counts as attached: the deal is right, its link leads to it. */
async function attach(work: Work, ref: RemoteRef, part: ApprovedPart): Promise<boolean> {
  const { adapter, approved, request, sources, dependencies } = work;
  const { companyId, connectionId, estimateId, signal } = request;
  const file = await sources.pdf(companyId, part);
  if (!file) return false;
  try {
    await adapter.attach(ref, file, signal);
  } catch (error) {
    const { failure } = error instanceof CrmError ? error : { failure: null };
    const isWithoutRights = failure?.kind === "stopped" && failure.reason === "rights";
    if (!isWithoutRights && failure?.kind !== "invalid") throw error;
    dependencies.log.warn({ companyId, connectionId, estimateId }, "the CRM takes no file");
    const reason = isWithoutRights
      ? NO_FILE_RIGHTS
      : `Сделка сметы ${approved.number} записана, но её PDF CRM не приняла: возможно, он слишком большой. Смета открывается по ссылке в сделке.`;
    await reportTrouble(dependencies, request, { reason, isStopped: false });
  }
  return true;
}

/** A deal with somebody who was deleted there would be refused. */
async function isThere(
  { adapter, request, inCompany }: Work,
  ref: RemoteRef & { readonly entity: "contact" | "company" },
): Promise<boolean> {
  if (!adapter.abilities.canRead) return true;
  if ((await adapter.read(ref, request.signal)) !== null) return true;
  const { companyId, connectionId } = request;
  await inCompany((tx) => markCrmClientGone(tx, companyId, connectionId, ref.entity, ref.id));
  return false;
}

/** Bound already, else found there, else made. Several found: the deal goes without a client. */
async function ensureClient(work: Work): Promise<RemoteRef | null> {
  const { adapter, approved, request, inCompany } = work;
  const { companyId, connectionId, signal } = request;
  const { clientId } = approved.content.header;
  if (clientId === null) return null;
  const bound = await inCompany((tx) => findCrmClientOf(tx, companyId, connectionId, clientId));
  if (bound && (await isThere(work, bound))) return bound;
  const client = await inCompany((tx) => findClient(tx, companyId, clientId));
  if (!client) return null;
  const { name, kind, emails } = client;
  const phones = client.phones.map(({ raw, e164 }) => e164 ?? raw);
  const push = { externalKey: clientId, name, kind, phones, emails };
  const found = await adapter.findClients(push, signal);
  if (found.length > 1) return null;
  const ref = found[0] ?? (await adapter.createClient(push, signal));
  const entity = ref.entity === "company" ? "company" : "contact";
  await inCompany(async (tx) => {
    const ids = [ref.id];
    const [known] = await findKnownCrmClients(tx, companyId, connectionId, entity, ids);
    // Somebody else of ours already: the deal still shows whom to call.
    if (known?.clientId) return;
    const data = { kind, name, phones, emails, externalKey: clientId };
    const record = {
      entity,
      remoteId: ref.id,
      data,
      hash: hashOf(data),
      updatedAt: new Date(0),
    } as const;
    if (!known) await putCrmClients(tx, companyId, connectionId, [record]);
    await releaseGoneCrmClients(tx, companyId, connectionId, clientId);
    await bindCrmClients(tx, companyId, connectionId, entity, [{ remoteId: ref.id, clientId }]);
  });
  return ref;
}
