import { createHash } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { AppError } from "../../domain/errors.ts";
import type { StoredAnswer } from "../../domain/repeating.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

const KEY = /^[\x21-\x7e]{1,200}$/;

/** Takes the transaction back: the handler refused, and its refusal is the answer. */
class Refused extends Error {}

/**
 * `Idempotency-Key` on POST: the work and its answer are stored in one transaction, so a request that is
 * sent again, or twice at once, has one effect and gets one answer. A refused request did nothing and is
 * tried anew.
 */
export function repeatable({
  services,
}: Pick<AppDependencies, "services">): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    const key = context.req.header("Idempotency-Key");
    if (key === undefined || context.req.method !== "POST") return next();
    if (!KEY.test(key)) {
      throw new AppError("invalid", "Заголовок Idempotency-Key: от 1 до 200 знаков без пробелов.");
    }
    const digest = await digestOf(context);
    try {
      const known = await services(context.var.session.actor, async (work) => {
        const repetition = await work.repeating.begin(key, digest);
        if (repetition.kind === "same") return repetition.answer;
        if (repetition.kind === "different") throw otherRequest();
        context.set("services", work);
        await next();
        const { status } = context.res;
        if (context.error || status >= 400) throw new Refused();
        await work.repeating.keep(key, { status, body: await context.res.clone().text() });
        return null;
      });
      if (known) return answerAgain(context, known);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
    }
  };
}

function answerAgain(context: Context, { status, body }: StoredAnswer): Response {
  context.header("Idempotency-Replayed", "true");
  if (body === "") return context.body(null, 204);
  const type = { "Content-Type": "application/json" };
  return context.body(body, status as ContentfulStatusCode, type);
}

async function digestOf({ req }: Context): Promise<Buffer> {
  const { pathname, search } = new URL(req.url);
  return createHash("sha256")
    .update(`${req.method} ${pathname}${search}\n`)
    .update(new Uint8Array(await req.arrayBuffer()))
    .digest();
}

function otherRequest(): AppError {
  return new AppError("limit", "С этим Idempotency-Key уже был другой запрос.");
}
