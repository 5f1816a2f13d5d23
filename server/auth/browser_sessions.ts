import type { Id } from "../../domain/ids.ts";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { useLoginLink } from "../../db/login_links.ts";
import {
  findSession,
  insertSession,
  listLogins,
  type OpenSession,
  revokeLogin,
  revokeLogins,
  revokeSession,
  touchSession,
} from "../../db/sessions.ts";
import { type OpenedSession, SESSION_LIFETIME } from "./sessions.ts";
import { makeToken, readLinkToken } from "./tokens.ts";

/**
 * The door of the app outside Telegram: a one-time link from the chat makes a login of this browser, and
 * the login, as long as it lives, the same short sessions that launch data makes inside Telegram.
 */
export interface BrowserSessions {
  /** Spends the link for the token of a login; null: the link, or the person in the company, is no more. */
  enter(linkToken: string, userAgent: string): Promise<string | null>;
  /** A short session; null: the login is unknown, over, ended, or the person left the company. */
  open(loginToken: string): Promise<OpenedSession | null>;
  /** Ends the login and every session that it made. */
  close(loginToken: string): Promise<void>;
  /** Where the person is logged in, the manager's page too. */
  list(userId: Id): Promise<readonly OpenSession[]>;
  /** False: no login of this person. One that is over already stays over. */
  closeOne(userId: Id, sessionId: Id): Promise<boolean>;
  closeAll(userId: Id): Promise<void>;
}

/** 30 days, in seconds. */
export const BROWSER_LOGIN_LIFETIME = 30 * 24 * 3600;
const MANY_LOGINS = 50;

export function createBrowserSessions(sql: Sql, clock: () => Date): BrowserSessions {
  return {
    enter: async (linkToken, userAgent) => {
      const companyId = readLinkToken(linkToken);
      if (companyId === null) return null;
      const now = clock();
      const link = { kind: "miniapp", token: linkToken } as const;
      const userId = await tenantTransaction(sql, companyId, (tx) =>
        useLoginLink(tx, companyId, link, now),
      );
      if (userId === null) return null;
      const token = makeToken();
      const expiresAt = new Date(now.getTime() + BROWSER_LOGIN_LIFETIME * 1000);
      const login = { companyId, userId, kind: "browser" as const, expiresAt, userAgent };
      await insertSession(sql, token, login);
      if (await findSession(sql, token, now)) return token;
      await revokeSession(sql, token);
      return null;
    },
    open: async (loginToken) => {
      const now = clock();
      const login = await findSession(sql, loginToken, now);
      if (login?.kind !== "browser" || login.telegramId === null) return null;
      const { companyId, userId, role, telegramId, name, id } = login;
      const token = makeToken();
      const latest = new Date(now.getTime() + SESSION_LIFETIME);
      const expiresAt = latest < login.expiresAt ? latest : login.expiresAt;
      const session = { companyId, userId, kind: "miniapp" as const, expiresAt, parentId: id };
      await insertSession(sql, token, session);
      await touchSession(sql, id, now);
      return {
        token,
        expiresAt,
        session: { actor: { companyId, userId, role }, telegramId, name },
      };
    },
    close: (loginToken) => revokeSession(sql, loginToken),
    list: (userId) => listLogins(sql, userId, clock(), MANY_LOGINS),
    closeOne: (userId, sessionId) => revokeLogin(sql, userId, sessionId),
    closeAll: (userId) => revokeLogins(sql, userId),
  };
}
