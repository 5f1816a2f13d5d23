/**
 * A refusal in the portal's own form: `{error, error_description}` with a status. The code may be
 * an empty string or digits, as in the real service.
 */
export class RestError extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, code: string, description: string) {
    super(description);
    this.name = "RestError";
    this.status = status;
    this.code = code;
  }
}

export function missingParameter(name: string): RestError {
  return new RestError(400, "100", `Could not find value for parameter {${name}}`);
}

export function itemNotFound(): RestError {
  return new RestError(400, "NOT_FOUND", "Item not found");
}

export function accessDenied(): RestError {
  return new RestError(400, "ACCESS_DENIED", "Access denied");
}

export function invalidField(title: string): RestError {
  return new RestError(
    400,
    "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    `Invalid value for field "${title}"`,
  );
}

export function requiredField(title: string): RestError {
  return new RestError(400, "CRM_FIELD_ERROR_REQUIRED", `The "${title}" field is required`);
}

export function invalidArgument(description: string): RestError {
  return new RestError(400, "INVALID_ARG_VALUE", description);
}

/** The fake does not know this part of the API. Loud on purpose: it is a gap here, not a refusal there. */
export function notEmulated(what: string): RestError {
  return new RestError(501, "FAKE_NOT_EMULATED", `This fake does not emulate ${what}`);
}
