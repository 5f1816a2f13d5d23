import { z } from "zod";
import type { Operation } from "./operation.ts";
import { card, count } from "./schemas.ts";

const columns = z.strictObject({
  name: count,
  unit: count.nullable(),
  quantity: count.nullable(),
  price: count.nullable(),
  sum: count.nullable(),
  code: count.nullable(),
  skipRows: count,
});

const readingShape = {
  sheet: z.string(),
  otherSheets: z.array(z.string()),
  columns,
};

/** Rows that were not taken: the first 500 and how many there are. */
const untakenShape = {
  untakenCount: count,
  untaken: z.array(
    z.strictObject({ rowNumber: z.int().positive(), text: z.string(), reason: z.string() }),
  ),
};

const imported = z.strictObject({
  ...readingShape,
  added: count,
  updated: count,
  ...untakenShape,
});

const importedLines = z.strictObject({
  ...readingShape,
  estimate: card,
  added: count,
  priced: count,
  unpriced: count,
  ...untakenShape,
});

const unclear = z.strictObject({
  outcome: z.literal("unclear"),
  message: z.string(),
  sheet: z.string(),
  columnNames: z.array(z.string()),
  guess: columns.nullable(),
  sample: z.array(z.array(z.string())),
});

/** Spreadsheets; see `operations.ts`. */
export const IMPORT_OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /imports/catalogue": {
    summary: "Add or update prices by name and unit from .xlsx or .csv; 409: name the columns",
    answers: { 200: imported, 409: unclear },
  },
  "POST /imports/estimates": {
    summary: "Create an estimate from .xlsx or .csv; 409: name the columns",
    answers: { 201: importedLines, 409: unclear },
  },
  "POST /imports/estimates/{id}": {
    summary: "Add the lines of an .xlsx or .csv to an estimate; 409: name the columns",
    answers: { 200: importedLines, 409: unclear },
  },
};
