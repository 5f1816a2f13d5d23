import { onTestFinished } from "vitest";
import { type VirtualClock, createVirtualClock } from "../../fake/clock.ts";
import { type Fields, asList, asMap } from "../../fake/values.ts";
import { type AmocrmFake, type AmocrmFakeSetup, createAmocrmFake } from "./account.ts";

export interface Answer {
  status: number;
  type: string;
  body: Fields;
}

/** A listening account and a way to call it, for tests. Its rate is out of the way; it closes with the test. */
export interface TestAccount extends AmocrmFake {
  clock: VirtualClock;
  call(method: string, path: string, body?: unknown, token?: string): Promise<Answer>;
  /** The list under `_embedded` of a call that must succeed; empty for 204. */
  list(path: string): Promise<Fields[]>;
}

export async function startAccount(
  setup: Omit<AmocrmFakeSetup, "clock"> = {},
): Promise<TestAccount> {
  const clock = createVirtualClock();
  const fake = createAmocrmFake({ clock, ...setup, options: { rate: 1000, ...setup.options } });
  await fake.listen();
  onTestFinished(async () => fake.close());
  const call = async (
    method: string,
    path: string,
    body?: unknown,
    token = fake.longLivedToken,
  ): Promise<Answer> => {
    const response = await fetch(
      path.startsWith("http")
        ? path
        : `${fake.domain}${path.startsWith("/oauth2") ? "" : "/api/v4"}${path}`,
      {
        method,
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
    );
    const text = await response.text();
    const parsed: unknown = /^[[{]/.test(text) ? JSON.parse(text) : { text };
    return {
      status: response.status,
      type: response.headers.get("content-type") ?? "",
      body: asMap(parsed),
    };
  };
  return Object.create(fake, {
    clock: { value: clock },
    call: { value: call },
    list: {
      value: async (path: string) => {
        const { status, body } = await call("GET", path);
        if (status === 204) return [];
        if (status !== 200) throw new Error(`${path}: ${String(status)} ${JSON.stringify(body)}`);
        return asList(Object.values(asMap(body["_embedded"]))[0]).map(asMap);
      },
    },
  }) as TestAccount;
}

/** What one embedded list of an answer holds. */
export function embedded(answer: Answer, name: string): Fields[] {
  return asList(asMap(answer.body["_embedded"])[name]).map(asMap);
}
