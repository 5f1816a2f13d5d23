import type { CrmEntity, CrmWebhook, RemoteRef } from "../../../domain/crm_adapter.ts";
import { asId } from "../loose.ts";
import { isSameSecret } from "../same_secret.ts";

const EVENT = /^ONCRM(CONTACT|COMPANY|DEAL)(ADD|UPDATE|DELETE)$/;

/** The form of an event holds only what changed where; nothing else of it is believed. */
export function createBitrix24Webhook(options: {
  readonly applicationToken: string | null;
  readonly memberId: string | null;
}): CrmWebhook {
  return {
    isGenuine({ body }) {
      const form = new URLSearchParams(body);
      const { applicationToken, memberId } = options;
      if (applicationToken === null) return false;
      const isToken = isSameSecret(form.get("auth[application_token]") ?? "", applicationToken);
      const isPortal = memberId === null || form.get("auth[member_id]") === memberId;
      return isToken && isPortal;
    },
    refs({ body }) {
      const form = new URLSearchParams(body);
      const [, noun, verb] = EVENT.exec((form.get("event") ?? "").toUpperCase()) ?? [];
      const id = asId(form.get("data[FIELDS][ID]"));
      if (!noun || id === null) return [];
      const ref: RemoteRef = { entity: noun.toLowerCase() as CrmEntity, id };
      return [{ ref, isDeletion: verb === "DELETE" }];
    },
  };
}
