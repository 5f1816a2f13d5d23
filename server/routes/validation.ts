import { zValidator } from "@hono/zod-validator";
import { z } from "zod";
import { AppError, notFound } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";

/** A body that says it is JSON; anything not in the schema is refused. */
export function jsonBody<Schema extends z.ZodType>(schema: Schema) {
  return zValidator("json", schema, (result, context) => {
    // Of any other type the body is not even read, and an empty one may fit the schema.
    if (!/^application\/json\b/i.test(context.req.header("Content-Type") ?? "")) {
      throw new AppError("invalid", "Тело запроса должно быть в формате JSON.");
    }
    if (!result.success) throw refuse(result.error);
  });
}

/** The query string; unknown parameters are refused. */
export function queryOf<Schema extends z.ZodType>(schema: Schema) {
  return zValidator("query", schema, (result) => {
    if (!result.success) throw refuse(result.error);
  });
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
export const pageQuery = {
  q: z.string().max(200).optional(),
  cursor: z.string().max(500).optional(),
  limit: z.coerce.number().int().min(1).max(100).optional(),
};

/** `pageQuery` as the services take it. */
export function pageRequest(query: z.output<z.ZodObject<typeof pageQuery>>) {
  return { search: query.q, cursor: query.cursor ?? null, limit: query.limit };
}

function refuse(error: { readonly issues: readonly { readonly path: readonly PropertyKey[] }[] }) {
  const path = error.issues[0]?.path.map(String).join(".") ?? "";
  const where = path === "" ? "" : ` Проверьте поле ${path}.`;
  return new AppError("invalid", `Не получилось прочитать запрос.${where}`);
}

/** Fields to set, without those that were not given. */
export function givenFields<Fields extends object>(
  fields: Fields,
): { [Key in keyof Fields]?: Exclude<Fields[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof Fields]?: Exclude<Fields[Key], undefined>;
  };
}
