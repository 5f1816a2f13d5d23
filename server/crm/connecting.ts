import { randomBytes } from "node:crypto";
import { tenantTransaction } from "../../db/transactions.ts";
import {
  type CrmSettings,
  insertCrmConnection,
  listCrmConnections,
  type StoredConnection,
  updateCrmConnection,
} from "../../db/crm_connections.ts";
import { unblockKey } from "../../db/rate_limits.ts";
import type { Actor } from "../../domain/access.ts";
import { type CrmAccess, crmAccessSchema, type CrmKind } from "../../domain/crm.ts";
import {
  type CrmAdapter,
  CrmError,
  type CrmProbe,
  STOP_SENTENCES,
} from "../../domain/crm_adapter.ts";
import { defaultStageMap } from "../../domain/crm_stages.ts";
import { AppError, forbidden } from "../../domain/errors.ts";
import { can } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import {
  type CrmSecrets,
  readAmocrmDomain,
  readReceiverUrl,
  readWebhookUrl,
  type WebhookKeys,
} from "./access.ts";
import { requestTokens } from "./amocrm/tokens.ts";
import {
  openAdapter,
  type OpenedConnection,
  type OpeningDependencies,
  openTransport,
  sealSecrets,
} from "./opening.ts";
import { accountKey } from "./pace.ts";

export interface ConnectingDependencies extends OpeningDependencies {
  readonly keys: WebhookKeys;
  /** Where CRMs reach us; null: nowhere, the hourly scan is all there is. */
  readonly publicUrl: string | null;
  readonly arePrivateHostsAllowed: boolean;
}

export interface Connected {
  readonly connectionId: Id;
  readonly account: string;
  readonly webhookUrl: string | null;
  readonly currency: string;
  /** As the CRM tells it: a zone's name or its offset. */
  readonly timezone: string | null;
  /** Russian sentences: what works worse than it could. */
  readonly warnings: readonly string[];
  /** Shown once: what a receiver checks our signatures with. */
  readonly signingKey: string | null;
}

/**
 * Checks an access by real calls and keeps it. Nothing is kept when it does not work: throws
 * `AppError("invalid")` with what to change. The same account again replaces its keys.
 */
export async function connectCrm(
  dependencies: ConnectingDependencies,
  actor: Actor,
  access: CrmAccess,
  signal: AbortSignal,
): Promise<Connected> {
  if (!can(actor, "crm.edit", { companyId: actor.companyId })) throw forbidden();
  const { companyId } = actor;
  const present = await tenantTransaction(dependencies.sql, companyId, (tx) =>
    listCrmConnections(tx, companyId),
  );
  const { kind, account, secrets } = await readAccess(dependencies, companyId, access, signal);
  const old = present.find((one) => one.kind === kind && one.account === account);
  const id = old?.id ?? dependencies.newId();
  const draft = {
    companyId,
    id,
    kind,
    account,
    currency: "RUB",
    accountId: old?.accountId ?? null,
    settings: old?.settings ?? NO_SETTINGS,
    secrets: sealSecrets(dependencies.box, id, secrets),
  };
  await unblockKey(dependencies.sql, accountKey(kind, account));
  const { probe, pipelines } = await explained(() => tryOut(dependencies, draft, signal));
  if (probe.problems.length > 0) throw new AppError("invalid", probe.problems.join("\n"));
  const settings = {
    ...draft.settings,
    pipelines,
    stageMap: draft.settings.stageMap ?? defaultStageMap(pipelines),
    remembered: { ...draft.settings.remembered, ...probe.remembered },
  };
  const connection = { ...draft, ...probe, settings, problem: null, createdBy: actor.userId };
  await keep(dependencies, old ?? null, connection);
  const webhookUrl = webhookUrlOf(dependencies, connection);
  const warning =
    webhookUrl === null
      ? "Смётка не видна из интернета (нет PUBLIC_URL): об изменениях в CRM мы узнаём раз в час."
      : await tryWebhook(openAdapter(dependencies, connection), webhookUrl, signal);
  if (webhookUrl !== null) {
    // Said in the answer: the hourly look tells only what is new.
    const change = { settings: { ...settings, webhookProblem: warning } };
    await tenantTransaction(dependencies.sql, companyId, (tx) =>
      updateCrmConnection(tx, companyId, id, change),
    );
  }
  return {
    connectionId: id,
    account,
    currency: probe.currency,
    timezone: probe.timezone,
    webhookUrl,
    warnings: [...probe.warnings, ...(warning ? [warning] : [])],
    signingKey: secrets.kind === "webhook" ? secrets.signingKey : null,
  };
}

const NO_SETTINGS: CrmSettings = {
  stageMap: null,
  remembered: {},
  pipelines: [],
  webhookProblem: null,
};

/** The connection is kept already: what goes wrong here is looked at again within the hour. */
async function tryWebhook(
  adapter: CrmAdapter,
  url: string,
  signal: AbortSignal,
): Promise<string | null> {
  try {
    return await adapter.keepWebhook(url, signal);
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    return "CRM не ответила, когда мы подписывались на изменения. Попробуем ещё раз в течение часа.";
  }
}

