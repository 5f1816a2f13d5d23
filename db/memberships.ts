import { z } from "zod";
import { type Role, ROLES } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Member } from "../domain/team.ts";
import type { Transaction } from "./client.ts";

const roleColumn = z.enum(ROLES);

const memberRow = z
  .object({
    user_id: z.string(),
    name: z.string(),
    role: roleColumn,
    username: z.string().nullable(),
    created_at: z.date(),
  })
  .transform((row): Member => ({
    userId: row.user_id,
    name: row.name,
    role: row.role,
    username: row.username,
    joinedAt: row.created_at,
  }));
const memberRows = z.array(memberRow);

/**
 * Takes a person into the team, also one who was removed before. Who is in the team already keeps
 * the role: false.
 */
export async function insertMembership(
  tx: Transaction,
  companyId: Id,
  membership: { readonly userId: Id; readonly role: Role },
): Promise<boolean> {
  const result = await tx`
    insert into memberships (company_id, user_id, role)
    values (${companyId}, ${membership.userId}, ${membership.role})
    on conflict (company_id, user_id) do update
    set role = excluded.role, created_at = now(), removed_at = null
    where memberships.removed_at is not null
  `;
  return result.count > 0;
}

const roleRow = z.object({ role: roleColumn });

/** Null for strangers and for those who were removed. */
export async function findRole(tx: Transaction, companyId: Id, userId: Id): Promise<Role | null> {
  const [row] = await tx`
    select role
    from memberships
    where company_id = ${companyId} and user_id = ${userId} and removed_at is null
  `;
  return row ? roleRow.parse(row).role : null;
}

/** In order of joining, `limit` at most. */
export async function listMembers(
  tx: Transaction,
  companyId: Id,
  limit: number,
): Promise<Member[]> {
  const rows = await tx`
    select
      memberships.user_id, users.name, memberships.role, telegram_users.username,
      memberships.created_at
    from memberships
    join users on users.user_id = memberships.user_id
    left join telegram_users on telegram_users.user_id = memberships.user_id
    where memberships.company_id = ${companyId} and memberships.removed_at is null
    order by memberships.created_at, memberships.user_id
    limit ${limit}
  `;
  return memberRows.parse(rows);
}

/** Null for strangers and for those who were removed. */
export async function findMember(
  tx: Transaction,
  companyId: Id,
  userId: Id,
): Promise<Member | null> {
  const [row] = await tx`
    select
      memberships.user_id, users.name, memberships.role, telegram_users.username,
      memberships.created_at
    from memberships
    join users on users.user_id = memberships.user_id
    left join telegram_users on telegram_users.user_id = memberships.user_id
    where memberships.company_id = ${companyId} and memberships.user_id = ${userId}
      and memberships.removed_at is null
  `;
  return row ? memberRow.parse(row) : null;
}

/**
 * The owners of a company, locked until the transaction ends: of two who leave at once the second one
 * waits and is not counted on any more by then.
 */
export async function lockOwners(tx: Transaction, companyId: Id): Promise<Id[]> {
  const rows = await tx`
    select user_id
    from memberships
    where company_id = ${companyId} and role = 'owner' and removed_at is null
    order by user_id
    limit ${MANY_OWNERS}
    for no key update
  `;
  return z
    .array(z.object({ user_id: z.string() }))
    .parse(rows)
    .map((row) => row.user_id);
}

const MANY_OWNERS = 1000;

/** False when the person is not in the team. */
export async function setRole(
  tx: Transaction,
  companyId: Id,
  userId: Id,
  role: Role,
): Promise<boolean> {
  const result = await tx`
    update memberships
    set role = ${role}
    where company_id = ${companyId} and user_id = ${userId} and removed_at is null
  `;
  return result.count > 0;
}

/** Removes softly: what the person made stays. False when the person is not in the team. */
export async function removeMembership(
  tx: Transaction,
  companyId: Id,
  userId: Id,
): Promise<boolean> {
  const result = await tx`
    update memberships
    set removed_at = now()
    where company_id = ${companyId} and user_id = ${userId} and removed_at is null
  `;
  return result.count > 0;
}
