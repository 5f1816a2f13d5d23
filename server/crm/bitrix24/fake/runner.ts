import type { Fields } from "../../fake/values.ts";
import { RestError } from "./errors.ts";
import type { Limits } from "./limits.ts";
import { ALL_METHODS, findMethod } from "./method_registry.ts";
import type { Call, MethodAnswer } from "./methods.ts";
import type { PortalState } from "./portal_state.ts";

/** The `time` object of every answer. api-reference/data-types.md */
type CallTime = Record<string, number | string>;

interface Ran extends MethodAnswer {
  time: CallTime;
  /** Simulated seconds of work. */
  seconds: number;
}

/** Runs methods with their scope, their operating limit and their time. */
export interface Runner {
  run(name: string, params: Fields, call: Call & { isBilled: boolean }): Ran;
  /** The `time` of work that was billed elsewhere. */
  timeOf(seconds: number): CallTime;
}

export function createRunner(portal: PortalState, limits: Limits): Runner {
  const timeOf = (seconds: number): CallTime => {
    const start = portal.clock.now() / 1000;
    const now = portal.now();
    return {
      start,
      finish: start + seconds,
      duration: seconds,
      processing: seconds,
      date_start: portal.times.format(now),
      date_finish: portal.times.format(now + Math.floor(seconds)),
    };
  };

  return {
    timeOf,
    run(name, params, call) {
      const method = findMethod(name);
      if (method.scope !== null && !portal.webhook.scopes.has(method.scope)) {
        throw new RestError(
          403,
          "insufficient_scope",
          "The request requires higher privileges than provided by the webhook token",
        );
      }
      if (call.isBilled) limits.checkOperating(name);
      const seconds = portal.options.cost(name, params);
      const answer =
        name === "method.get" ? describeMethod(portal, params) : method.run(portal, params, call);
      const time = timeOf(seconds);
      if (!call.isBilled) return { ...answer, time, seconds };
      const { operating, operatingResetAt } = limits.charge(name, seconds);
      const spent = { operating_reset_at: operatingResetAt, operating };
      const reported = portal.options.isOperatingReported ? { ...time, ...spent } : time;
      return { ...answer, time: reported, seconds };
    },
  };
}

/** method.get: does the method exist here, and may this webhook call it? */
function describeMethod(portal: PortalState, params: Fields): MethodAnswer {
  const method = ALL_METHODS.get(String(params["name"]).toLowerCase());
  const isAvailable =
    method !== undefined && (method.scope === null || portal.webhook.scopes.has(method.scope));
  return { result: { isExisting: method !== undefined, isAvailable } };
}
