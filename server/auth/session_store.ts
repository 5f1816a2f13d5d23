import { KEY_PREFIX } from "../../domain/api_keys.ts";
import type { Sql } from "../../db/client.ts";
import { findPersonByTelegram } from "../../db/people.ts";
import {
  type AskedSession,
  findSessionAtRevision,
  findSessionsAt,
  type SessionAtPlace,
} from "../../db/session_reads.ts";
import { insertSession } from "../../db/sessions.ts";
import { findProgram } from "./api_keys.ts";
import { createGathering } from "./gathering.ts";
import type { Session, Sessions } from "./sessions.ts";

/** Sessions of one query. */
const MOST_AT_ONCE = 64;

/**
 * Sessions and people in PostgreSQL. Sessions that are asked for in one turn of the process are found by one
 * query: under load that is most of what a short answer costs.
 */
export function createSessionStore(sql: Sql): Sessions {
  const find = createGathering<AskedSession & { now: Date }, SessionAtPlace | null>(
    (asked) => findSessionsAt(sql, asked, latest(asked)),
    MOST_AT_ONCE,
  );
  return {
    findPerson: (telegramId) => findPersonByTelegram(sql, telegramId),
    create: (token, session) => insertSession(sql, token, session),
    find: async (token, now, place) => {
      if (token.startsWith(KEY_PREFIX)) return await findProgram(sql, token, now);
      const { estimateId = null, revisionId = null } = place ?? {};
      const found =
        estimateId !== null && revisionId !== null
          ? await findSessionAtRevision(sql, token, { estimateId, revisionId }, now)
          : await find({ token, estimateId, now });
      return found && openAt(found);
    },
  };
}

/** Of moments that are a turn apart. */
function latest(asked: readonly { readonly now: Date }[]): Date {
  return new Date(Math.max(...asked.map(({ now }) => now.getTime())));
}

function openAt({ session: found, estimate, stamp, frozen }: SessionAtPlace): Session | null {
  // A session of the Mini App belongs to a chat; a manager's cookie opens another door.
  if (found.kind !== "miniapp" || found.telegramId === null) return null;
  const { companyId, userId, role, telegramId, name } = found;
  const session = { actor: { companyId, userId, role }, telegramId, name };
  if (!estimate) return session;
  const ownerIds = [estimate.foremanId, estimate.createdBy];
  return { ...session, seen: { ownerIds, isRemoved: estimate.isRemoved, stamp, frozen } };
}
