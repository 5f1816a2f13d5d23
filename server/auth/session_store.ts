import { KEY_PREFIX } from "../../domain/api_keys.ts";
import type { Sql } from "../../db/client.ts";
import { findPersonByTelegram } from "../../db/people.ts";
import { findSession, insertSession } from "../../db/sessions.ts";
import { findProgram } from "./api_keys.ts";
import type { Sessions } from "./sessions.ts";

/** Sessions and people in PostgreSQL. */
export function createSessionStore(sql: Sql): Sessions {
  return {
    findPerson: (telegramId) => findPersonByTelegram(sql, telegramId),
    create: (token, session) => insertSession(sql, token, session),
    find: async (token, now) => {
      if (token.startsWith(KEY_PREFIX)) return await findProgram(sql, token, now);
      const found = await findSession(sql, token, now);
      // A session of the Mini App belongs to a chat; a manager's cookie opens another door.
      if (!found || found.kind !== "miniapp" || found.telegramId === null) return null;
      const { companyId, userId, role, telegramId, name } = found;
      return { actor: { companyId, userId, role }, telegramId, name };
    },
  };
}
