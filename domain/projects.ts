import { z } from "zod";
import { idSchema } from "./ids.ts";
import { nameSchema, textSchema } from "./text.ts";

/** An object (объект): a place where work is done. */
export const projectFieldsSchema = z.strictObject({
  /** «Ленина 12, кв. 5» */
  title: nameSchema(200),
  address: textSchema(300),
  clientId: idSchema.nullable(),
  note: textSchema(2000),
});

export type ProjectFields = z.output<typeof projectFieldsSchema>;
