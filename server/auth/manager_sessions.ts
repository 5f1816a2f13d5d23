import { type Actor, can } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import type { Person } from "../../domain/services.ts";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findLoginLink, useLoginLink } from "../../db/login_links.ts";
import { listPersonCompanies } from "../../db/people.ts";
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
import { makeToken, readLinkToken } from "./tokens.ts";

/** A person who is logged in to the manager's page, as the database has him now. */
export interface Visitor {
  readonly actor: Actor;
  readonly name: string;
  readonly sessionId: Id;
  readonly expiresAt: Date;
}

/** The door of the manager's page. Nothing here touches the company's own data. */
export interface ManagerSessions {
  /** Whether a link can still be used; looking does not spend it. */
  isLinkGood(linkToken: string): Promise<boolean>;
  /** Spends the link for the token of a session; null: the link is no good any more. */
  open(linkToken: string, userAgent: string): Promise<string | null>;
  /** Null: unknown, expired, revoked, or no longer of the company. The role may have fallen. */
  find(token: string): Promise<Visitor | null>;
  /** The companies of a person whose page he may see. */
  companies(userId: Id): Promise<Person["memberships"]>;
  /** A session for another company in place of this one; null: the page there is not his. */
  enter(token: string, companyId: Id, userAgent: string): Promise<string | null>;
  list(userId: Id): Promise<readonly OpenSession[]>;
  close(token: string): Promise<void>;
  closeOne(userId: Id, sessionId: Id): Promise<boolean>;
  closeAll(userId: Id): Promise<void>;
}

/** 30 days, in seconds. */
export const MANAGER_SESSION_LIFETIME = 30 * 24 * 3600;
const MANY_SESSIONS = 50;

export function createManagerSessions(sql: Sql, clock: () => Date): ManagerSessions {
  const insert = async (companyId: Id, userId: Id, expiresAt: Date, userAgent: string) => {
    const token = makeToken();
    const session = { companyId, userId, kind: "manager" as const, expiresAt, userAgent };
    await insertSession(sql, token, session);
    return token;
  };
  const find = async (token: string): Promise<Visitor | null> => {
    const found = await findSession(sql, token, clock());
    if (found?.kind !== "manager") return null;
    const { companyId, userId, role, name, id, expiresAt } = found;
    return { actor: { companyId, userId, role }, name, sessionId: id, expiresAt };
  };
  const companiesOf = async (userId: Id) => {
    const all = await listPersonCompanies(sql, userId);
    return all.filter(({ companyId, role }) =>
      can({ companyId, userId, role }, "report.read", { companyId }),
    );
  };
  return {
    isLinkGood: async (linkToken) => {
      const companyId = readLinkToken(linkToken);
      if (companyId === null) return false;
      const userId = await tenantTransaction(sql, companyId, (tx) =>
        findLoginLink(tx, companyId, { kind: "manager", token: linkToken }, clock()),
      );
      return userId !== null;
    },
    open: async (linkToken, userAgent) => {
      const companyId = readLinkToken(linkToken);
      if (companyId === null) return null;
      const now = clock();
      const userId = await tenantTransaction(sql, companyId, (tx) =>
        useLoginLink(tx, companyId, { kind: "manager", token: linkToken }, now),
      );
      if (userId === null) return null;
      // Between the link and its use the person may have left or lost the role.
      const mine = await companiesOf(userId);
      if (!mine.some((company) => company.companyId === companyId)) return null;
      const expiresAt = new Date(now.getTime() + MANAGER_SESSION_LIFETIME * 1000);
      return insert(companyId, userId, expiresAt, userAgent);
    },
    find: async (token) => {
      const visitor = await find(token);
      if (visitor) await touchSession(sql, visitor.sessionId, clock());
      return visitor;
    },
    companies: companiesOf,
    enter: async (token, companyId, userAgent) => {
      const visitor = await find(token);
      if (!visitor) return null;
      const mine = await companiesOf(visitor.actor.userId);
      if (!mine.some((company) => company.companyId === companyId)) return null;
      await revokeSession(sql, token);
      return insert(companyId, visitor.actor.userId, visitor.expiresAt, userAgent);
    },
    list: (userId) => listLogins(sql, userId, clock(), MANY_SESSIONS),
    close: (token) => revokeSession(sql, token),
    closeOne: (userId, sessionId) => revokeLogin(sql, userId, sessionId),
    closeAll: (userId) => revokeLogins(sql, userId),
  };
}
