import type { StoredConnection } from "../../db/crm_connections.ts";
import type { CrmKind } from "../../domain/crm.ts";
import type { CrmPipeline, WebhookRequest } from "../../domain/crm_adapter.ts";

/** What reaches the CRM itself, and what only the wiring knows: its keys and its addresses. */
export interface CrmReach {
  pipelines(connection: StoredConnection): Promise<readonly CrmPipeline[]>;
  webhookUrl(connection: StoredConnection): string | null;
  withApplicationToken(connection: StoredConnection, token: string): Uint8Array;
}

/** Takes a webhook of a CRM in, or says why not. */
export type CrmDoor = (
  kind: CrmKind,
  key: string,
  request: WebhookRequest,
) => Promise<"taken" | "stranger" | "bad">;
