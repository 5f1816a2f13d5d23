import { Hono, type Context } from "hono";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Api, Reply } from "./api.ts";
import { ApiError } from "./api_error.ts";
import { readParameters } from "./parameters.ts";
import type { World } from "./world.ts";

type Bindings = { Bindings: HttpBindings };

/** The two addresses that a bot talks to: methods and files. */
export function createBotRoutes(world: World, api: Api): Hono<Bindings> {
  const routes = new Hono<Bindings>();
  routes.all("/:bot{bot[^/]+}/:method?", async (context) => {
    const refusal = refuseToken(world, context.req.param("bot").slice(3));
    const method = context.req.param("method");
    if (refusal !== null) return context.json(refusal, refusal.error_code);
    if (method === undefined) return context.json(notFound, 404);
    try {
      const reply = await api.call(method, await readParameters(context.req.raw));
      return send(context, reply);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return context.json({ ok: false, error_code: 400, description: error.message }, 400);
    }
  });
  routes.get("/file/:bot{bot[^/]+}/:path{.+}", (context) => {
    const refusal = refuseToken(world, context.req.param("bot").slice(3));
    if (refusal !== null) return context.json(refusal, refusal.error_code);
    const path = context.req.param("path");
    const file = [...world.state.files.values()].find((candidate) => candidate.path === path);
    const bytes = file === undefined ? undefined : world.fileBytes.get(file.uniqueId);
    if (bytes === undefined) return context.json(notFound, 404);
    return context.body(new Uint8Array(bytes), 200, { "content-type": "application/octet-stream" });
  });
  return routes;
}

const notFound = { ok: false, error_code: 404, description: "Not Found" } as const;
const unauthorized = { ok: false, error_code: 401, description: "Unauthorized" } as const;

function refuseToken(world: World, token: string) {
  if (decodeURIComponent(token) === world.token) return null;
  return /^\d+:[\w-]+$/.test(decodeURIComponent(token)) ? unauthorized : notFound;
}

function send(context: Context<Bindings>, reply: Reply): Response | Promise<Response> {
  if (reply.kind === "answer") {
    const headers: Record<string, string> = { "content-type": reply.type };
    if (reply.retryAfterSeconds !== null) headers["retry-after"] = String(reply.retryAfterSeconds);
    return new Response(reply.body, { status: reply.status, headers });
  }
  // Without a socket (the app is called in process) there is nothing to break.
  const socket = context.env.incoming?.socket;
  if (socket === undefined) throw new TypeError("fetch failed");
  if (reply.kind === "cut") socket.destroy();
  // A silent call keeps its socket until the bot gives up or the simulator closes.
  return RESPONSE_ALREADY_SENT;
}
