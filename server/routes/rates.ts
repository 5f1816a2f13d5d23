import type { MiddlewareHandler } from "hono";
import { AppError } from "../../domain/errors.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { createPageLimit } from "./page_limits.ts";
import { addressOf } from "./visitors.ts";

const MINUTE = 60; // s
/** In one process. A mobile network puts thousands of people behind one address. */
export const MOST_REQUESTS = { person: 1200, address: 6000 } as const;

type Limits = Pick<AppDependencies, "clock">;

/** Before anything is looked up: guessing of tokens, too, is slowed down by it. */
export function limitAddress({ clock }: Limits): MiddlewareHandler<AppEnvironment> {
  const isPatient = createPageLimit({
    most: MOST_REQUESTS.address,
    window: MINUTE * 1000,
    clock,
  });
  return async (context, next) => {
    const address = addressOf(context);
    if (address !== "" && !isPatient(address)) throw tooMany();
    await next();
  };
}

/** Each key counts for itself, apart from the person who made it. */
export function limitPerson({ clock }: Limits): MiddlewareHandler<AppEnvironment> {
  const isPatient = createPageLimit({ most: MOST_REQUESTS.person, window: MINUTE * 1000, clock });
  return async (context, next) => {
    const { actor, keyId } = context.get("session");
    if (!isPatient(keyId ?? actor.userId)) throw tooMany();
    await next();
  };
}

/** 429 with `Retry-After`. */
export function tooMany(): AppError {
  return new AppError("limit", "Слишком много запросов подряд. Подождите минуту.", {
    details: { retryAfter: MINUTE },
  });
}
