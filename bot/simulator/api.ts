import { ApiError } from "./api_error.ts";
import type { Call, CallResponse } from "./calls.ts";
import type { createCalls } from "./calls.ts";
import type { Fault } from "./faults.ts";
import type { createFaults } from "./faults.ts";
import { findMethod } from "./methods/registry.ts";
import type { Parameters } from "./parameters.ts";
import type { Polling } from "./polling.ts";
import type { Limiter } from "./sending_limits.ts";
import type { World } from "./world.ts";

/** What goes back over the wire. «cut» breaks the connection, «silence» leaves it open. */
export type Reply =
  | { kind: "answer"; status: number; type: string; body: string; retryAfterSeconds: number | null }
  | { kind: "cut" }
  | { kind: "silence" };

export type Api = { call(method: string, parameters: Parameters): Promise<Reply> };

export type ApiParts = {
  world: World;
  polling: Polling;
  calls: ReturnType<typeof createCalls>;
  faults: ReturnType<typeof createFaults>;
  limiter: Limiter;
};

/** Runs one Bot API call with the faults that were planned for it. */
export function createApi({ world, polling, calls, faults, limiter }: ApiParts): Api {
  async function call(method: string, parameters: Parameters): Promise<Reply> {
    const started = calls.start(method, parameters.toRecord(), world.clock.now());
    const fault = faults.take(method);
    const reply = await answer(started, fault, parameters);
    const isRefusedOrBroken = started.response === null || !started.response.ok;
    world.log?.[isRefusedOrBroken ? "warn" : "debug"](
      { method, response: isRefusedOrBroken ? started.response : "ok", fault: fault?.kind },
      "simulator: call",
    );
    world.events.emit({ type: "call", callId: started.id });
    return reply;
  }

  async function answer(call: Call, fault: Fault | undefined, parameters: Parameters) {
    const early = faultBefore(fault);
    if (early !== null) {
      calls.finish(call, early.response);
      return early.reply;
    }
    if (fault?.kind === "slow") await world.clock.wait(fault.ms);
    const response = await run(call, parameters);
    const isLost = fault?.kind === "reset_after";
    calls.finish(call, isLost ? null : response.content);
    return isLost ? ({ kind: "cut" } as const) : jsonReply(response);
  }

  async function run(call: Call, parameters: Parameters): Promise<Response> {
    const method = findMethod(call.method);
    try {
      if (method === undefined) {
        call.isUnknownMethod = true;
        throw new ApiError(404, "Not Found: method not found");
      }
      limiter.check(call.method.toLowerCase(), parameters.text("chat_id"));
      const result = await method({ world, polling }, parameters);
      return { status: 200, content: { ok: true, result } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return refusalOf(error.code, error.message, error.parameters);
    }
  }

  return { call };
}

type Response = {
  status: number;
  content: CallResponse & { parameters?: Record<string, number> };
};

function refusalOf(
  code: number,
  description: string,
  parameters: Record<string, number> | undefined,
): Response {
  const extra = parameters === undefined ? {} : { parameters };
  return { status: code, content: { ok: false, error_code: code, description, ...extra } };
}

function jsonReply({ status, content }: Response): Reply {
  return {
    kind: "answer",
    status,
    type: "application/json",
    body: JSON.stringify(content),
    retryAfterSeconds: content.parameters?.["retry_after"] ?? null,
  };
}

/** Faults that come instead of the work; null when the call is to be done. */
function faultBefore(
  fault: Fault | undefined,
): { reply: Reply; response: CallResponse | null } | null {
  switch (fault?.kind) {
    case undefined:
    case "slow":
    case "reset_after":
      return null;
    case "reset_before":
      return { reply: { kind: "cut" }, response: null };
    case "silence":
      return { reply: { kind: "silence" }, response: null };
    case "server_error":
      return serverError(fault.code);
    case "too_many_requests": {
      const seconds = fault.retryAfterSeconds;
      const text = `Too Many Requests: retry after ${seconds}`;
      return refused(refusalOf(429, text, { retry_after: seconds }));
    }
    case "refuse":
      return refused(refusalOf(fault.code, fault.description, fault.parameters));
    default:
      return fault satisfies never;
  }
}

function refused(response: Response) {
  return { reply: jsonReply(response), response: response.content };
}

function serverError(code: 500 | 502 | 504) {
  if (code === 500) return refused(refusalOf(500, "Internal Server Error", undefined));
  const title = code === 502 ? "502 Bad Gateway" : "504 Gateway Time-out";
  const reply: Reply = {
    kind: "answer",
    status: code,
    type: "text/html",
    body: `<html>\r\n<head><title>${title}</title></head>\r\n<body>\r\n<center><h1>${title}</h1></center>\r\n<hr><center>nginx/1.18.0</center>\r\n</body>\r\n</html>\r\n`,
    retryAfterSeconds: null,
  };
  const response: CallResponse = { ok: false, error_code: code, description: title };
  return { reply, response };
}
