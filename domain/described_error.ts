/** What may stand in a log of an error: never what people entered. */
export interface DescribedError {
  readonly type: string;
  readonly message: string;
  /** Where it was thrown, without the message that a stack begins with. */
  readonly stack: string;
  readonly cause?: DescribedError;
  readonly errors?: readonly DescribedError[];
  /** Names and codes of `NAMES`. */
  readonly [name: string]: unknown;
}

/** Fields of errors that name things of programs; others may hold rows, payloads, answers. */
const NAMES = [
  "code",
  "status",
  "error_code",
  "method",
  "syscall",
  "severity",
  "table_name",
  "column_name",
  "constraint_name",
] as const;
/** Their messages are sentences of ours. */
const OWN: ReadonlySet<string> = new Set(["AppError", "StartupError"]);
const DEEPEST = 4;
const MOST_ERRORS = 5;
const MOST_FRAMES = 12;
const LONGEST = 500;
const HIDDEN = "…";

/**
 * Errors repeat what they failed on: PostgreSQL the value or the whole row, JSON.parse a piece of the text,
 * grammY the call, a CRM whatever it likes. Kept are the type, names and codes, the frames, and the message
 * without what could be a person's: words that are not ASCII, quoted texts, e-mails, long numbers.
 */
export function describeError(error: unknown, depth = 0): DescribedError {
  if (!(error instanceof Error)) return { type: typeof error, message: "", stack: "" };
  const names = NAMES.flatMap((name): [string, unknown][] => {
    const value: unknown = Reflect.get(error, name);
    if (typeof value === "number") return [[name, value]];
    return typeof value === "string" ? [[name, hidePeople(value, error)]] : [];
  });
  const isDeep = depth >= DEEPEST;
  const { cause } = error;
  return {
    type: error.name,
    message: hidePeople(error.message, error),
    stack: framesOf(error),
    ...Object.fromEntries(names),
    ...(cause instanceof Error && !isDeep ? { cause: describeError(cause, depth + 1) } : {}),
    ...(error instanceof AggregateError && !isDeep
      ? { errors: error.errors.slice(0, MOST_ERRORS).map((one) => describeError(one, depth + 1)) }
      : {}),
  };
}

function framesOf({ stack = "" }: Error): string {
  const frames = stack.split("\n").filter((line) => /^ {4}at /.test(line));
  return frames.slice(0, MOST_FRAMES).join("\n");
}

const QUOTED = /"[^"]*"|«[^»]*»|“[^”]*”|`[^`]*`|'[^']*'/g;
const EMAIL = /[^\s"'<>(),;:]+@[^\s"'<>(),;:]+/g;
/** A phone, an ИНН, an account: digits in any spelling. */
const LONG_NUMBER = /\+?\d(?:[ ()-]{0,2}\d){6,}/g;
const FOREIGN_WORD = /[^\p{ASCII}\p{P}\s]+/gu;

function hidePeople(text: string, error: Error): string {
  const hidden = text
    .slice(0, LONGEST)
    .replaceAll(QUOTED, (quoted) => (isName(quoted, error) ? quoted : HIDDEN))
    .replaceAll(EMAIL, HIDDEN)
    .replaceAll(LONG_NUMBER, HIDDEN);
  return OWN.has(error.name) ? hidden : hidden.replaceAll(FOREIGN_WORD, HIDDEN);
}

/** The name of a table, a constraint, a method; a value where the error is about values. */
function isName(quoted: string, error: Error): boolean {
  const state: unknown = Reflect.get(error, "code");
  const isAboutValues =
    error instanceof SyntaxError || (typeof state === "string" && /^22\w{3}$/.test(state));
  return !isAboutValues && /^.[a-z][\w.:/-]{0,62}.$/.test(quoted);
}
