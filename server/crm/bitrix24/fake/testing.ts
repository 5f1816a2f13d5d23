import { onTestFinished } from "vitest";
import { type Fields, asMap } from "../../fake/values.ts";
import { type VirtualClock, createVirtualClock } from "../../fake/clock.ts";
import { type Bitrix24Fake, type Bitrix24FakeSetup, createBitrix24Fake } from "./portal.ts";

interface Answer {
  status: number;
  body: Fields;
}

/** A listening portal and a way to call it, for tests. It closes with the test. */
export interface TestPortal extends Bitrix24Fake {
  clock: VirtualClock;
  call(method: string, params?: unknown): Promise<Answer>;
  /** The `result` of a call that must succeed. */
  result(method: string, params?: unknown): Promise<Fields>;
}

export async function startPortal(
  setup: Omit<Bitrix24FakeSetup, "clock"> = {},
): Promise<TestPortal> {
  const clock = createVirtualClock();
  const fake = createBitrix24Fake({ clock, ...setup });
  await fake.listen();
  onTestFinished(async () => fake.close());
  const call = async (method: string, params: unknown = {}): Promise<Answer> => {
    const response = await fetch(fake.webhookUrl + method, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(params),
      redirect: "manual",
    });
    const text = await response.text();
    return {
      status: response.status,
      body: text.startsWith("{") ? asMap(JSON.parse(text)) : { text },
    };
  };
  const portal: TestPortal = Object.create(fake, {
    clock: { value: clock },
    call: { value: call },
    result: {
      value: async (method: string, params: unknown) => {
        const { status, body } = await call(method, params);
        if (status !== 200) throw new Error(`${method}: ${String(status)} ${JSON.stringify(body)}`);
        return body["result"];
      },
    },
  }) as TestPortal;
  return portal;
}
