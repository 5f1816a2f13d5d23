import { type Context, Hono } from "hono";
import { AppError } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { newId } from "../new_id.ts";
import { isGone, renderSharePage } from "../pages/share_page.ts";
import type { ClientView } from "../services/client_contract.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { limitBody } from "./errors.ts";
import { compressed, pageHeaders } from "./headers.ts";
import { answerPage, createKeptPages, splitPage, FORM_PLACE } from "./kept_pages.ts";
import { packingOf } from "./packing.ts";
import { createPageLimit } from "./page_limits.ts";
import {
  attach,
  countAnew,
  describe,
  DONE,
  MISTAKES,
  noLink,
  NOT_ASKED,
  type PageExtra,
  readAsk,
  REFUSALS,
  renderWaiting,
  tellError,
  wantsJson,
} from "./share_answers.ts";
import { readAgreeForm, readAskForm, readChosen, readSentForm } from "./share_forms.ts";
import { readId } from "./validation.ts";
import { addressOf, isOwnDevice, isPerson, isSameSite, markOwnDevice } from "./visitors.ts";

/** A form with a long question and a thousand ticked lines. */
const MAX_FORM = 128 * 1024; // bytes
const MINUTE = 60_000; // ms
/** A person reads, ticks and asks; more in a minute is a program. */
const LIMITS = { look: 120, count: 60, send: 20 } as const;

type PageContext = Context<AppEnvironment, "/s/:token">;

