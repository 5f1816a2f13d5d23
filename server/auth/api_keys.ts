import { KEY_PREFIX } from "../../domain/api_keys.ts";
import { findApiKey, touchApiKey } from "../../db/api_keys.ts";
import type { Sql } from "../../db/client.ts";
import type { Session } from "./sessions.ts";
import { readLinkToken } from "./tokens.ts";

const MINUTE = 60_000; // ms

/**
 * The program behind a key: it works in the name of the owner who made the key, sees what a manager
 * sees, and may do what `isForKeys` says. Null: no key that is good now.
 */
export async function findProgram(sql: Sql, token: string, now: Date): Promise<Session | null> {
  const companyId = readLinkToken(token.slice(KEY_PREFIX.length));
  if (companyId === null) return null;
  const found = await findApiKey(sql, companyId, token);
  if (!found) return null;
  const { id, userId, scope, telegramId, name, usedAt } = found;
  if (usedAt === null || now.getTime() - usedAt.getTime() > MINUTE) {
    await touchApiKey(sql, companyId, id, now);
  }
  const actor = { companyId, userId, role: "manager" as const, keyScope: scope };
  return { actor, telegramId, name, keyId: id };
}
