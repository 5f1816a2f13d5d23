import { createManualClock, type ManualClock } from "./clock.ts";
import { createSimulator, type Simulator, type SimulatorOptions } from "./simulator.ts";

export const testToken = "5000000001:AAFirstTestToken";

export type ApiAnswer = {
  status: number;
  ok: boolean;
  result?: unknown;
  error_code?: number;
  description?: string;
  parameters?: Record<string, number>;
};

/** A simulator that stands still in time, and a bot that is nothing but calls. */
export function createTestSimulator(options: Partial<SimulatorOptions> = {}): {
  simulator: Simulator;
  clock: ManualClock;
  call: (method: string, parameters?: Record<string, unknown>) => Promise<ApiAnswer>;
  /** The description of a refusal; fails when the call went well. */
  refusal: (method: string, parameters?: Record<string, unknown>) => Promise<string>;
} {
  const clock = createManualClock();
  const simulator = createSimulator({
    token: testToken,
    botUsername: "smetka_bot",
    botName: "Смётка",
    clock,
    ...options,
  });

  async function call(
    method: string,
    parameters: Record<string, unknown> = {},
  ): Promise<ApiAnswer> {
    const response = await simulator.fetch(
      new Request(`http://simulator/bot${testToken}/${method}`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify(parameters),
      }),
    );
    return { ...((await response.json()) as ApiAnswer), status: response.status };
  }

  async function refusal(
    method: string,
    parameters: Record<string, unknown> = {},
  ): Promise<string> {
    const answer = await call(method, parameters);
    if (answer.ok) throw new Error(`${method} was not refused: ${JSON.stringify(answer.result)}`);
    return `${answer.error_code} ${answer.description}`;
  }

  return { simulator, clock, call, refusal };
}
