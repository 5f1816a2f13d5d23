import type { StoredConnection } from "../../db/crm_connections.ts";
import type { CrmAccess, CrmKind } from "../../domain/crm.ts";
import type { WebhookRequest } from "../../domain/crm_adapter.ts";

import type { Id } from "../../domain/ids.ts";

/** What only the wiring knows of CRMs: their keys and our addresses. Nothing here calls them. */
export interface CrmReach {
  /** For a job that will try it. */
  sealAccess(access: CrmAccess, draftId: Id): Uint8Array;
  webhookUrl(connection: StoredConnection): string | null;
  withApplicationToken(connection: StoredConnection, token: string): Uint8Array;
}

/** Takes a webhook of a CRM in, or says why not. */
export type CrmDoor = (
  kind: CrmKind,
  key: string,
  request: WebhookRequest,
) => Promise<"taken" | "stranger" | "bad">;
