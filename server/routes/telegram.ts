import { type Context, Hono } from "hono";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { createSecretCheck } from "../crm/same_secret.ts";
import type { AppDependencies, AppEnvironment, TelegramDoor } from "./dependencies.ts";
import { limitBody } from "./errors.ts";
import { jsonBody } from "./validation.ts";

const PATH = "/telegram/webhook";
/** Telegram's updates are a few kB; the largest carry 100 users or a long text with entities. */
const MAX_UPDATE = 1024 * 1024; // bytes

/** Of an update only its number is known here; a type that nobody handles is simply done. */
const updateSchema = z.looseObject({ update_id: z.int().nonnegative() });

type Webhook = NonNullable<TelegramDoor["webhook"]>;

/**
 * Telegram's webhook for updates that are as they should be, before the layers that other requests need: no
 * door is used as often. Whatever is unusual or fails goes on to `telegramRoutes`, which says so.
 */
export function quickTelegramRoutes(
  { webhook }: Pick<TelegramDoor, "webhook">,
  { metrics, log }: Pick<AppDependencies, "metrics" | "log">,
) {
  const routes = new Hono<AppEnvironment>();
  if (!webhook) return routes;
  const isOurs = checkSecret(webhook);
  return routes.post(PATH, async (context, next) => {
    const start = performance.now();
    const update = isOurs(context) ? await readUpdate(context) : null;
    if (update === null) return next();
    try {
      await webhook.handle(update);
    } catch (thrown) {
      context.set("startedAt", start);
      context.set("updateFailure", { thrown });
      return next();
    }
    const seconds = (performance.now() - start) / 1000;
    metrics.note({ kind: "request", name: PATH, outcome: "done", seconds });
    log.debug({ updateId: update.update_id, route: PATH, status: 200 }, "request");
    return context.body(null, 200);
  });
}

/** Telegram's webhook. An answer other than 200 makes Telegram deliver the update again. */
export function telegramRoutes({ webhook }: Pick<TelegramDoor, "webhook">) {
  const routes = new Hono<AppEnvironment>();
  if (!webhook) return routes;
  const isOurs = checkSecret(webhook);
  return routes.post(
    PATH,
    async (context, next) => {
      if (!isOurs(context)) throw new AppError("unauthenticated", "Неверный секрет.");
      const failure = context.get("updateFailure");
      if (failure) throw failure.thrown;
      await next();
    },
    limitBody(MAX_UPDATE),
    jsonBody(updateSchema),
    async (context) => {
      await webhook.handle(context.req.valid("json"));
      return context.body(null, 200);
    },
  );
}

function checkSecret(webhook: Webhook): (context: Context) => boolean {
  const isOurs = createSecretCheck(webhook.secret);
  return (context) => isOurs(context.req.header("X-Telegram-Bot-Api-Secret-Token") ?? "");
}

/** Null where anything about the body is unusual. */
async function readUpdate(context: Context): Promise<z.infer<typeof updateSchema> | null> {
  const { req } = context;
  const length = req.header("Content-Length") ?? "";
  const isSmall = /^\d{1,7}$/.test(length) && Number(length) <= MAX_UPDATE;
  const isJson = req.header("Content-Type") === "application/json";
  if (!isSmall || !isJson || req.header("Transfer-Encoding") !== undefined) return null;
  const body: unknown = await req.json().catch(() => null);
  return updateSchema.safeParse(body).data ?? null;
}
