import { Hono } from "hono";
import { CRM_KINDS } from "../../domain/crm.ts";
import { AppError, notFound } from "../../domain/errors.ts";
import type { CrmDoor } from "../crm/reach.ts";
import type { AppEnvironment } from "./dependencies.ts";
import { limitBody } from "./errors.ts";

/** Mass edits of amoCRM come in one form of some hundred kilobytes. */
const MAX_BODY = 2 * 1024 * 1024; // bytes

/**
 * Where CRMs tell what has changed. Strangers get what any other unknown address gets; a genuine CRM
 * always gets 200, also for what we do not understand: amoCRM switches a handler off that answers
 * otherwise.
 */
export function crmRoutes(door: CrmDoor | undefined) {
  const routes = new Hono<AppEnvironment>();
  if (!door) return routes;
  for (const kind of CRM_KINDS) {
    routes.post(`/crm/${kind}/:key`, limitBody(MAX_BODY), async (context) => {
      const receipt = await door(kind, context.req.param("key"), {
        body: await context.req.text(),
        contentType: context.req.header("content-type") ?? "",
        headers: context.req.header(),
      });
      if (receipt === "stranger") throw notFound("Страница");
      if (receipt === "bad") {
        throw new AppError("invalid", "Сообщение не разобрать. Его вид описан в документации.");
      }
      return context.json({ ok: true });
    });
  }
  return routes;
}
