import { KEY_PREFIX } from "../../domain/api_keys.ts";
import type { Sql } from "../../db/client.ts";
import { findPersonByTelegram } from "../../db/people.ts";
import { findSessionAt, type SessionAtPlace } from "../../db/session_reads.ts";
import { findSession, insertSession, type Session as StoredSession } from "../../db/sessions.ts";
import { findProgram } from "./api_keys.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Sessions and people in PostgreSQL. */
export function createSessionStore(sql: Sql): Sessions {
  return {
    findPerson: (telegramId) => findPersonByTelegram(sql, telegramId),
    create: (token, session) => insertSession(sql, token, session),
    find: async (token, now, place) => {
      if (token.startsWith(KEY_PREFIX)) return await findProgram(sql, token, now);
      if (!place) return openAt(await findSession(sql, token, now), null);
      const found = await findSessionAt(sql, token, place, now);
      return found && openAt(found.session, found);
    },
  };
}

function openAt(
  found: StoredSession | null,
  at: Omit<SessionAtPlace, "session"> | null,
): Session | null {
  // A session of the Mini App belongs to a chat; a manager's cookie opens another door.
  if (!found || found.kind !== "miniapp" || found.telegramId === null) return null;
  const { companyId, userId, role, telegramId, name } = found;
  const session = { actor: { companyId, userId, role }, telegramId, name };
  if (!at?.estimate) return session;
  const { estimate, stamp, frozen } = at;
  const ownerIds = [estimate.foremanId, estimate.createdBy];
  return { ...session, seen: { ownerIds, isRemoved: estimate.isRemoved, stamp, frozen } };
}
