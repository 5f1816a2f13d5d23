import { zValidator } from "@hono/zod-validator";
import type { MiddlewareHandler } from "hono";
import { z } from "zod";
import { AppError, notFound } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";

/** What a validator lets through, and where it stands in the request. */
export interface Check {
  readonly target: "json" | "query" | "form" | "file";
  readonly schema: z.ZodType;
}

const checks = new WeakMap<object, Check>();

/** What a handler of a route checks; null: it is no validator. The description of the API is made of these. */
export function checkOf(handler: unknown): Check | null {
  return typeof handler === "function" ? (checks.get(handler) ?? null) : null;
}

function remember<Validator extends object>(validator: Validator, check: Check): Validator {
  checks.set(validator, check);
  return validator;
}

/** A body that says it is JSON; anything not in the schema is refused. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  const validator = zValidator("json", schema, (result, context) => {
    // Of any other type the body is not even read, and an empty one may fit the schema.
    if (!/^application\/json\b/i.test(context.req.header("Content-Type") ?? "")) {
      throw new AppError("invalid", "Тело запроса должно быть в формате JSON.");
    }
    if (!result.success) throw refusalOf(result.error);
  });
  return remember(validator, { target: "json", schema });
}

/** The query string; unknown parameters are refused. */
export function queryOf<Schema extends z.ZodType>(schema: Schema) {
  const validator = zValidator("query", schema, (result) => {
    if (!result.success) throw refusalOf(result.error);
  });
  return remember(validator, { target: "query", schema });
}

/** The fields and files of a form. @param problem said about one that does not fit, in Russian */
export function formOf<Schema extends z.ZodType>(schema: Schema, problem: string) {
  const validator = zValidator("form", schema, (result) => {
    if (!result.success) throw refusalOf(result.error, problem);
  });
  return remember(validator, { target: "form", schema });
}

/** A body that is a file, whatever type it says it is of: the content decides. Read before; see `imports.ts`. */
export function fileBody(): MiddlewareHandler {
  return remember(async (_, next) => next(), { target: "file", schema: z.instanceof(Uint8Array) });
}

/** `:id` of the path. What is no id can't name anything, so it is not found. */
export function readId(text: string): Id {
  const id = idSchema.safeParse(text);
  if (!id.success) throw notFound();
  return id.data.toLowerCase();
}

/** Some of the fields, at least one. */
export function patchOf<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape, z.core.$strict>) {
  return schema.partial().refine((fields) => Object.keys(fields).length > 0);
}

/** Query parameters of every list. */
export const listQuery = {
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
};

/** Of every list that can be searched. */
export const pageQuery = { q: z.string().max(200).optional(), ...listQuery };

/** `pageQuery` as the services take it. */
export function pageRequest(query: z.output<z.ZodObject<typeof pageQuery>>) {
  return { search: query.q, cursor: query.cursor ?? null, limit: query.limit };
}

/** What is told about a request that does not fit: the first field that does not. */
export function refusalOf(error: Problem, sentence = "Не получилось прочитать запрос."): AppError {
  const unknown = error.issues.find(({ code }) => code === "unrecognized_keys") ?? null;
  const [field] = unknown?.keys ?? [];
  if (unknown && field !== undefined) {
    const path = [...unknown.path, field].map(String).join(".");
    return new AppError("invalid", `${sentence} Поле ${path.slice(0, LONGEST_PATH)} здесь лишнее.`);
  }
  const path = error.issues[0]?.path.map(String).join(".") ?? "";
  const where = path === "" ? "" : ` Проверьте поле ${path.slice(0, LONGEST_PATH)}.`;
  return new AppError("invalid", `${sentence}${where}`);
}

/** Of a field's place, which may be made of what was sent. */
const LONGEST_PATH = 100;

/** What zod says of what it does not accept. */
interface Problem {
  readonly issues: readonly {
    readonly code: string;
    readonly path: readonly PropertyKey[];
    readonly keys?: readonly string[];
  }[];
}

/** Fields to set, without those that were not given. */
export function givenFields<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
