import { Api, GrammyError } from "grammy";
import { expect, it, vi } from "vitest";
import { createUpdateApi } from "./update_api.ts";
import { answerOf, type CallSignal } from "./telegram_http.ts";

interface Given {
  readonly body: string;
  readonly signal: CallSignal;
}

/** The bot's own `Api`, whose calls are noted and answered with this. */
function createApi(answer: object) {
  const fetch = vi.fn(async (_url: string, _given: Given) => answerOf(200, JSON.stringify(answer)));
  const api = new Api("1:token", { fetch: fetch as never, apiRoot: "http://telegram.test" });
  return { api, fetch, call: () => fetch.mock.calls.at(-1) };
}

/** Counts who listens. */
function createSignal(): CallSignal & { readonly listeners: Set<() => void> } {
  const listeners = new Set<() => void>();
  return {
    aborted: false,
    listeners,
    addEventListener: (_, listener) => void listeners.add(listener),
    removeEventListener: (_, listener) => void listeners.delete(listener),
  };
}

it("calls as the bot's own does, with its answers and refusals", async () => {
  const { api, call } = createApi({ ok: true, result: { message_id: 7 } });
  const own = createUpdateApi(api, { signal: null });
  expect(await own.sendMessage(5, "Смета")).toEqual({ message_id: 7 });
  expect(call()?.[0]).toBe("http://telegram.test/bot1:token/sendMessage");
  expect(JSON.parse(call()?.[1].body ?? "")).toEqual({ chat_id: 5, text: "Смета" });
  expect(own.token).toBe(api.token);
  expect(own.options).toBe(api.options);

  const refused = createApi({ ok: false, error_code: 400, description: "Bad Request" });
  const asked = createUpdateApi(refused.api, { signal: null }).sendMessage(5, "Смета");
  await expect(asked).rejects.toThrow(GrammyError);
});

it("ends its calls with the limit, and none of another update", async () => {
  const { api, fetch } = createApi({ ok: true, result: true });
  const [first, second] = [createSignal(), createSignal()];
  let answer: (value: ReturnType<typeof answerOf>) => void = () => undefined;
  fetch.mockImplementation(
    () =>
      new Promise((resolve) => {
        answer = resolve;
      }),
  );
  const limit = { signal: first };
  const asking = createUpdateApi(api, limit).deleteMessage(5, 7);
  await vi.waitFor(() => expect(fetch).toHaveBeenCalledOnce());
  expect(first.listeners.size).toBe(1);
  expect(second.listeners.size).toBe(0);
  for (const listener of first.listeners) listener();
  expect(fetch.mock.calls[0]?.[1].signal.aborted).toBe(true);
  answer(answerOf(200, '{"ok":true,"result":true}'));
  expect(await asking).toBe(true);
  expect(first.listeners.size).toBe(0);
});

it("follows a limit that is taken off, and a signal that a call brings goes first", async () => {
  const { api, fetch } = createApi({ ok: true, result: true });
  const [limited, given] = [createSignal(), createSignal()];
  const note = vi.fn<() => readonly number[]>();
  fetch.mockImplementation(async () => {
    note.mockReturnValueOnce([limited.listeners.size, given.listeners.size]);
    return answerOf(200, '{"ok":true,"result":true}');
  });
  const limit: { signal: CallSignal | null } = { signal: limited };
  const own = createUpdateApi(api, limit);
  await own.deleteMessage(5, 7);
  expect(note()).toEqual([1, 0]);
  await own.deleteMessage(5, 7, given as never);
  expect(note()).toEqual([0, 1]);
  limit.signal = null;
  await own.deleteMessage(5, 7);
  expect(note()).toEqual([0, 0]);
});

it("calls what has no payload, too", async () => {
  const { api, call } = createApi({ ok: true, result: { id: 1 } });
  const own = createUpdateApi(api, { signal: createSignal() });
  expect(await own.getMe()).toEqual({ id: 1 });
  expect(call()?.[1].body).toBe("{}");
});
