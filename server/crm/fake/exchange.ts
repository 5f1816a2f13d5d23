import { setTimeout as sleep } from "node:timers/promises";
import type { HttpBindings } from "@hono/node-server";
import { RESPONSE_ALREADY_SENT } from "@hono/node-server/utils/response";
import type { Context } from "hono";
import type { Fault } from "./faults.ts";

export interface Reply {
  status: number;
  body: string | Uint8Array<ArrayBuffer>;
  headers: Record<string, string>;
}

export type FakeContext = Context<{ Bindings: HttpBindings }>;

/** What was sent: the status, or null where the connection was cut. */
export interface Sent {
  response: Response;
  status: number | null;
}

export function jsonReply(
  status: number,
  body: unknown,
  contentType = "application/json; charset=utf-8",
): Reply {
  return { status, body: JSON.stringify(body), headers: { "content-type": contentType } };
}

/** A web server's own page, where a JSON answer was expected. */
export function htmlReply(status: number): Reply {
  const title = `${String(status)} ${HTML_TITLES[status] ?? "Error"}`;
  const body = `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n`;
  return { status, body, headers: { "content-type": "text/html; charset=utf-8" } };
}

const HTML_TITLES: Record<number, string> = {
  200: "OK",
  403: "Forbidden",
  413: "Request Entity Too Large",
  500: "Internal Server Error",
  502: "Bad Gateway",
  503: "Service Temporarily Unavailable",
  504: "Gateway Time-out",
};

/** Runs one request under the fault that is due for it. `execute` is called once or not at all. */
export async function exchange(
  context: FakeContext,
  fault: Fault | null,
  execute: () => Promise<Reply>,
): Promise<Sent> {
  if (fault === null) return send(await execute());
  switch (fault.kind) {
    case "reply":
      return send(scripted(fault));
    case "commitThenReply":
      await execute();
      return send(scripted(fault));
    case "html":
      return send(htmlReply(fault.status));
    case "commitThenHtml":
      await execute();
      return send(htmlReply(fault.status));
    case "delay":
      await sleep(fault.milliseconds);
      return send(await execute());
    case "commitThenDelay": {
      const reply = await execute();
      await sleep(fault.milliseconds);
      return send(reply);
    }
    case "drop":
      return cut(context);
    case "commitThenDrop":
      await execute();
      return cut(context);
    case "reset":
      context.env.incoming.socket.resetAndDestroy();
      return { response: RESPONSE_ALREADY_SENT, status: null };
    case "truncate":
      return truncate(context, await execute());
    case "badGzip":
      return send(brokenGzip(await execute()));
    default:
      return fault satisfies never;
  }
}

function scripted(fault: { status: number; body: string | object; contentType?: string }): Reply {
  if (typeof fault.body === "object") return jsonReply(fault.status, fault.body, fault.contentType);
  const contentType = fault.contentType ?? "text/plain; charset=utf-8";
  return { status: fault.status, body: fault.body, headers: { "content-type": contentType } };
}

function send(reply: Reply): Sent {
  const isBodiless = reply.status === 204 || reply.status === 304;
  const body = isBodiless ? null : reply.body;
  return {
    response: new Response(body, { status: reply.status, headers: reply.headers }),
    status: reply.status,
  };
}

function cut(context: FakeContext): Sent {
  context.env.incoming.socket.destroy();
  return { response: RESPONSE_ALREADY_SENT, status: null };
}

/** Promises the whole answer, sends half of it and hangs up. */
function truncate(context: FakeContext, reply: Reply): Sent {
  const bytes = Buffer.from(reply.body);
  const { outgoing } = context.env;
  outgoing.writeHead(reply.status, { ...reply.headers, "content-length": bytes.length });
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => {
    context.env.incoming.socket.destroy();
  });
  return { response: RESPONSE_ALREADY_SENT, status: null };
}

function brokenGzip(reply: Reply): Reply {
  return { ...reply, headers: { ...reply.headers, "content-encoding": "gzip" } };
}
