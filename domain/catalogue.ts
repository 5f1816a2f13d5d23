import { z } from "zod";
import { moneyCodec } from "./codecs.ts";
import { LINE_KINDS } from "./estimate/estimate.ts";
import { nameSchema, textSchema } from "./text.ts";

export const catalogueFieldsSchema = z.strictObject({
  kind: z.enum(LINE_KINDS),
  name: nameSchema(500),
  unit: textSchema(30),
  price: moneyCodec,
  cost: moneyCodec.nullable(),
  code: textSchema(100),
  section: textSchema(200),
});

export type CatalogueFields = z.output<typeof catalogueFieldsSchema>;

/**
 * By what two names are the same work: lower case, ё as е, punctuation and spaces folded. Stored next
 * to the name; the same function makes the stored and the searched key.
 */
export function nameKey(name: string): string {
  return name
    .toLowerCase()
    .replaceAll("ё", "е")
    .replace(/[^\p{Letter}\p{Number}]+/gu, " ")
    .trim();
}
