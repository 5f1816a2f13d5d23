/** The few generic codes that programs see. Everything unexpected is `internal`. */
export type ErrorCode =
  | "invalid"
  | "unauthenticated"
  | "forbidden"
  | "not_found"
  | "conflict"
  | "frozen"
  | "limit"
  | "unavailable"
  | "internal";

/**
 * An error that a person may read: `message` is a polite Russian sentence, `code` is for programs.
 * Expected outcomes (a parse that fails, a version that moved on) are return values, not errors.
 */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: Record<string, unknown> } = {},
  ) {
    super(message, { cause: options.cause });
    this.name = "AppError";
    this.code = code;
    this.details = options.details ?? {};
  }
}

/** The database was away or busy. Nothing was kept; the same work may go through later, unchanged. */
export class OutageError extends Error {
  constructor(cause: unknown) {
    super("the database was away", { cause });
    this.name = "OutageError";
  }
}

/** The same words for what does not exist and for what belongs to another company. */
export function notFound(what = "Запись"): AppError {
  return new AppError("not_found", `${what} не найдена. Возможно, её удалили.`);
}

export function forbidden(): AppError {
  return new AppError(
    "forbidden",
    "У вас нет прав на это действие. Обратитесь к владельцу компании.",
  );
}
