import { Hono, type MiddlewareHandler } from "hono";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { listedSections } from "../../domain/listed_sections.ts";
import type { ColumnMapping, EstimateCard, EstimateService } from "../../domain/services.ts";
import { textSchema } from "../../domain/text.ts";
import { chooseColumns, type NamedColumns, tableError } from "../imports/spreadsheet.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { fileBody, givenFields, queryOf, readId } from "./validation.ts";
import { encodeCard } from "./wire.ts";
import { encodeReading, encodeRows, encodeUnclear } from "./wire_imports.ts";

const columnIndex = z.coerce.number().int().min(0).max(99).optional();

/** Where the columns are, counted from 0. None of it: they are remembered or found. */
const columnsQuery = {
  name: columnIndex,
  unit: columnIndex,
  quantity: columnIndex,
  price: columnIndex,
  sum: columnIndex,
  code: columnIndex,
  skipRows: z.coerce.number().int().min(0).max(20_000).optional(),
};

const newEstimateQuery = {
  ...columnsQuery,
  projectId: idSchema.optional(),
  clientId: idSchema.optional(),
  title: textSchema(200).optional(),
};

/**
 * Reads the spreadsheet of a request before a transaction is opened for it: a large one takes seconds,
 * and no connection of the database should wait for it.
 */
export function readSpreadsheet({
  tables,
}: Pick<AppDependencies, "tables">): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    if (context.req.method === "POST") {
      const table = await tables.read(new Uint8Array(await context.req.arrayBuffer()));
      if (!table.ok) throw tableError(table.code, table.problem);
      context.set("table", table);
    }
    await next();
  };
}

/** Price lists and estimates out of .xlsx and .csv, read as the chat reads them. */
export function importRoutes(dependencies: AppDependencies) {
  const { tables } = dependencies;
  const run = asPersonOf(dependencies);
  const addLines = createLineImport(dependencies);
  return new Hono<AppEnvironment>()
    .post("/catalogue", fileBody(), queryOf(z.strictObject(columnsQuery)), async (context) => {
      const { table } = context.var;
      const named = context.req.valid("query");
      const guess = tables.guessColumns(table.rows);
      const result = await run(context, async ({ lists, catalogue }) => {
        const mapping = await chooseColumns(lists, guess, named);
        if (!mapping) return null;
        const { items, problems } = tables.readPrices(table.rows, mapping);
        if (items.length === 0) throw nothingFound("расценки с ценой");
        return { mapping, problems, ...(await catalogue.importItems(items)) };
      });
      if (!result) return context.json(encodeUnclear(table, guess), 409);
      const { mapping, problems, added, updated } = result;
      return context.json(
        { ...encodeReading(table, mapping), added, updated, ...encodeRows(problems) },
        200,
      );
    })
    .post("/estimates", fileBody(), queryOf(z.strictObject(newEstimateQuery)), async (context) => {
      const { projectId, clientId, title, ...named } = context.req.valid("query");
      const result = await addLines(context, named, (estimates, found) =>
        estimates.create({
          projectId: projectId ?? null,
          ...givenFields({ clientId, title: title ?? found ?? undefined }),
        }),
      );
      return result.outcome === "imported"
        ? context.json(result.body, 201)
        : context.json(result.body, 409);
    })
    .post("/estimates/:id", fileBody(), queryOf(z.strictObject(columnsQuery)), async (context) => {
      const id = readId(context.req.param("id"));
      const result = await addLines(context, context.req.valid("query"), (estimates) =>
        estimates.card(id),
      );
      return result.outcome === "imported"
        ? context.json(result.body, 200)
        : context.json(result.body, 409);
    });
}

/** Adds the lines of the request's table to an estimate, all of them or none. */
function createLineImport(dependencies: AppDependencies) {
  const { tables } = dependencies;
  const run = asPersonOf(dependencies);
  return async (
    context: { readonly var: AppEnvironment["Variables"] },
    named: NamedColumns,
    /** @param title what the list itself is called */
    openEstimate: (estimates: EstimateService, title: string | null) => Promise<EstimateCard>,
  ) => {
    const { table } = context.var;
    const guess = tables.guessColumns(table.rows);
    const result = await run(context, async ({ lists, estimates }) => {
      const mapping = await chooseColumns(lists, guess, named);
      return mapping ? { mapping, ...(await add(estimates, mapping)) } : null;
    });
    if (!result) return { outcome: "unclear" as const, body: encodeUnclear(table, guess) };
    const { mapping, parsed, counts, card } = result;
    const body = {
      ...encodeReading(table, mapping),
      estimate: encodeCard(card),
      added: counts.added,
      priced: counts.priced,
      unpriced: counts.unpriced,
      ...encodeRows(
        parsed.unread.map(({ lineNumber, ...row }) => ({ ...row, rowNumber: lineNumber })),
      ),
    };
    return { outcome: "imported" as const, body };

    async function add(estimates: EstimateService, mapping: ColumnMapping) {
      const parsed = tables.readLines(table.rows, mapping);
      if (parsed.lineCount === 0) throw nothingFound("строки сметы");
      const { id }: { id: Id } = await openEstimate(estimates, parsed.title);
      const counts = await estimates.addList(id, listedSections(parsed), { source: "import" });
      return { parsed, counts, card: await estimates.card(id) };
    }
  };
}

function nothingFound(what: string): AppError {
  return new AppError(
    "invalid",
    `В файле не нашлось ни одной ${what}. Проверьте, в каких столбцах что стоит.`,
  );
}