export function webhookUrlOf(
  { keys, publicUrl }: Pick<ConnectingDependencies, "keys" | "publicUrl">,
  { kind, companyId, id }: Pick<StoredConnection, "kind" | "companyId" | "id">,
): string | null {
  return publicUrl && `${publicUrl}/crm/${kind}/${keys.keyOf(kind, companyId, id)}`;
}

async function readAccess(
  dependencies: ConnectingDependencies,
  companyId: Id,
  given: CrmAccess,
  signal: AbortSignal,
): Promise<{ kind: CrmKind; account: string; secrets: CrmSecrets }> {
  const isPlain = dependencies.arePrivateHostsAllowed;
  const parsed = crmAccessSchema.safeParse(given);
  if (!parsed.success) throw new AppError("invalid", "Не все поля для подключения заполнены.");
  const access = parsed.data;
  if (access.kind === "bitrix24") {
    const webhookUrl = readWebhookUrl(access.url, isPlain);
    const { applicationToken } = access;
    return {
      kind: "bitrix24",
      account: new URL(webhookUrl).host,
      secrets: { kind: "bitrix24", webhookUrl, applicationToken, memberId: null },
    };
  }
  if (access.kind === "webhook") {
    const url = readReceiverUrl(access.url, isPlain);
    const signingKey = randomBytes(32).toString("base64url");
    return {
      kind: "webhook",
      account: new URL(url).host,
      secrets: { kind: "webhook", url, signingKey },
    };
  }
  const baseUrl = readAmocrmDomain(access.domain, isPlain);
  const account = new URL(baseUrl).host;
  if ("token" in access) {
    return { kind: "amocrm", account, secrets: { kind: "amocrm", baseUrl, token: access.token } };
  }
  const { code, ...client } = access.oauth;
  const id = dependencies.newId();
  const blank = { ...client, accessToken: code, refreshToken: code };
  const secrets = { kind: "amocrm_oauth" as const, baseUrl, oauth: blank };
  const at = { companyId, id, kind: "amocrm" as const, account };
  const transport = openTransport(dependencies, at, secrets, dependencies.newId());
  const parts = { transport, baseUrl, now: dependencies.clock };
  const oauth = await explained(
    () => requestTokens(parts, { ...client, grant: "authorization_code", code }, signal),
    REFUSED_CODE,
  );
  return { kind: "amocrm", account, secrets: { ...secrets, oauth } };
}

async function tryOut(
  dependencies: ConnectingDependencies,
  draft: OpenedConnection,
  signal: AbortSignal,
): Promise<{ probe: CrmProbe; pipelines: CrmSettings["pipelines"] }> {
  const adapter = openAdapter(dependencies, draft);
  const probe = await adapter.probe(signal);
  if (probe.problems.length > 0) return { probe, pipelines: [] };
  return { probe, pipelines: await readPipelines(adapter, signal) };
}

export async function readPipelines(
  adapter: CrmAdapter,
  signal: AbortSignal,
): Promise<CrmSettings["pipelines"]> {
  const pipelines = await adapter.pipelines(signal);
  return pipelines.map((pipeline) => ({ ...pipeline, stages: [...pipeline.stages] }));
}

const REFUSED_CODE =
  "amoCRM не приняла ключи интеграции. Код авторизации живёт 20 минут и действует один раз: скопируйте новый и пришлите все четыре строки ещё раз.";

/** A failed call in the words of the owner. `refusal`: what it means when what was entered is refused. */
async function explained<Result>(work: () => Promise<Result>, refusal?: string): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CrmError)) throw error;
    const { failure, code } = error;
    const isRefused =
      (failure.kind === "invalid" && code !== "forbidden_address") ||
      (failure.kind === "stopped" && failure.reason === "credentials");
    const sentence = isRefused ? (refusal ?? sentenceOf(error)) : sentenceOf(error);
    throw new AppError("invalid", sentence, { cause: error });
  }
}

function sentenceOf({ failure, code }: CrmError): string {
  if (code === "forbidden_address") {
    return "Этот адрес ведёт внутрь сети. Если портал и правда стоит у вас, задайте CRM_ALLOW_PRIVATE_HOSTS=1.";
  }
  if (failure.kind === "stopped") return STOP_SENTENCES[failure.reason];
  if (failure.kind === "rate") {
    return "CRM просит подождать: слишком много запросов. Попробуйте через несколько минут.";
  }
  if (failure.kind === "invalid") return "CRM не приняла запрос. Проверьте адрес и ключ.";
  return "CRM не отвечает. Проверьте адрес и попробуйте ещё раз через минуту.";
}

async function keep(
  { sql }: ConnectingDependencies,
  old: StoredConnection | null,
  connection: Omit<StoredConnection, "state" | "lastEventAt">,
): Promise<void> {
  const { companyId, id, secrets, settings } = connection;
  await tenantTransaction(sql, companyId, async (tx) => {
    if (!old) return insertCrmConnection(tx, companyId, connection);
    const change = { secrets, settings, state: "active" as const, problem: null };
    await updateCrmConnection(tx, companyId, id, change);
  });
}
