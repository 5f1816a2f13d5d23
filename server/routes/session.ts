import { Hono } from "hono";
import type { Services } from "../../domain/services.ts";
import { openSession, type Session } from "../auth/sessions.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { markOwnDevice } from "./visitors.ts";

/** `POST session` (launch data → bearer token); needs no token, like those of `browserSessionRoutes`. */
export function sessionRoutes({ services, sessions, telegram, config, clock }: AppDependencies) {
  return new Hono<AppEnvironment>().post("/session", async (context) => {
    const { token, expiresAt, session } = await openSession(
      { sessions, botToken: telegram.botToken, now: clock() },
      context.req.header("Authorization"),
    );
    const me = await services(session.actor, (work) => describeMe(session, work));
    markOwnDevice(context, config);
    return context.json({ token, expiresAt: expiresAt.toISOString(), me }, 200);
  });
}

/** `GET me` */
export function meRoutes({ services }: AppDependencies) {
  return new Hono<AppEnvironment>().get("/me", async (context) => {
    const session = context.get("session");
    const me = await services(session.actor, (work) => describeMe(session, work));
    return context.json(me, 200);
  });
}

export async function describeMe({ actor, name }: Session, { company }: Services) {
  const { id, name: companyName, timezone } = await company.get();
  return {
    id: actor.userId,
    name,
    role: actor.role,
    company: { id, name: companyName, timezone },
  };
}
