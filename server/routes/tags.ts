import { createHash } from "node:crypto";
import type { MiddlewareHandler } from "hono";
import type { AppEnvironment } from "./dependencies.ts";

/**
 * `ETag` on everything that is read as JSON, of what the answer says; 304 to who knows it already. Routes
 * that know their version without reading everything set their own.
 */
export function tagReads(): MiddlewareHandler<AppEnvironment> {
  return async (context, next) => {
    await next();
    const { res, req } = context;
    const isJson = res.headers.get("Content-Type")?.startsWith("application/json") ?? false;
    if (req.method !== "GET" || res.status !== 200 || !isJson || res.headers.has("ETag")) return;
    const body = await res.text();
    const tag = `W/"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
    const headers = new Headers(res.headers);
    headers.set("ETag", tag);
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "private, no-cache");
    const isKnown = knows(req.header("If-None-Match"), tag);
    if (isKnown) headers.delete("Content-Type");
    context.res = undefined;
    context.res = new Response(isKnown ? null : body, { status: isKnown ? 304 : 200, headers });
  };
}

/** By the weak comparison: a proxy that compresses makes a strong tag weak. */
export function knows(given: string | undefined, tag: string): boolean {
  if (given === undefined) return false;
  const plain = (text: string) => text.trim().replace(/^W\//, "");
  return given.trim() === "*" || given.split(",").some((one) => plain(one) === plain(tag));
}
