import { LOGIN_MINUTES, type LoginService } from "../../domain/logins.ts";
import { insertLoginLink } from "../../db/login_links.ts";
import { makeLinkToken } from "../auth/tokens.ts";
import { demand, type Scope } from "./scope.ts";

const MINUTE = 60_000; // ms

export function createLoginService(scope: Scope): LoginService {
  const { tx, actor, now } = scope;
  return {
    create: async (kind) => {
      if (kind === "manager") demand(scope, "report.read");
      const token = makeLinkToken(actor.companyId);
      const expiresAt = new Date(now.getTime() + LOGIN_MINUTES * MINUTE);
      await insertLoginLink(tx, actor.companyId, {
        id: scope.newId(),
        userId: actor.userId,
        kind,
        token,
        createdAt: now,
        expiresAt,
      });
      const path = kind === "manager" ? `/manager/login/${token}` : `/app/#login=${token}`;
      return { path, expiresAt };
    },
  };
}
