import { createHash } from "node:crypto";
import { type Context, Hono } from "hono";
import { setCookie } from "hono/cookie";
import { HTTPException } from "hono/http-exception";
import { can } from "../../domain/access.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import { idSchema } from "../../domain/ids.ts";
import { EXPORT_FORMATS } from "../../db/list_exports.ts";
import { loginCookieName, readLoginCookie } from "../auth/login_cookies.ts";
import { MANAGER_SESSION_LIFETIME, type Visitor } from "../auth/manager_sessions.ts";
import type { Reader } from "../services/reading.ts";
import { readDocumentFile, readExportFile, type StoredFile } from "../services/list_exports.ts";
import type { AppDependencies, AppEnvironment } from "../routes/dependencies.ts";
import { limitBody } from "../routes/errors.ts";
import { compressed, managerHeaders } from "../routes/headers.ts";
import { createPageLimit } from "../routes/page_limits.ts";
import { attach } from "../routes/share_answers.ts";
import { addressOf, isSameSite } from "../routes/visitors.ts";
import type { Html } from "../pages/layout.ts";
import {
  LOGIN_PATH,
  renderEnter,
  renderForbidden,
  renderHowToEnter,
  renderOldLink,
  renderRefusal,
  renderTrouble,
} from "./bare_pages.ts";
import { callsPage } from "./calls.ts";
import { clientsPage } from "./clients.ts";
import { comparePage } from "./compare.ts";
import { crmPage } from "./crm.ts";
import { estimatePage } from "./estimate.ts";
import { estimatesPage, filterOf } from "./estimates.ts";
import type { ManagerDoor } from "./door.ts";
import { exportPage } from "./exports.ts";
import { ASSETS, MOST_SEARCHED, renderShell, SEARCH_PATH } from "./layout.ts";
import { notificationsPage } from "./notifications.ts";
import { overviewPage } from "./overview.ts";
import type { ManagerPage } from "./page.ts";
import { projectsPage } from "./projects.ts";
import { searchPage } from "./search.ts";
import { renderSessions } from "./sessions.ts";
import { teamPage } from "./team.ts";

interface Environment {
  Variables: AppEnvironment["Variables"] & { visitor: Visitor; token: string };
}
type PageContext = Context<Environment>;

const PAGES: Readonly<Record<string, ManagerPage>> = {
  "/manager": overviewPage,
  "/manager/estimates": estimatesPage,
  "/manager/estimates/:id": estimatePage,
  "/manager/estimates/:id/compare": comparePage,
  "/manager/projects": projectsPage,
  "/manager/clients": clientsPage,
  "/manager/team": teamPage,
  "/manager/crm": crmPage,
  "/manager/notifications": notificationsPage,
  "/manager/calls": callsPage,
  [SEARCH_PATH]: searchPage,
  "/manager/exports/:id": exportPage,
};

const MAX_FORM = 16 * 1024; // bytes
const MINUTE = 60_000; // ms
/** A person reads; a page that looks again every few seconds in some windows is below. */
const LIMITS = { login: 20, look: 240 } as const;

