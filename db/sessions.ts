import { z } from "zod";
import { type Role, ROLES } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Queryable, Transaction } from "./client.ts";
import { hashToken } from "./token_hashes.ts";

/*
 * Sessions are found before the company is known, so these queries run as the owner of the tables,
 * outside row-level security. Only the SHA-256 of a token is kept: tokens are long and random, so a
 * slow hash would protect nothing.
 */

const SESSION_KINDS = ["miniapp", "manager", "browser"] as const;
type SessionKind = (typeof SESSION_KINDS)[number];

export interface NewSession {
  readonly companyId: Id;
  readonly userId: Id;
  /** `browser`: a browser in which the app was opened by a link; it gets sessions of `miniapp`. */
  readonly kind: SessionKind;
  readonly expiresAt: Date;
  /** What the browser calls itself, so that a person tells his devices apart. */
  readonly userAgent?: string;
  /** The browser's session that this one hangs on: it ends with it. */
  readonly parentId?: Id;
}

export interface Session extends NewSession {
  readonly id: Id;
  /** As it is now, not as it was when the session began. */
  readonly role: Role;
  readonly name: string;
  /** Null for a person who never wrote to the bot. */
  readonly telegramId: number | null;
}

const sessionRow = z
  .object({
    id: z.string(),
    company_id: z.string(),
    user_id: z.string(),
    role: z.enum(ROLES),
    name: z.string(),
    telegram_id: z.coerce.number().nullable(),
    kind: z.enum(SESSION_KINDS),
    expires_at: z.date(),
  })
  .transform((row): Session => ({
    id: row.id,
    companyId: row.company_id,
    userId: row.user_id,
    role: row.role,
    name: row.name,
    telegramId: row.telegram_id,
    kind: row.kind,
    expiresAt: row.expires_at,
  }));

export async function insertSession(
  sql: Queryable,
  token: string,
  session: NewSession,
): Promise<void> {
  await sql`
    insert into sessions (token_hash, company_id, user_id, kind, expires_at, user_agent, parent_id)
    values (
      ${hashToken(token)}, ${session.companyId}, ${session.userId}, ${session.kind},
      ${session.expiresAt}, ${session.userAgent ?? ""}, ${session.parentId ?? null}
    )
  `;
}

/** Null for an unknown, expired or revoked session, and for a person removed from the team. */
export async function findSession(
  sql: Queryable,
  token: string,
  now: Date,
): Promise<Session | null> {
  const [row] = await sql`
    select id, company_id, user_id, role, name, telegram_id, kind, expires_at
    from open_sessions
    where token_hash = ${hashToken(token)} and ends_at > ${now}
  `;
  return row ? readSession(row) : null;
}

/** Of the columns that `findSession` selects. */
export function readSession(row: unknown): Session {
  return sessionRow.parse(row);
}

/** Ends one session; one that is over already stays as it is. */
export async function revokeSession(sql: Queryable, token: string): Promise<void> {
  await sql`
    update sessions
    set revoked_at = now()
    where token_hash = ${hashToken(token)} and revoked_at is null
  `;
}

/** A browser that a person is logged in with, without its token. */
export interface OpenSession {
  readonly id: Id;
  readonly kind: "manager" | "browser";
  readonly companyName: string;
  readonly userAgent: string;
  readonly createdAt: Date;
  readonly usedAt: Date;
  readonly expiresAt: Date;
}

const openSessionRow = z
  .object({
    id: z.string(),
    kind: z.enum(["manager", "browser"]),
    company_name: z.string(),
    user_agent: z.string(),
    created_at: z.date(),
    used_at: z.date(),
    expires_at: z.date(),
  })
  .transform((row): OpenSession => ({
    id: row.id,
    kind: row.kind,
    companyName: row.company_name,
    userAgent: row.user_agent,
    createdAt: row.created_at,
    usedAt: row.used_at,
    expiresAt: row.expires_at,
  }));
const openSessionRows = z.array(openSessionRow);

/** Where the person is logged in, the manager's page and the app, in all companies, last used first, `limit` at most. */
export async function listLogins(
  sql: Queryable,
  userId: Id,
  now: Date,
  limit: number,
): Promise<OpenSession[]> {
  const rows = await sql`
    select
      sessions.id, sessions.kind, companies.name as company_name, sessions.user_agent, sessions.created_at,
      sessions.used_at, sessions.expires_at
    from sessions
    join companies on companies.company_id = sessions.company_id
    where sessions.user_id = ${userId} and sessions.kind in ('manager', 'browser')
      and sessions.revoked_at is null and sessions.expires_at > ${now}
    order by sessions.used_at desc, sessions.id
    limit ${limit}
  `;
  return openSessionRows.parse(rows);
}

/** Notes that the person was here, not more often than once in five minutes. */
export async function touchSession(sql: Queryable, id: Id, now: Date): Promise<void> {
  await sql`
    update sessions
    set used_at = ${now}
    where id = ${id} and used_at < ${new Date(now.getTime() - 300_000)}
  `;
}

/** Ends one session of a person; somebody else's stays as it is. */
export async function revokeLogin(sql: Queryable, userId: Id, id: Id): Promise<boolean> {
  const { count } = await sql`
    update sessions
    set revoked_at = coalesce(revoked_at, now())
    where id = ${id} and user_id = ${userId} and kind in ('manager', 'browser')
  `;
  return count > 0;
}

/** «Выйти везде»: ends every login in a browser, in all companies. */
export async function revokeLogins(sql: Queryable, userId: Id): Promise<void> {
  await sql`
    update sessions
    set revoked_at = now()
    where user_id = ${userId} and kind in ('manager', 'browser') and revoked_at is null
  `;
}

/** Ends every session of a person in one company. Returns how many. */
export async function revokeSessionsOf(sql: Queryable, companyId: Id, userId: Id): Promise<number> {
  const result = await sql`
    update sessions
    set revoked_at = now()
    where company_id = ${companyId} and user_id = ${userId} and revoked_at is null
  `;
  return result.count;
}

const countRow = z.object({ count: z.number() });

/**
 * Ends every session of a person in the company that the transaction works for, from under its role,
 * which may not touch sessions. Returns how many.
 */
export async function revokeSessionsInTeam(tx: Transaction, userId: Id): Promise<number> {
  const [row] = await tx`select revoke_sessions(${userId}) as count`;
  return countRow.parse(row).count;
}

/** Forgets what expired before a moment. Returns how many went, `limit` at most. */
export async function deleteSessionsBefore(
  sql: Queryable,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from sessions
    where token_hash in (
      select token_hash
      from sessions
      where expires_at < ${moment}
      order by expires_at
      limit ${limit}
    )
  `;
  return result.count;
}
