import { Hono } from "hono";
import { describeApi } from "../openapi/document.ts";
import type { AppEnvironment } from "./dependencies.ts";

/**
 * `GET openapi.json`: what the routes are, for programs; the same for everybody, so without a token. Written
 * when somebody asks: it takes 80 ms, and a start should not wait for it.
 */
export function openapiRoutes(routes: Parameters<typeof describeApi>[0]) {
  let document: string | null = null;
  return new Hono<AppEnvironment>().get("/openapi.json", (context) => {
    document ??= JSON.stringify(describeApi(routes));
    context.header("Cache-Control", "public, max-age=300");
    return context.body(document, 200, { "Content-Type": "application/json" });
  });
}
