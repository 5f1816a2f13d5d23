import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { z } from "zod";
import { AppError, forbidden, notFound } from "../../domain/errors.ts";
import { LOGIN_MINUTES } from "../../domain/logins.ts";
import { BROWSER_LOGIN_LIFETIME } from "../auth/browser_sessions.ts";
import { loginCookieName, readLoginCookie } from "../auth/login_cookies.ts";
import type { OpenedSession } from "../auth/sessions.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { createPageLimit } from "./page_limits.ts";
import { tooMany } from "./rates.ts";
import { describeMe } from "./session.ts";
import { jsonBody, readId } from "./validation.ts";
import { addressOf, isSameSite, markOwnDevice } from "./visitors.ts";

const linkSchema = z.strictObject({ token: z.string().max(100) });

/** Links that one address may try in a minute. */
const MOST_TRIES = 20;
const MINUTE = 60_000; // ms

const OLD_LINK = `Ссылка одноразовая и действует ${LOGIN_MINUTES} минут. Эта уже открыта или устарела. Попросите у бота новую: «⚙️ Настройки» → «💻 В браузере».`;
const LOGIN_OVER =
  "Вход в этом браузере закончился. Попросите у бота новую ссылку: «⚙️ Настройки» → «💻 В браузере».";

/** `POST session/link` and what goes by the cookie that it sets: the app outside Telegram. */
export function browserSessionRoutes(dependencies: AppDependencies) {
  const { browserSessions, services, config, clock } = dependencies;
  const isPatient = createPageLimit({ most: MOST_TRIES, window: MINUTE, clock });
  const setLogin = (context: Context, token: string, maxAge: number) =>
    setCookie(context, loginCookieName("app", config.isSecure), token, {
      path: "/",
      maxAge,
      httpOnly: true,
      sameSite: "Strict",
      secure: config.isSecure,
    });
  const loginOf = (context: Context) =>
    readLoginCookie(context.req.header("Cookie"), "app", config.isSecure);
  const describe = async ({ token, expiresAt, session }: OpenedSession) => ({
    token,
    expiresAt: expiresAt.toISOString(),
    me: await services(session.actor, (work) => describeMe(session, work)),
  });

  return new Hono<AppEnvironment>()
    .use("/session/*", async (context, next) => {
      if (!isSameSite(context)) throw forbidden();
      await next();
    })
    .post("/session/link", jsonBody(linkSchema), async (context) => {
      if (!isPatient(addressOf(context))) throw tooMany();
      const userAgent = (context.req.header("User-Agent") ?? "").slice(0, 300);
      const login = await browserSessions.enter(context.req.valid("json").token, userAgent);
      const opened = login === null ? null : await browserSessions.open(login);
      if (login === null || !opened) throw new AppError("unauthenticated", OLD_LINK);
      const answer = await describe(opened);
      const before = loginOf(context);
      if (before !== null) await browserSessions.close(before);
      setLogin(context, login, BROWSER_LOGIN_LIFETIME);
      markOwnDevice(context, config);
      return context.json(answer, 200);
    })
    .post("/session/browser", async (context) => {
      const login = loginOf(context);
      const opened = login === null ? null : await browserSessions.open(login);
      if (!opened) throw new AppError("unauthenticated", LOGIN_OVER);
      return context.json(await describe(opened), 200);
    })
    .delete("/session/browser", async (context) => {
      const login = loginOf(context);
      if (login !== null) await browserSessions.close(login);
      setLogin(context, "", 0);
      return context.body(null, 204);
    });
}

/** `logins`: the browsers that the person is logged in with. Programs have none. */
export function loginRoutes({ browserSessions }: Pick<AppDependencies, "browserSessions">) {
  return new Hono<AppEnvironment>()
    .use(async (context, next) => {
      if (context.var.session.keyId !== undefined) throw forbidden();
      await next();
    })
    .get("/", async (context) => {
      const found = await browserSessions.list(context.var.session.actor.userId);
      const items = found.map(({ createdAt, usedAt, expiresAt, ...login }) => ({
        ...login,
        createdAt: createdAt.toISOString(),
        usedAt: usedAt.toISOString(),
        expiresAt: expiresAt.toISOString(),
      }));
      return context.json({ items }, 200);
    })
    .delete("/", async (context) => {
      await browserSessions.closeAll(context.var.session.actor.userId);
      return context.body(null, 204);
    })
    .delete("/:id", async (context) => {
      const id = readId(context.req.param("id"));
      const isTheirs = await browserSessions.closeOne(context.var.session.actor.userId, id);
      if (!isTheirs) throw notFound("Вход");
      return context.body(null, 204);
    });
}
