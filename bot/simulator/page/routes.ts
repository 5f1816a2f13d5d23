import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { basename } from "node:path";
import { findFile } from "../files.ts";
import { addDemoPeople, createActionRoutes, type PageParts } from "./action_routes.ts";
import { readAsset } from "./assets.ts";
import { openEventStream } from "./event_stream.ts";

/**
 * The chat page and the addresses behind it. They also serve a program in another process that
 * wants to act as a person: README.md lists them.
 */
export function createPageRoutes(parts: PageParts): Hono<{ Bindings: HttpBindings }> {
  const { world } = parts;
  const routes = new Hono<{ Bindings: HttpBindings }>();

  routes.get("/", async (context) => {
    addDemoPeople(parts);
    const asset = await readAsset("index.html");
    return context.body(asset?.body ?? "", 200, {
      "content-type": asset?.type ?? "text/html",
      "content-security-policy": contentSecurityPolicy,
      "cache-control": "no-store",
    });
  });
  routes.get("/page/:name", async (context) => {
    const asset = await readAsset(context.req.param("name"));
    if (asset === null) return context.notFound();
    return context.body(asset.body, 200, {
      "content-type": asset.type,
      "cache-control": "no-store",
    });
  });
  const { neighbour } = world;
  if (neighbour !== null) {
    routes.get(neighbour.path, (context) => context.redirect(neighbour.url, 302));
  }
  routes.get("/events", () => openEventStream(world));
  routes.get("/files/:fileId/:name", (context) => {
    const file = findFile(world, context.req.param("fileId"));
    const bytes = file === undefined ? undefined : world.fileBytes.get(file.uniqueId);
    if (file === undefined || bytes === undefined) return context.notFound();
    const isShown = shownInline.test(file.type) && context.req.query("download") === undefined;
    const name = encodeURIComponent(basename(file.name));
    return context.body(new Uint8Array(bytes), 200, {
      "content-type": file.type === "text/plain" ? "text/plain; charset=utf-8" : file.type,
      "content-disposition": `${isShown ? "inline" : "attachment"}; filename*=UTF-8''${name}`,
      // A document from a stranger must not run as a page of the simulator.
      "content-security-policy":
        "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'",
      "x-content-type-options": "nosniff",
    });
  });
  routes.route("/", createActionRoutes(parts));
  return routes;
}

const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data: blob:",
  "frame-src http: https:",
  "base-uri 'none'",
  "object-src 'none'",
].join("; ");

const shownInline = /^(?:application\/pdf|image\/(?:png|jpeg|gif|webp)|text\/plain)$/;
