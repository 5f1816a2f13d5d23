import { Hono } from "hono";
import { z } from "zod";
import { projectFieldsSchema } from "../../domain/projects.ts";
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
import { encodePage, encodeProject } from "./wire.ts";

export function projectRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/", queryOf(z.strictObject(pageQuery)), async (context) => {
      const request = pageRequest(context.req.valid("query"));
      const page = await run(context, ({ projects }) => projects.list(request));
      return context.json(encodePage(page, encodeProject), 200);
    })
    .post("/", jsonBody(projectFieldsSchema), async (context) => {
      const fields = context.req.valid("json");
      const project = await run(context, ({ projects }) => projects.create(fields));
      return context.json(encodeProject(project), 201);
    })
    .get("/:id", async (context) => {
      const id = readId(context.req.param("id"));
      const project = await run(context, ({ projects }) => projects.get(id));
      return context.json(encodeProject(project), 200);
    })
    .patch("/:id", jsonBody(patchOf(projectFieldsSchema)), async (context) => {
      const id = readId(context.req.param("id"));
      const fields = givenFields(context.req.valid("json"));
      const project = await run(context, ({ projects }) => projects.set(id, fields));
      return context.json(encodeProject(project), 200);
    });
}
