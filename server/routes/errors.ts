import type { Context, ErrorHandler, MiddlewareHandler, NotFoundHandler } from "hono";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { Logger } from "pino";
import { isOutage } from "../../db/outages.ts";
import { AppError, type ErrorCode, notFound, OutageError } from "../../domain/errors.ts";
import type { AppEnvironment } from "./dependencies.ts";

const STATUSES: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  invalid: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  frozen: 423,
  limit: 422,
  unavailable: 503,
  internal: 500,
};

/** Comes in one go, also over a bad network. */
const LARGE_BODY = 32 * 1024; // bytes

/** The body of every answer that is not a success. */
export interface ErrorBody {
  error: { code: ErrorCode; message: string; requestId: string };
}

/** The one place where errors become HTTP. What is not expected goes to the log, not to people. */
export function createErrorHandler(log: Logger): ErrorHandler<AppEnvironment> {
  return (error, context) => {
    const requestId = context.get("requestId");
    const outage = readOutage(error);
    if (outage) {
      log.warn({ requestId, err: error }, "request met an outage");
      return sendError(context, outage);
    }
    if (error instanceof AppError && error.code !== "internal") {
      if (error.code === "unavailable") log.warn({ requestId, err: error }, "request unavailable");
      return sendExpected(context, error);
    }
    if (error instanceof HTTPException && error.status < 500) {
      return sendError(context, fromHttpException(error), error.status);
    }
    log.error({ requestId, err: error }, "request failed");
    return sendError(
      context,
      new AppError("internal", "Что-то пошло не так. Мы уже знаем об этом. Попробуйте ещё раз."),
    );
  };
}

/** What people are told while the database is away; null for every other error. */
export function readOutage(error: unknown): AppError | null {
  if (!isOutage(error) && !(error instanceof OutageError)) return null;
  const message = "База данных сейчас не отвечает. Ничего не пропало: повторите через минуту.";
  return new AppError("unavailable", message, { cause: error });
}

/**
 * Answers 503 when nothing else was answered within `limit` ms: a database that is silent breaks no
 * connection. What was begun may still be done, so requests that are sent again name their changes. Photos
 * and tables take as long as the person's network needs.
 */
export function limitTime(limit: number): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    const isLarge = Number(context.req.header("Content-Length") ?? 0) > LARGE_BODY;
    if (isLarge || context.req.header("Transfer-Encoding") !== undefined) return next();
    const late = Promise.withResolvers<never>();
    const timer = setTimeout(() => {
      late.reject(new AppError("unavailable", "Сервер не успел ответить. Повторите через минуту."));
    }, limit);
    try {
      await Promise.race([next(), late.promise]);
    } finally {
      clearTimeout(timer);
    }
  };
}

export const handleNotFound: NotFoundHandler<AppEnvironment> = (context) =>
  sendError(context, notFound("Страница"));

/**
 * Refuses bodies above a size, also when the length is not told in advance.
 * @param except the beginning of paths that have a limit of their own
 */
export function limitBody(
  maxSize: number,
  { except }: { readonly except?: string } = {},
): MiddlewareHandler {
  const refuse = (): never => {
    throw new HTTPException(413);
  };
  const counting = bodyLimit({ maxSize, onError: refuse });
  return async (context, next) => {
    if (context.req.method === "GET" || context.req.method === "HEAD") return next();
    if (except !== undefined && context.req.path.startsWith(except)) return next();
    const length = context.req.header("Content-Length");
    const isTold = length !== undefined && /^\d{1,15}$/.test(length);
    // Looking at the body itself makes a whole `Request` of what came: only where nothing else tells.
    if (!isTold || context.req.header("Transfer-Encoding") !== undefined)
      return counting(context, next);
    if (Number(length) > maxSize) return refuse();
    await next();
  };
}

function fromHttpException(error: HTTPException): AppError {
  if (error.status === 413) {
    return new AppError("limit", "Слишком большой запрос. Отправьте по частям.");
  }
  return new AppError("invalid", "Не получилось прочитать запрос.", { cause: error });
}

/** What is worth trying again later says when. */
function sendExpected(context: Context<AppEnvironment>, error: AppError): Response {
  const { retryAfter } = error.details;
  if (typeof retryAfter !== "number") return sendError(context, error);
  context.header("Retry-After", String(retryAfter));
  return sendError(context, error, 429);
}

export function sendError(
  context: Context<AppEnvironment>,
  error: AppError,
  status = STATUSES[error.code],
): Response {
  const { code, message } = error;
  const body: ErrorBody = { error: { code, message, requestId: context.get("requestId") } };
  return context.json(body, status);
}
