/** A refusal: `application/problem+json`, an HTML page of the web server, or an OAuth problem. */
export class Problem extends Error {
  readonly status: number;
  readonly body: object | null;

  /** Without a body it becomes the web server's own page. */
  constructor(status: number, body: object | null) {
    super(`problem ${String(status)}`);
    this.name = "Problem";
    this.status = status;
    this.body = body;
  }
}

const TITLES: Record<number, string> = {
  400: "Bad Request",
  401: "Unauthorized",
  402: "Payment Required",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  422: "Unprocessable Entity",
  429: "Too Many Requests",
};

export function problem(status: number, detail: string): Problem {
  return new Problem(status, {
    title: TITLES[status] ?? "Error",
    type: `https://httpstatus.es/${String(status)}`,
    status,
    detail,
  });
}

/** One thing wrong with one entity of the request. `path` is dotted: `custom_fields_values.0.field_id`. */
export interface Violation {
  code: string;
  path: string;
  detail: string;
}

export function invalidType(path: string, type: string): Violation {
  return { code: "InvalidType", path, detail: `This value should be of type ${type}.` };
}

export function notSupported(path: string): Violation {
  return {
    code: "NotSupportedChoice",
    path,
    detail: "The value you selected is not a valid choice.",
  };
}

export function fieldMissing(path: string): Violation {
  return { code: "FieldMissing", path, detail: "This field is missing." };
}

export function tooLong(path: string, most: number): Violation {
  const detail = `This value is too long. It should have ${String(most)} characters or less.`;
  return { code: "TooLong", path, detail };
}

/** Refuses the whole request: nothing of it is saved when one entity is wrong. */
export function validationProblem(
  invalid: readonly { requestId: string; violations: readonly Violation[] }[],
): Problem {
  return new Problem(400, {
    "validation-errors": invalid.map(({ requestId, violations }) => ({
      request_id: requestId,
      errors: violations,
    })),
    title: "Bad Request",
    type: "https://httpstatus.es/400",
    status: 400,
    detail: "Request validation failed",
  });
}

/** What the token endpoint answers to a used or foreign token, word for word. */
export function oauthProblem(hint: string): Problem {
  return new Problem(401, {
    hint,
    title: "Некорректный запрос",
    type: "https://developers.amocrm.ru/v3/errors/OAuthProblemJson",
    status: 401,
    detail: "В запросе отсутствует ряд параметров или параметры невалидны",
  });
}
