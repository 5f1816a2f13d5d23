import { Hono } from "hono";
import { z } from "zod";
import { catalogueFieldsSchema } from "../../domain/catalogue.ts";
import { nameSchema, textSchema } from "../../domain/text.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import {
  givenFields,
  jsonBody,
  pageQuery,
  pageRequest,
  patchOf,
  queryOf,
  readId,
} from "./validation.ts";
import { encodeCatalogueItem, encodePage, encodeSuggestion } from "./wire.ts";

/** As many as a pasted list has lines that lack a price. */
const MAX_WANTED = 1000;

const wantedSchema = z.strictObject({
  wanted: z
    .array(z.strictObject({ name: nameSchema(500), unit: textSchema(30) }))
    .min(1)
    .max(MAX_WANTED),
});

export function catalogueRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/", queryOf(z.strictObject(pageQuery)), async (context) => {
      const request = pageRequest(context.req.valid("query"));
      const page = await run(context, ({ catalogue }) => catalogue.list(request));
      return context.json(encodePage(page, encodeCatalogueItem), 200);
    })
    .post("/", jsonBody(catalogueFieldsSchema), async (context) => {
      const fields = context.req.valid("json");
      const item = await run(context, ({ catalogue }) => catalogue.create(fields));
      return context.json(encodeCatalogueItem(item), 201);
    })
    .post("/prices", jsonBody(wantedSchema), async (context) => {
      const { wanted } = context.req.valid("json");
      const prices = await run(context, ({ catalogue }) => catalogue.suggestPrices(wanted));
      return context.json({ prices: prices.map(encodeSuggestion) }, 200);
    })
    .patch("/:id", jsonBody(patchOf(catalogueFieldsSchema)), async (context) => {
      const id = readId(context.req.param("id"));
      const fields = givenFields(context.req.valid("json"));
      const item = await run(context, ({ catalogue }) => catalogue.set(id, fields));
      return context.json(encodeCatalogueItem(item), 200);
    });
}
