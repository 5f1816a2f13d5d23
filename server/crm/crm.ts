import type { Logger } from "pino";
import type { Sql } from "../../db/client.ts";
import type { Id } from "../../domain/ids.ts";
import { deriveKey } from "../config_secret.ts";
import type { AsActor, WorkDependencies } from "../services/work.ts";
import { createWebhookKeys } from "./access.ts";
import { isPublicAddress } from "./addresses.ts";
import { type ConnectingDependencies, webhookUrlOf } from "./connecting.ts";
import { createHttp } from "./http.ts";
import { createPace } from "./pace.ts";
import { type OpeningDependencies, sealSecrets, unsealSecrets } from "./opening.ts";
import type { CrmDoor, CrmReach } from "./reach.ts";
import { receiveWebhook, type ReceivingDependencies } from "./receiving.ts";
import { createSecretBox } from "./secrets.ts";

/** Everything of CRMs that a process has one of. */
export interface Crm {
  readonly dependencies: ReceivingDependencies & ConnectingDependencies;
  readonly reach: CrmReach;
  readonly door: CrmDoor;
  /** See `createPushSources`. */
  readonly linkSecret: Buffer;
  close(): void;
}

export function createCrm(options: {
  readonly sql: Sql;
  readonly board: WorkDependencies["board"];
  readonly onCommitted: WorkDependencies["onCommitted"];
  readonly asActor: AsActor;
  readonly secretKey: string;
  readonly publicUrl: string | null;
  readonly arePrivateHostsAllowed: boolean;
  readonly clock: () => Date;
  readonly newId: () => Id;
  readonly log: Logger;
  readonly onCall?: NonNullable<OpeningDependencies["onCall"]>;
  readonly limitsOf?: NonNullable<OpeningDependencies["limitsOf"]>;
  /** Without it: the pace that each CRM allows, shared through the database. */
  readonly paceOf?: OpeningDependencies["paceOf"];
}): Crm {
  const { secretKey, arePrivateHostsAllowed, ...shared } = options;
  const paceOf: OpeningDependencies["paceOf"] =
    options.paceOf ?? ((kind, account) => createPace(options.sql, kind, account));
  const rule = arePrivateHostsAllowed ? () => true : isPublicAddress;
  const http = createHttp(rule, arePrivateHostsAllowed);
  const box = createSecretBox(deriveKey(secretKey, "crm secrets"));
  const keys = createWebhookKeys(deriveKey(secretKey, "crm webhooks"));
  const dependencies = { ...shared, paceOf, http, box, keys, arePrivateHostsAllowed };
  return {
    dependencies,
    reach: {
      sealAccess: (access, draftId) => box.seal(JSON.stringify(access), draftId),
      webhookUrl: (connection) => webhookUrlOf(dependencies, connection),
      withApplicationToken(connection, token) {
        const secrets = unsealSecrets(box, connection);
        if (secrets.kind !== "bitrix24") return connection.secrets;
        const { id } = connection;
        return sealSecrets(box, id, { ...secrets, applicationToken: token, memberId: null });
      },
    },
    door: (kind, key, request) => receiveWebhook(dependencies, kind, key, request),
    linkSecret: deriveKey(secretKey, "crm links"),
    close: () => http.close(),
  };
}
