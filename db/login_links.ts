import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import type { LoginKind } from "../domain/logins.ts";
import type { Sql, Transaction } from "./client.ts";
import { hashToken } from "./token_hashes.ts";

/** One-time links to the manager's page and to the app. Only hashes of their tokens are kept. */
export async function insertLoginLink(
  tx: Transaction,
  companyId: Id,
  link: {
    readonly id: Id;
    readonly userId: Id;
    readonly kind: LoginKind;
    readonly token: string;
    readonly createdAt: Date;
    readonly expiresAt: Date;
  },
): Promise<void> {
  await tx`
    insert into login_links (company_id, id, user_id, kind, token_hash, created_at, expires_at)
    values (
      ${companyId}, ${link.id}, ${link.userId}, ${link.kind}, ${hashToken(link.token)},
      ${link.createdAt}, ${link.expiresAt}
    )
  `;
}

/** Whose link it is; null when it is unknown, too old, of another door, or was used. Looking does not spend it. */
export async function findLoginLink(
  tx: Transaction,
  companyId: Id,
  { kind, token }: SentLink,
  now: Date,
): Promise<Id | null> {
  const [row] = await tx`
    select user_id
    from login_links
    where company_id = ${companyId} and token_hash = ${hashToken(token)}
      and kind = ${kind} and used_at is null and expires_at > ${now}
  `;
  return row ? userRow.parse(row).user_id : null;
}

/** As `findLoginLink`, and spends it: of two at once only one gets the person. */
export async function useLoginLink(
  tx: Transaction,
  companyId: Id,
  { kind, token }: SentLink,
  now: Date,
): Promise<Id | null> {
  const [row] = await tx`
    update login_links
    set used_at = ${now}
    where company_id = ${companyId} and token_hash = ${hashToken(token)}
      and kind = ${kind} and used_at is null and expires_at > ${now}
    returning user_id
  `;
  return row ? userRow.parse(row).user_id : null;
}

/** As the owner of the tables: forgets what expired before a moment. Returns how many, `limit` at most. */
export async function deleteLoginLinksBefore(
  sql: Sql,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from login_links
    where (company_id, id) in (
      select company_id, id
      from login_links
      where expires_at < ${moment}
      order by expires_at
      limit ${limit}
    )
  `;
  return result.count;
}

interface SentLink {
  readonly kind: LoginKind;
  readonly token: string;
}

const userRow = z.object({ user_id: z.string() });