/** The manager's read-only page. What it writes is its own: sessions and ordered files. */
export function managerRoutes(door: ManagerDoor, dependencies: AppDependencies) {
  const { config, clock } = dependencies;
  const { sessions, read } = door;
  const isPatient = {
    login: createPageLimit({ most: LIMITS.login, window: MINUTE, clock }),
    look: createPageLimit({ most: LIMITS.look, window: MINUTE, clock }),
  };
  const demandPatience = (kind: keyof typeof isPatient, key: string): void => {
    if (!isPatient[kind](key)) throw new AppError("limit", "Слишком часто. Подождите минуту.");
  };
  const cookieName = loginCookieName("manager", config.isSecure);
  const setToken = (context: Context, token: string, maxAge: number): void =>
    setCookie(context, cookieName, token, {
      path: "/",
      maxAge,
      httpOnly: true,
      sameSite: "Lax",
      secure: config.isSecure,
    });

  const routes = new Hono<Environment>();
  routes.onError((error, context) => {
    const page = renderRefusal(error);
    if (page) return context.html(page.body, page.status);
    const status = error instanceof HTTPException && error.status < 500 ? error.status : 500;
    if (status === 500) {
      dependencies.log.error({ requestId: context.var.requestId, err: error }, "request failed");
    }
    return context.html(renderTrouble(), status);
  });
  routes.use("/manager/*", compressed(), managerHeaders(config), limitBody(MAX_FORM));
  routes.use("/manager/*", async (context, next) => {
    if (context.req.method !== "GET" && !isSameSite(context)) {
      throw new AppError("forbidden", "Откройте кабинет заново и повторите.");
    }
    await next();
  });

  routes.get("/manager/assets/:name", (context) => {
    const asset = ASSETS[context.req.param("name")];
    if (!asset) throw notFound("Страница");
    context.header("Content-Type", asset.type);
    context.header("Cache-Control", "public, max-age=31536000, immutable");
    return context.body(asset.text);
  });
  routes.get(LOGIN_PATH, (context) => context.html(renderHowToEnter(), 200));
  routes.get(`${LOGIN_PATH}/:token`, async (context) => {
    demandPatience("login", addressOf(context));
    const token = context.req.param("token");
    if (!(await sessions.isLinkGood(token))) return context.html(renderOldLink(), 410);
    return context.html(renderEnter(token), 200);
  });
  routes.post(`${LOGIN_PATH}/:token`, async (context) => {
    demandPatience("login", addressOf(context));
    const token = await sessions.open(context.req.param("token"), userAgentOf(context));
    if (token === null) return context.html(renderOldLink(), 410);
    setToken(context, token, MANAGER_SESSION_LIFETIME);
    return context.redirect("/manager", 303);
  });

  const tokenOf = (context: Context): string | null =>
    readLoginCookie(context.req.header("Cookie"), "manager", config.isSecure);
  routes.post("/manager/logout", async (context) => {
    const token = tokenOf(context);
    if (token !== null) await sessions.close(token);
    setToken(context, "", 0);
    return context.redirect(LOGIN_PATH, 303);
  });

  // Everything below is for people of a company who may see its reports.
  const guard = async (context: PageContext, next: () => Promise<void>) => {
    const token = tokenOf(context);
    const visitor = token === null ? null : await sessions.find(token);
    if (!visitor || token === null) return context.redirect(LOGIN_PATH, 303);
    const { actor } = visitor;
    if (!can(actor, "report.read", { companyId: actor.companyId })) {
      return context.html(renderForbidden(), 403);
    }
    demandPatience("look", visitor.sessionId);
    context.set("visitor", visitor);
    context.set("token", token);
    await next();
    return undefined;
  };
  routes.use("/manager/*", guard);

  const shell = async (
    context: PageContext,
    page: { readonly title: string; readonly body: Html; readonly refresh?: number },
  ) => {
    const { actor, name } = context.var.visitor;
    const path = new URL(context.req.url).pathname;
    const words = path === SEARCH_PATH ? (context.req.query("q") ?? "") : "";
    const text = await renderShell({
      ...page,
      path,
      searched: words.slice(0, MOST_SEARCHED),
      personName: name,
      companyId: actor.companyId,
      companies: await sessions.companies(actor.userId),
    });
    // Whoever has this very page gets a short answer; the script asks so.
    const tag = `"${createHash("sha256").update(String(text)).digest("base64url")}"`;
    context.header("ETag", tag);
    if (context.req.header("If-None-Match") === tag) return context.body(null, 304);
    return context.html(text, 200);
  };

  for (const [path, page] of Object.entries(PAGES)) {
    routes.get(path, async (context) => {
      const id = context.req.param("id") ?? "";
      if (path.includes(":id") && !idSchema.safeParse(id).success) throw notFound("Запись");
      const content = await read(context.var.visitor.actor, async (reader) =>
        page({ ...reader, id, query: context.req.query(), timezone: await timezoneOf(reader) }),
      );
      return shell(context, content);
    });
  }
  routes.get("/manager/sessions", async (context) => {
    const { actor, sessionId } = context.var.visitor;
    const timezone = await read(actor, timezoneOf);
    const body = renderSessions(await sessions.list(actor.userId), sessionId, timezone);
    return shell(context, { title: "Мои входы", body });
  });
  const send = (context: PageContext, file: StoredFile) => {
    context.header("Content-Type", file.type);
    context.header("Content-Disposition", attach(file.fileName));
    return context.body(new Uint8Array(file.bytes));
  };
  routes.get("/manager/exports/:id/file", async (context) => {
    const id = context.req.param("id");
    return send(
      context,
      await read(context.var.visitor.actor, (reader) => readExportFile(reader, id)),
    );
  });
  routes.get("/manager/documents/:id", async (context) => {
    const id = context.req.param("id");
    return send(
      context,
      await read(context.var.visitor.actor, (reader) => readDocumentFile(reader, id)),
    );
  });

  routes.post("/manager/exports", async (context) => {
    const form = textFields(await context.req.parseBody());
    const format = EXPORT_FORMATS.find((known) => known === form["format"]);
    if (!format) throw new AppError("invalid", "Выберите Excel или CSV.");
    const order = { format, filter: filterOf(form) };
    const id = await door.orderExport(context.var.visitor.actor, order);
    return context.redirect(`/manager/exports/${id}`, 303);
  });
  routes.post("/manager/company", async (context) => {
    const { companyId = "" } = textFields(await context.req.parseBody());
    const isId = idSchema.safeParse(companyId).success;
    const { token, visitor } = context.var;
    const entered = isId ? await sessions.enter(token, companyId, userAgentOf(context)) : null;
    if (entered === null) throw notFound("Компания");
    const left = (visitor.expiresAt.getTime() - clock().getTime()) / 1000;
    setToken(context, entered, Math.max(1, Math.floor(left)));
    return context.redirect("/manager", 303);
  });
  routes.post("/manager/logout/everywhere", async (context) => {
    await sessions.closeAll(context.var.visitor.actor.userId);
    setToken(context, "", 0);
    return context.redirect(LOGIN_PATH, 303);
  });
  routes.post("/manager/sessions/:id/close", async (context) => {
    const id = context.req.param("id");
    if (!idSchema.safeParse(id).success) throw notFound("Запись входа");
    await sessions.closeOne(context.var.visitor.actor.userId, id);
    return context.redirect("/manager/sessions", 303);
  });
  // What is no page of these is told by one, and not by the program's JSON.
  routes.get("/manager/*", () => {
    throw notFound("Страница");
  });
  return routes;
}

async function timezoneOf({ services }: Reader): Promise<string> {
  return (await services.company.get()).timezone;
}

function userAgentOf(context: Context): string {
  return (context.req.header("User-Agent") ?? "").slice(0, 300);
}

function textFields(form: Readonly<Record<string, unknown>>): Record<string, string> {
  const texts = Object.entries(form).filter(
    (entry): entry is [string, string] => typeof entry[1] === "string" && entry[1].length <= 300,
  );
  return Object.fromEntries(texts);
}
