import { ROLES } from "../../domain/access.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import { LEFT_TEAM } from "../../domain/notifications.ts";
import { type Id, isId } from "../../domain/ids.ts";
import {
  INVITATION_LIMITS,
  JOIN_PREFIX,
  type InvitationLink,
  type NewInvitation,
  newInvitationSchema,
  type TeamService,
} from "../../domain/team.ts";
import { insertInvitation, listOpenInvitations, revokeInvitation } from "../../db/invitations.ts";
import {
  findMember,
  listMembers,
  lockOwners,
  removeMembership,
  setRole,
} from "../../db/memberships.ts";
import { endWaiting } from "../../db/notification_events.ts";
import { revokeSessionsInTeam } from "../../db/sessions.ts";
import { makeLinkToken } from "../auth/tokens.ts";
import { demand, type Scope } from "./scope.ts";
import { readActorName } from "./actor.ts";

const DAY = 24 * 3600 * 1000; // ms
/** More than any brigade has. */
const MANY_MEMBERS = 1000;

export function createTeamService(scope: Scope): TeamService {
  const { tx, actor } = scope;
  const { companyId } = actor;
  return {
    members: async () => {
      demand(scope, "team.read");
      return listMembers(tx, companyId, MANY_MEMBERS);
    },
    invitations: async () => {
      demand(scope, "team.edit");
      return listOpenInvitations(tx, companyId, scope.now, INVITATION_LIMITS.open);
    },
    invite: (invitation) => invite(scope, invitation),
    revokeInvitation: async (id) => {
      demand(scope, "team.edit");
      const isThere = isId(id) && (await revokeInvitation(tx, companyId, id, scope.now));
      if (!isThere) throw notFound("Запись приглашения");
    },
    setRole: async (userId, role) => {
      demand(scope, "team.edit");
      if (!ROLES.includes(role)) throw new AppError("invalid", "Такой роли нет.");
      if (role !== "owner") await demandAnotherOwner(scope, userId);
      const isThere = isId(userId) && (await setRole(tx, companyId, userId, role));
      const member = isThere ? await findMember(tx, companyId, userId) : null;
      if (!member) throw memberNotFound();
      scope.stir();
      return member;
    },
    remove: async (userId) => {
      demand(scope, "team.edit");
      await removeMember(scope, userId);
    },
    leave: () => removeMember(scope, actor.userId),
  };
}

async function invite(scope: Scope, fields: NewInvitation): Promise<InvitationLink> {
  demand(scope, "team.edit");
  const { tx, actor, now } = scope;
  const given = newInvitationSchema.safeParse(fields);
  if (!given.success) {
    throw new AppError(
      "invalid",
      `Приглашение может быть на 1–${INVITATION_LIMITS.uses} человек и на 1–${INVITATION_LIMITS.days} дней.`,
    );
  }
  const open = await listOpenInvitations(tx, actor.companyId, now, INVITATION_LIMITS.open);
  if (open.length === INVITATION_LIMITS.open) {
    throw new AppError("limit", "Слишком много открытых приглашений. Отзовите ненужные.");
  }
  const { role, uses, days } = given.data;
  const createdByName = await readActorName(scope);
  const id = scope.newId();
  const token = makeLinkToken(actor.companyId);
  const expiresAt = new Date(now.getTime() + days * DAY);
  await insertInvitation(tx, actor.companyId, {
    id,
    token,
    role,
    uses,
    createdBy: actor.userId,
    createdAt: now,
    expiresAt,
  });
  return {
    id,
    role,
    usesLeft: uses,
    createdByName,
    createdAt: now,
    expiresAt,
    payload: JOIN_PREFIX + token,
  };
}

/** The next request of the person finds no membership; open sessions end at once. */
async function removeMember(scope: Scope, userId: Id): Promise<void> {
  const { tx, actor } = scope;
  await demandAnotherOwner(scope, userId);
  const isThere = isId(userId) && (await removeMembership(tx, actor.companyId, userId));
  if (!isThere) throw memberNotFound();
  await revokeSessionsInTeam(tx, userId);
  await endWaiting(tx, actor.companyId, userId, LEFT_TEAM);
  scope.stir();
}

/** The owners stay locked until the end, so two of them can't go at once and leave nobody. */
async function demandAnotherOwner({ tx, actor }: Scope, userId: Id): Promise<void> {
  const owners = await lockOwners(tx, actor.companyId);
  // Somebody else took the role or the membership away while this request waited.
  if (actor.role === "owner" && !owners.includes(actor.userId)) {
    throw new AppError("conflict", "Вы больше не владелец этой компании.");
  }
  if (owners.length === 1 && owners[0] === userId) {
    throw new AppError(
      "conflict",
      "Это последний владелец компании. Сначала сделайте владельцем кого-то ещё.",
    );
  }
}

function memberNotFound(): AppError {
  return new AppError("not_found", "Этого человека нет в команде. Возможно, его уже удалили.");
}
