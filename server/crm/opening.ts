import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import {
  lockCrmConnection,
  type StoredConnection,
  updateCrmConnection,
} from "../../db/crm_connections.ts";
import { insertIntegrationLog } from "../../db/integration_logs.ts";
import type { CrmKind } from "../../domain/crm.ts";
import type { CrmAdapter } from "../../domain/crm_adapter.ts";
import type { Id } from "../../domain/ids.ts";
import { type CrmSecrets, secretsSchema, secretTexts } from "./access.ts";
import { createAmocrmAdapter } from "./amocrm/adapter.ts";
import { createAmocrmClient } from "./amocrm/client.ts";
import { type AmocrmOauth, longLivedToken, renewedTokens } from "./amocrm/tokens.ts";
import { createBitrix24Adapter } from "./bitrix24/adapter.ts";
import { createBitrix24Client } from "./bitrix24/client.ts";
import type { Http } from "./http.ts";
import type { SecretBox } from "./secrets.ts";
import { createTransport, type LimitWatch, type Pace, type Transport } from "./transport.ts";
import { createReceiverAdapter } from "./webhook/adapter.ts";

export interface OpeningDependencies {
  readonly sql: Sql;
  readonly http: Http;
  readonly box: SecretBox;
  /** See `createPace`. */
  readonly paceOf: (kind: CrmKind, account: string) => Pace;
  readonly clock: () => Date;
  readonly newId: () => Id;
  readonly log: Logger;
  /** Hears of every call, to count it. */
  readonly onCall?: (call: { kind: CrmKind; isFailed: boolean; durationMs: number }) => void;
  /** Of all accounts of a kind together. */
  readonly limitsOf?: (kind: CrmKind) => LimitWatch;
}

export type OpenedConnection = Pick<
  StoredConnection,
  "companyId" | "id" | "kind" | "account" | "currency" | "accountId" | "settings" | "secrets"
>;

/** A call may take this long; the portal gives up after 60 s itself. */
const PATIENCE = 65_000; // ms
/** Of 480 s in ten minutes: above this we wait before the portal refuses. */
const OPERATING_LIMIT = 400;

/** The adapter of a connection, for one piece of work: its calls share a correlation id in the log. */
export function openAdapter(
  dependencies: OpeningDependencies,
  connection: OpenedConnection,
  correlationId: Id = dependencies.newId(),
): CrmAdapter {
  const secrets = unsealSecrets(dependencies.box, connection);
  const transport = openTransport(dependencies, connection, secrets, correlationId);
  const { clock: now } = dependencies;
  const { remembered } = connection.settings;
  switch (secrets.kind) {
    case "bitrix24": {
      const pace = dependencies.paceOf("bitrix24", connection.account);
      const client = createBitrix24Client({
        transport,
        now,
        webhookUrl: secrets.webhookUrl,
        onMoved: (webhookUrl) => saveSecrets(dependencies, connection, { ...secrets, webhookUrl }),
        onOperating: async (method, seconds, resetAt) => {
          if (seconds > OPERATING_LIMIT) await pace.block(method, resetAt);
        },
      });
      return createBitrix24Adapter({ client, ...secrets });
    }
    case "amocrm":
    case "amocrm_oauth": {
      const { baseUrl } = secrets;
      const tokens =
        secrets.kind === "amocrm"
          ? longLivedToken(secrets.token)
          : renewedTokens({
              transport,
              baseUrl,
              now,
              initial: secrets.oauth,
              exclusively: (change) => renewExclusively(dependencies, connection, change),
            });
      const client = createAmocrmClient({ transport, baseUrl, tokens, now });
      const { keyField } = remembered;
      return createAmocrmAdapter({
        client,
        now,
        currency: connection.currency,
        accountId: connection.accountId,
        keyField: typeof keyField === "string" ? keyField : null,
      });
    }
    case "webhook":
      return createReceiverAdapter({ transport, ...secrets, now });
    default:
      return secrets satisfies never;
  }
}

export function unsealSecrets(
  box: SecretBox,
  { id, secrets }: Pick<StoredConnection, "id" | "secrets">,
): CrmSecrets {
  return secretsSchema.parse(JSON.parse(box.open(secrets, id)));
}

export function sealSecrets(box: SecretBox, id: Id, secrets: CrmSecrets): Buffer {
  return box.seal(JSON.stringify(secrets), id);
}

export function openTransport(
  { sql, http, paceOf, clock, newId, log, onCall, limitsOf }: OpeningDependencies,
  connection: Pick<StoredConnection, "companyId" | "id" | "kind" | "account">,
  secrets: CrmSecrets,
  correlationId: Id,
): Transport {
  const { companyId, id: connectionId, kind } = connection;
  return createTransport({
    http,
    pace: paceOf(kind, connection.account),
    limits: limitsOf?.(kind),
    secrets: () => secretTexts(secrets),
    now: clock,
    timeout: PATIENCE,
    record: async (trace) => {
      const { error, durationMs } = trace;
      onCall?.({ kind, isFailed: error !== null, durationMs });
      const entry = { ...trace, id: newId(), connectionId, system: kind, correlationId };
      try {
        await tenantTransaction(sql, companyId, (tx) => insertIntegrationLog(tx, companyId, entry));
      } catch (error) {
        // The call itself went as it went: losing its line must not lose its result.
        log.error({ companyId, connectionId, err: error }, "integration log was not written");
      }
    },
  });
}

async function saveSecrets(
  { sql, box }: OpeningDependencies,
  { companyId, id }: OpenedConnection,
  secrets: CrmSecrets,
): Promise<void> {
  await tenantTransaction(sql, companyId, (tx) =>
    updateCrmConnection(tx, companyId, id, { secrets: sealSecrets(box, id, secrets) }),
  );
}

/**
 * The one network call inside a transaction: a refresh token works once, so whoever renews must hold
 * the stored pair until the new one is stored.
 */
async function renewExclusively(
  { sql, box }: OpeningDependencies,
  { companyId, id }: OpenedConnection,
  change: (stored: AmocrmOauth) => Promise<AmocrmOauth>,
): Promise<AmocrmOauth> {
  return tenantTransaction(sql, companyId, async (tx) => {
    const locked = await lockCrmConnection(tx, companyId, id);
    if (!locked) throw new Error("the connection was removed");
    const stored = unsealSecrets(box, locked);
    if (stored.kind !== "amocrm_oauth")
      throw new Error("the connection has no token pair any more");
    const oauth = await change(stored.oauth);
    if (oauth !== stored.oauth) {
      const secrets = sealSecrets(box, id, { ...stored, oauth });
      await updateCrmConnection(tx, companyId, id, { secrets });
    }
    return oauth;
  });
}
