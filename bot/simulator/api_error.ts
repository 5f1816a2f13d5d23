/** A refusal of the Bot API: what the bot gets as `{ ok: false, error_code, description }`. */
export class ApiError extends Error {
  readonly code: number;
  readonly parameters: Record<string, number> | undefined;

  constructor(
    code: number,
    description: string,
    parameters?: Record<string, number>,
    options?: ErrorOptions,
  ) {
    super(description, options);
    this.name = "ApiError";
    this.code = code;
    this.parameters = parameters;
  }
}

const prefixes: Record<number, string> = { 400: "Bad Request", 403: "Forbidden", 409: "Conflict" };

/** 400 with Telegram's prefix; the first letter is lowered as its server does. */
export function badRequest(text: string, parameters?: Record<string, number>): ApiError {
  return refusal(400, text, parameters);
}

export function forbidden(text: string): ApiError {
  return refusal(403, text);
}

export function conflict(text: string): ApiError {
  return refusal(409, text);
}

export function tooManyRequests(retryAfterSeconds: number): ApiError {
  return new ApiError(429, `Too Many Requests: retry after ${retryAfterSeconds}`, {
    retry_after: retryAfterSeconds,
  });
}

function refusal(code: number, text: string, parameters?: Record<string, number>): ApiError {
  return new ApiError(code, `${prefixes[code]}: ${lowerFirstLetter(text)}`, parameters);
}

/** Server codes such as `BUTTON_DATA_INVALID` keep their capitals (telegram-bot-api, `Client.cpp`). */
function lowerFirstLetter(text: string): string {
  const second = text.charAt(1);
  if (second === "_" || (second >= "A" && second <= "Z")) return text;
  return text.charAt(0).toLowerCase() + text.slice(1);
}