/** The client's page: a link, no account, no script of anybody else. */
export function shareRoutes(dependencies: AppDependencies) {
  const { clientDoor, config, clock } = dependencies;
  const limits = {
    look: createPageLimit({ most: LIMITS.look, window: MINUTE, clock }),
    count: createPageLimit({ most: LIMITS.count, window: MINUTE, clock }),
    send: createPageLimit({ most: LIMITS.send, window: MINUTE, clock }),
  };
  const pages = createKeptPages();
  const demandPatience = (context: PageContext, kind: keyof typeof limits): void => {
    const key = `${context.req.param("token").slice(0, 100)} ${addressOf(context)}`;
    if (!limits[kind](key)) throw new AppError("limit", "Слишком часто. Подождите минуту.");
  };
  const demandOwnPage = (context: PageContext): void => {
    if (!isSameSite(context)) throw new AppError("forbidden", "Откройте страницу сметы заново.");
  };

  /** What the client's first action says of itself where the page's script did not run. */
  const noteAction = async (context: PageContext): Promise<void> => {
    if (isPerson(context) && !isOwnDevice(context)) {
      await clientDoor.countView(context.req.param("token"), "action");
    }
  };

  const render = (context: PageContext, view: ClientView, formId: Id, extra: PageExtra = {}) =>
    renderSharePage({
      view,
      address: `/s/${context.req.param("token")}`,
      formId,
      isOwnDevice: isOwnDevice(context),
      ...extra,
    });
  const show = (context: PageContext, view: ClientView, extra: PageExtra = {}) =>
    context.html(render(context, view, newId(), extra), extra.status ?? (isGone(view) ? 410 : 200));

  const routes = new Hono<AppEnvironment>();
  routes.onError((error, context) => tellError(error, context));
  return routes
    .use("/s/*", compressed(), pageHeaders(config), limitBody(MAX_FORM))
    .get("/s/:token", async (context) => {
      demandPatience(context, "look");
      if (context.req.query("preview") !== undefined) {
        markOwnDevice(context, config);
        return context.redirect(`/s/${encodeURIComponent(context.req.param("token"))}`, 303);
      }
      const token = context.req.param("token");
      const isPlain = !wantsJson(context) && !context.req.url.includes("?");
      const stamp = isPlain ? await clientDoor.stamp(token) : null;
      const packing = packingOf(context);
      const key = stamp && `${token} ${isOwnDevice(context)} ${packing} ${stamp}`;
      const kept = key === null ? undefined : pages.find(key);
      if (kept) return answerPage(context, kept, newId());
      const view = await clientDoor.open(token);
      if (!view) return noLink(context);
      if (wantsJson(context)) return describe(context, view);
      if (key !== null && !isGone(view)) {
        const page = String(await render(context, view, FORM_PLACE));
        return answerPage(context, pages.keep(key, splitPage(page, packing)), newId());
      }
      return show(context, view, {
        askAbout: readAsk(context.req.query("ask")),
        notice: DONE[context.req.query("done") ?? ""] ?? null,
      });
    })
    .post("/s/:token/viewed", async (context) => {
      demandPatience(context, "count");
      demandOwnPage(context);
      if (isPerson(context) && !isOwnDevice(context)) {
        await clientDoor.countView(context.req.param("token"), "opening");
      }
      return context.body(null, 204);
    })
    .post("/s/:token/choice", async (context) => {
      demandPatience(context, "count");
      demandOwnPage(context);
      const form = readSentForm(await context.req.parseBody({ all: true }));
      const view = await clientDoor.open(context.req.param("token"), readChosen(form));
      if (!view) return noLink(context);
      await noteAction(context);
      if (wantsJson(context)) return countAnew(context, view);
      const { typed } = readAgreeForm(form);
      return show(context, view, { agreeForm: { values: typed.values, errors: {} } });
    })
    .post("/s/:token/agree", async (context) => {
      demandPatience(context, "send");
      demandOwnPage(context);
      const token = context.req.param("token");
      const form = readSentForm(await context.req.parseBody({ all: true }));
      const chosen = readChosen(form);
      const read = readAgreeForm(form);
      await noteAction(context);
      if (!read.ok) {
        const view = await clientDoor.open(token, chosen);
        if (!view) return noLink(context);
        return show(context, view, {
          status: 400,
          agreeForm: read.typed,
          notice: { place: "agree", ...MISTAKES },
        });
      }
      const result = await clientDoor.agree(token, {
        ...read.value,
        chosen,
        address: addressOf(context),
        userAgent: (context.req.header("User-Agent") ?? "").slice(0, 500),
        isOwnDevice: isOwnDevice(context),
      });
      if (!result) return noLink(context);
      if (result.outcome === "agreed") {
        return context.redirect(`/s/${token}`, 303);
      }
      const place = result.view.state === "open" ? "agree" : "top";
      const notice = { place, ...REFUSALS[result.outcome] } as const;
      return show(context, result.view, { status: 409, agreeForm: read.typed, notice });
    })
    .post("/s/:token/questions", async (context) => {
      demandPatience(context, "send");
      demandOwnPage(context);
      const token = context.req.param("token");
      const read = readAskForm(readSentForm(await context.req.parseBody({ all: true })), newId);
      await noteAction(context);
      const outcome = read.ok ? await clientDoor.ask(token, read.value) : "mistakes";
      if (outcome === "asked") return context.redirect(`/s/${token}?done=asked#ask`, 303);
      const view = outcome === null ? null : await clientDoor.open(token);
      if (!view || outcome === null) return noLink(context);
      const status = outcome === "mistakes" ? 400 : 409;
      const place = outcome === "refused" ? "top" : "ask";
      return show(context, view, {
        status,
        askForm: read.typed,
        notice: { place, ...NOT_ASKED[outcome] },
      });
    })
    .get("/s/:token/photos/:id", async (context) => {
      demandPatience(context, "look");
      const id = readId(context.req.param("id"));
      const photo = await clientDoor.photo(context.req.param("token"), id);
      if (!photo) return noLink(context);
      context.header("Content-Type", photo.mediaType);
      return context.body(new Uint8Array(photo.bytes));
    })
    .get("/s/:token/document.pdf", async (context) => {
      demandPatience(context, "look");
      const token = context.req.param("token");
      const view = await clientDoor.open(token);
      if (!view) return noLink(context);
      if (isGone(view)) return wantsJson(context) ? describe(context, view) : show(context, view);
      const file = await clientDoor.file(token);
      if (!file) return noLink(context);
      if (file.state !== "ready") {
        return context.html(renderWaiting(file.state, token), file.state === "pending" ? 202 : 503);
      }
      context.header("Content-Type", "application/pdf");
      context.header("Content-Disposition", attach(file.fileName));
      return context.body(new Uint8Array(file.bytes));
    });
}
