import { z } from "zod";
import { type ApiKey, KEY_SCOPES, type KeyScope } from "../domain/api_keys.ts";
import type { Id } from "../domain/ids.ts";
import type { Queryable, Transaction } from "./client.ts";
import { hashToken } from "./token_hashes.ts";

const apiKeyRow = z
  .object({
    id: z.string(),
    name: z.string(),
    scope: z.enum(KEY_SCOPES),
    created_by_name: z.string(),
    created_at: z.date(),
    used_at: z.date().nullable(),
  })
  .transform((row): ApiKey => ({
    id: row.id,
    name: row.name,
    scope: row.scope,
    createdByName: row.created_by_name,
    createdAt: row.created_at,
    usedAt: row.used_at,
  }));
const apiKeyRows = z.array(apiKeyRow);

export async function insertApiKey(
  tx: Transaction,
  companyId: Id,
  key: {
    readonly id: Id;
    readonly name: string;
    readonly scope: KeyScope;
    readonly token: string;
    readonly createdBy: Id;
    readonly createdAt: Date;
  },
): Promise<void> {
  await tx`
    insert into api_keys (company_id, id, name, scope, token_hash, created_by, created_at)
    values (
      ${companyId}, ${key.id}, ${key.name}, ${key.scope}, ${hashToken(key.token)},
      ${key.createdBy}, ${key.createdAt}
    )
  `;
}

/** Those that are not revoked, newest first, `limit` at most. */
export async function listApiKeys(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<ApiKey[]> {
  const rows = await tx`
    select
      api_keys.id, api_keys.name, api_keys.scope, users.name as created_by_name,
      api_keys.created_at, api_keys.used_at
    from api_keys
    join users on users.user_id = api_keys.created_by
    where api_keys.company_id = ${companyId} and api_keys.revoked_at is null
    order by api_keys.created_at desc, api_keys.id desc
    limit ${limit}
  `;
  return apiKeyRows.parse(rows);
}

/** False: there is no such key that is still good. */
export async function revokeApiKey(
  tx: Transaction,
  companyId: Id,
  id: Id,
  now: Date,
): Promise<boolean> {
  const result = await tx`
    update api_keys
    set revoked_at = ${now}
    where company_id = ${companyId} and id = ${id} and revoked_at is null
  `;
  return result.count > 0;
}

export interface KeyHolder {
  readonly id: Id;
  readonly scope: KeyScope;
  readonly name: string;
  /** Who made it: an owner still. */
  readonly userId: Id;
  readonly telegramId: number;
  readonly usedAt: Date | null;
}

const holderRow = z
  .object({
    id: z.string(),
    scope: z.enum(KEY_SCOPES),
    name: z.string(),
    created_by: z.string(),
    telegram_id: z.coerce.number(),
    used_at: z.date().nullable(),
  })
  .transform((row): KeyHolder => ({
    id: row.id,
    scope: row.scope,
    name: row.name,
    userId: row.created_by,
    telegramId: row.telegram_id,
    usedAt: row.used_at,
  }));

/** Null: unknown, revoked, or who made it is no owner any more. */
export async function findApiKey(
  sql: Queryable,
  companyId: Id,
  token: string,
): Promise<KeyHolder | null> {
  const [row] = await sql`
    select
      api_keys.id, api_keys.scope, api_keys.name, api_keys.created_by,
      telegram_users.telegram_id, api_keys.used_at
    from api_keys
    join memberships
      on memberships.company_id = api_keys.company_id
      and memberships.user_id = api_keys.created_by
      and memberships.removed_at is null
      and memberships.role = 'owner'
    join telegram_users on telegram_users.user_id = api_keys.created_by
    where api_keys.company_id = ${companyId} and api_keys.token_hash = ${hashToken(token)}
      and api_keys.revoked_at is null
  `;
  return row ? holderRow.parse(row) : null;
}

export async function touchApiKey(sql: Queryable, companyId: Id, id: Id, now: Date): Promise<void> {
  await sql`
    update api_keys
    set used_at = ${now}
    where company_id = ${companyId} and id = ${id}
  `;
}
