import type { CrmEntity, CrmWebhook, RemoteRef } from "../../../domain/crm_adapter.ts";
import { asId } from "../loose.ts";

const KEY =
  /^(leads|contacts|companies)\[(add|update|status|delete|restore|responsible)\]\[(\d{1,4})\]\[(id|type)\]$/;
const MOST_PAIRS = 20_000;

/** No signature there: the address is the secret, and the account must be the one we know. */
export function createAmocrmWebhook({ accountId }: { accountId: string | null }): CrmWebhook {
  return {
    isGenuine({ body }) {
      const given = new URLSearchParams(body).get("account[id]");
      return accountId === null || given === accountId;
    },
    refs({ body }) {
      const items = new Map<string, { kind: string; action: string; id?: string; type?: string }>();
      let pairs = 0;
      for (const [key, value] of new URLSearchParams(body)) {
        pairs += 1;
        if (pairs > MOST_PAIRS) break;
        const [, kind, action, index, name] = KEY.exec(key) ?? [];
        if (!kind || !action || !name) continue;
        const place = `${kind} ${action} ${index}`;
        items.set(place, { kind, action, ...items.get(place), [name]: value });
      }
      return [...items.values()].flatMap(({ kind, action, id, type }) => {
        const known = asId(id);
        if (known === null) return [];
        const ref: RemoteRef = { entity: entityOf(kind, type), id: known };
        return [{ ref, isDeletion: action === "delete" }];
      });
    },
  };
}

/** Companies arrive under `contacts`, told apart by their type. */
function entityOf(kind: string, type: string | undefined): CrmEntity {
  if (kind === "leads") return "deal";
  return kind === "companies" || type === "company" ? "company" : "contact";
}
