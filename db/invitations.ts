import { z } from "zod";
import { type Role, ROLES } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Invitation } from "../domain/team.ts";
import type { Transaction } from "./client.ts";
import { hashToken } from "./token_hashes.ts";

export async function insertInvitation(
  tx: Transaction,
  companyId: Id,
  invitation: {
    id: Id;
    token: string;
    role: Role;
    uses: number;
    createdBy: Id;
    createdAt: Date;
    expiresAt: Date;
  },
): Promise<void> {
  await tx`
    insert into invitations (
      company_id, id, token_hash, role, uses_left, created_by, created_at, expires_at
    )
    values (
      ${companyId}, ${invitation.id}, ${hashToken(invitation.token)}, ${invitation.role},
      ${invitation.uses}, ${invitation.createdBy}, ${invitation.createdAt},
      ${invitation.expiresAt}
    )
  `;
}

const invitationRow = z
  .object({
    id: z.string(),
    role: z.enum(ROLES),
    uses_left: z.number(),
    created_by_name: z.string(),
    created_at: z.date(),
    expires_at: z.date(),
  })
  .transform((row): Invitation => ({
    id: row.id,
    role: row.role,
    usesLeft: row.uses_left,
    createdByName: row.created_by_name,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
  }));
const invitationRows = z.array(invitationRow);

/** Those that can be used at a moment, newest first, `limit` at most. */
export async function listOpenInvitations(
  tx: Transaction,
  companyId: Id,
  now: Date,
  limit: number,
): Promise<Invitation[]> {
  const rows = await tx`
    select
      invitations.id, invitations.role, invitations.uses_left, users.name as created_by_name,
      invitations.created_at, invitations.expires_at
    from invitations
    join users on users.user_id = invitations.created_by
    where invitations.company_id = ${companyId}
      and invitations.revoked_at is null
      and invitations.uses_left > 0
      and invitations.expires_at > ${now}
    order by invitations.id desc
    limit ${limit}
  `;
  return invitationRows.parse(rows);
}

const foundRow = z
  .object({
    id: z.string(),
    role: z.enum(ROLES),
    uses_left: z.number(),
    expires_at: z.date(),
    revoked_at: z.date().nullable(),
  })
  .transform((row) => ({
    id: row.id,
    role: row.role,
    usesLeft: row.uses_left,
    expiresAt: row.expires_at,
    isRevoked: row.revoked_at !== null,
  }));

/** The invitation of a token, locked until the transaction ends: its uses are counted exactly. */
export async function lockInvitation(
  tx: Transaction,
  companyId: Id,
  token: string,
): Promise<z.output<typeof foundRow> | null> {
  const [row] = await tx`
    select id, role, uses_left, expires_at, revoked_at
    from invitations
    where company_id = ${companyId} and token_hash = ${hashToken(token)}
    for no key update
  `;
  return row ? foundRow.parse(row) : null;
}

/** Takes one use away. */
export async function takeInvitationUse(tx: Transaction, companyId: Id, id: Id): Promise<void> {
  await tx`
    update invitations
    set uses_left = uses_left - 1
    where company_id = ${companyId} and id = ${id}
  `;
}

/** False when there is no such invitation; one that is over already stays as it is. */
export async function revokeInvitation(
  tx: Transaction,
  companyId: Id,
  id: Id,
  at: Date,
): Promise<boolean> {
  const result = await tx`
    update invitations
    set revoked_at = coalesce(revoked_at, ${at})
    where company_id = ${companyId} and id = ${id}
  `;
  return result.count > 0;
}
