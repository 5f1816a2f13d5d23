import { z } from "zod";
import { nameSchema, textSchema } from "./text.ts";

export const phoneSchema = z.strictObject({
  /** As the person wrote it. */
  raw: textSchema(50),
  /** "+79161234567"; null when it could not be understood. */
  e164: z
    .string()
    .regex(/^\+\d{7,15}$/)
    .nullable(),
});

export const clientFieldsSchema = z.strictObject({
  name: nameSchema(200),
  kind: z.enum(["person", "organisation"]),
  phones: z.array(phoneSchema).max(10),
  emails: z.array(textSchema(200)).max(10),
  /** Empty or 10/12 digits. */
  inn: z.string().regex(/^(\d{10}|\d{12})?$/),
  address: textSchema(300),
  note: textSchema(2000),
});

export type Phone = z.output<typeof phoneSchema>;
export type ClientFields = z.output<typeof clientFieldsSchema>;
