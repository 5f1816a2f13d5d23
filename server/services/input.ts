import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { type Id, isId } from "../../domain/ids.ts";

/** How people call the fields: «Название». */
export type FieldNames = Readonly<Record<string, string>>;

/**
 * Checks what a door passed on against the domain's schema, cleans it and gives it back. Values are
 * already the program's (`Kopecks`, not decimal strings). Throws `invalid` with a sentence about the
 * first mistake; `details.fields` are the paths of all of them.
 */
export function readInput<Schema extends z.ZodType>(
  schema: Schema,
  value: z.output<Schema>,
  names: FieldNames,
): z.output<Schema> {
  const wire = z.safeEncode(schema, value);
  if (wire.success) return z.decode(schema, wire.data);
  const issues = wire.error.issues;
  throw new AppError("invalid", explain(issues[0], names), {
    details: { fields: issues.map((issue) => issue.path.join(".")) },
  });
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue | undefined, names: FieldNames): string {
  if (!issue) return "Проверьте, всё ли введено верно.";
  const [first, ...rest] = issue.path;
  const isRow = typeof first === "number";
  const field = isRow ? rest[0] : first;
  const name = typeof field === "string" ? names[field] : undefined;
  const place = isRow ? `Строка ${first + 1}. ` : "";
  const subject = name === undefined ? "" : `«${name}»: `;
  return `${place}${subject}${problemOf(issue)}`;
}

function problemOf(issue: Issue): string {
  if (issue.code === "too_small") return "заполните это поле.";
  if (issue.code === "too_big" && issue.origin === "string") {
    return `не больше ${issue.maximum} знаков. Сократите, пожалуйста.`;
  }
  if (issue.code === "too_big") return `слишком много, можно не больше ${issue.maximum}.`;
  return "проверьте, всё ли введено верно.";
}

/** What a door passed on as an id may be any text: the database is asked about a real one only. */
export async function byId<Found>(
  id: Id,
  find: () => Promise<Found | null>,
): Promise<Found | null> {
  return isId(id) ? find() : null;
}
