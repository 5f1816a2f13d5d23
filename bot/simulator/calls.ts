/** One request of the bot, kept for tests and for the picture of what went wrong. */
export type Call = {
  id: number;
  /** As the bot wrote it. */
  method: string;
  parameters: Record<string, unknown>;
  /** Milliseconds of the simulator's clock. */
  at: number;
  /** What the bot was told; null while it waits or when the connection was cut. */
  response: CallResponse | null;
  isUnknownMethod: boolean;
};

export type CallResponse =
  | { ok: true; result: unknown }
  | { ok: false; error_code: number; description: string };

export type Calls = {
  all(): Call[];
  /** By method, in any case. */
  of(method: string): Call[];
  /** Calls of methods that the simulator does not have: a test should fail when there are any. */
  unknown(): Call[];
  refused(): Call[];
  clear(): void;
};

const mostRemembered = 10_000;

export function createCalls(): Calls & {
  start(method: string, parameters: Record<string, unknown>, at: number): Call;
  running(): number;
  finish(call: Call, response: CallResponse | null): void;
} {
  let calls: Call[] = [];
  let lastId = 0;
  const running = new Set<Call>();
  return {
    all: () => [...calls],
    of: (method) => calls.filter((call) => call.method.toLowerCase() === method.toLowerCase()),
    unknown: () => calls.filter((call) => call.isUnknownMethod),
    refused: () => calls.filter((call) => call.response?.ok === false),
    clear: () => {
      calls = [];
    },
    start(method, parameters, at) {
      lastId += 1;
      const call: Call = {
        id: lastId,
        method,
        parameters,
        at,
        response: null,
        isUnknownMethod: false,
      };
      calls.push(call);
      if (calls.length > mostRemembered) calls = calls.slice(-mostRemembered / 2);
      running.add(call);
      return call;
    },
    running: () => [...running].filter((call) => call.method.toLowerCase() !== "getupdates").length,
    finish(call, response) {
      call.response = response;
      running.delete(call);
    },
  };
}
