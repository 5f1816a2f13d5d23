import { Hono } from "hono";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { createSecretCheck } from "../crm/same_secret.ts";
import type { AppEnvironment, TelegramDoor } from "./dependencies.ts";
import { limitBody } from "./errors.ts";
import { jsonBody } from "./validation.ts";

/** Telegram's updates are a few kB; the largest carry 100 users or a long text with entities. */
const MAX_UPDATE = 1024 * 1024; // bytes

/** Of an update only its number is known here; a type that nobody handles is simply done. */
const updateSchema = z.looseObject({ update_id: z.int().nonnegative() });

/** Telegram's webhook. An answer other than 200 makes Telegram deliver the update again. */
export function telegramRoutes({ webhook }: Pick<TelegramDoor, "webhook">) {
  const routes = new Hono<AppEnvironment>();
  if (!webhook) return routes;
  const isOurs = createSecretCheck(webhook.secret);
  return routes.post(
    "/telegram/webhook",
    async (context, next) => {
      const secret = context.req.header("X-Telegram-Bot-Api-Secret-Token") ?? "";
      if (!isOurs(secret)) {
        throw new AppError("unauthenticated", "Неверный секрет.");
      }
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
