import type { Actor } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import type { JoinOutcome } from "../../domain/team.ts";
import type { Transaction } from "../../db/client.ts";
import { findCompany } from "../../db/companies.ts";
import { lockInvitation, takeInvitationUse } from "../../db/invitations.ts";
import { findRole, insertMembership } from "../../db/memberships.ts";
import { enterCompany } from "../../db/updates.ts";
import { readLinkToken } from "../auth/tokens.ts";

/**
 * Takes a person into the company of an invitation. With `joined` and `already_member` the transaction
 * works for that company afterwards, otherwise for the one it worked for before.
 */
export async function joinByInvitation(
  tx: Transaction,
  person: { userId: Id; actor: Actor | null },
  token: string,
  now: Date,
): Promise<JoinOutcome> {
  const companyId = readLinkToken(token);
  if (companyId === null) return { outcome: "unknown" };
  await enterCompany(tx, companyId);
  const outcome = await useLink(tx, { companyId, userId: person.userId, token, now });
  const isIn = outcome.outcome === "joined" || outcome.outcome === "already_member";
  if (!isIn) await enterCompany(tx, person.actor?.companyId ?? "");
  return outcome;
}

async function useLink(
  tx: Transaction,
  { companyId, userId, token, now }: { companyId: Id; userId: Id; token: string; now: Date },
): Promise<JoinOutcome> {
  const invitation = await lockInvitation(tx, companyId, token);
  const company = invitation && (await findCompany(tx, companyId));
  if (!invitation || !company) return { outcome: "unknown" };
  const names = { companyId, companyName: company.name };
  const role = await findRole(tx, companyId, userId);
  if (role) return { outcome: "already_member", ...names, role };
  if (invitation.isRevoked) return { outcome: "revoked" };
  if (invitation.expiresAt <= now) return { outcome: "expired" };
  if (invitation.usesLeft === 0) return { outcome: "used_up" };
  await insertMembership(tx, companyId, { userId, role: invitation.role });
  await takeInvitationUse(tx, companyId, invitation.id);
  return { outcome: "joined", ...names, role: invitation.role };
}
