import * as keys from "./api_keys.ts";
import * as repeatable from "./repeatable_requests.ts";
import type { Call } from "./testing_agreement_calls.ts";
import { testId } from "./testing_ids.ts";

const now = new Date("2026-11-22T09:00:00Z");
const digest = new Uint8Array(32);

/** Every query about API keys and repeated requests, see `testing_calls.ts`. */
export const KEY_CALLS: Readonly<Record<string, Call>> = {
  "api_keys.insertApiKey": (tx, companyId, aim) =>
    keys.insertApiKey(tx, companyId, {
      id: testId(),
      name: "взлом",
      scope: "write",
      token: testId(),
      createdBy: aim.ownerId,
      createdAt: now,
    }),
  "api_keys.listApiKeys": (tx, companyId) => keys.listApiKeys(tx, companyId, 100),
  "api_keys.revokeApiKey": (tx, companyId, aim) =>
    keys.revokeApiKey(tx, companyId, aim.apiKeyId, now),
  "api_keys.findApiKey": (tx, companyId, aim) => keys.findApiKey(tx, companyId, aim.token),
  "api_keys.touchApiKey": (tx, companyId, aim) =>
    keys.touchApiKey(tx, companyId, aim.apiKeyId, now),
  "repeatable_requests.claimRequest": (tx, companyId, aim) =>
    repeatable.claimRequest(
      tx,
      companyId,
      { userId: aim.foremanId, key: aim.name, digest },
      { now, since: now },
    ),
  "repeatable_requests.findAnswer": (tx, companyId, aim) =>
    repeatable.findAnswer(tx, companyId, { userId: aim.foremanId, key: aim.name }),
  "repeatable_requests.storeAnswer": (tx, companyId, aim) =>
    repeatable.storeAnswer(
      tx,
      companyId,
      { userId: aim.foremanId, key: aim.name },
      { status: 201, body: "взлом" },
    ),
};
