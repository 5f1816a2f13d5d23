import { Hono } from "hono";
import { z } from "zod";
import { clientFieldsSchema } from "../../domain/clients.ts";
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
import { encodeClient, encodePage } from "./wire.ts";

export function clientRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/", queryOf(z.strictObject(pageQuery)), async (context) => {
      const request = pageRequest(context.req.valid("query"));
      const page = await run(context, ({ clients }) => clients.list(request));
      return context.json(encodePage(page, encodeClient), 200);
    })
    .post("/", jsonBody(clientFieldsSchema), async (context) => {
      const fields = context.req.valid("json");
      const client = await run(context, ({ clients }) => clients.create(fields));
      return context.json(encodeClient(client), 201);
    })
    .get("/:id", async (context) => {
      const id = readId(context.req.param("id"));
      const client = await run(context, ({ clients }) => clients.get(id));
      return context.json(encodeClient(client), 200);
    })
    .patch("/:id", jsonBody(patchOf(clientFieldsSchema)), async (context) => {
      const id = readId(context.req.param("id"));
      const fields = givenFields(context.req.valid("json"));
      const client = await run(context, ({ clients }) => clients.set(id, fields));
      return context.json(encodeClient(client), 200);
    });
}
