import { expect, it, vi } from "vitest";
import { setTimeout as sleep } from "node:timers/promises";
import type { Metrics } from "../metrics/metrics.ts";
import { createTestMetrics } from "../metrics/testing.ts";
import { createTestApp, testBotToken } from "./testing.ts";

const secret = "s".repeat(32);
const trusted = { "X-Telegram-Bot-Api-Secret-Token": secret };

/** As Telegram sends it; a header that is null is not sent. */
async function deliver(
  body: string,
  given: Readonly<Record<string, string | null>>,
  handle = vi.fn(async () => {}),
) {
  const note = vi.fn<Metrics["note"]>();
  const { app } = await createTestApp(
    {},
    {
      telegram: { botToken: testBotToken, webhook: { secret, handle } },
      metrics: { ...createTestMetrics(), note },
    },
  );
  // Of the session that `createTestApp` opens.
  note.mockClear();
  const usual = { "Content-Type": "application/json", "Content-Length": String(body.length) };
  const sent = Object.entries({ ...usual, ...given }).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as [string, string]],
  );
  const answer = await app.request("/telegram/webhook", { method: "POST", headers: sent, body });
  return {
    status: answer.status,
    headers: answer.headers,
    text: await answer.text(),
    handle,
    note,
  };
}

it("hands an update of any type to the bot and answers with nothing but a status", async () => {
  const { status, headers, text, handle } = await deliver('{"update_id":7,"new_kind":{}}', trusted);
  expect(status).toBe(200);
  expect([...headers.keys()]).toEqual([]);
  expect(text).toBe("");
  expect(handle).toHaveBeenCalledExactlyOnceWith({ update_id: 7, new_kind: {} });
});

it("hands on what is sent in an unusual way, too, once", async () => {
  for (const unusual of [
    { "Content-Length": null },
    { "Content-Type": "application/json; charset=utf-8" },
    { "Transfer-Encoding": "chunked" },
  ]) {
    const { status, headers, handle } = await deliver('{"update_id":7}', {
      ...trusted,
      ...unusual,
    });
    expect(status).toBe(200);
    expect(headers.get("X-Request-Id")).toMatch(/^[\w-]{36}$/);
    expect(handle).toHaveBeenCalledExactlyOnceWith({ update_id: 7 });
  }
});

it("refuses a wrong and a missing secret before reading anything", async () => {
  for (const headers of [{}, { "X-Telegram-Bot-Api-Secret-Token": "s".repeat(31) }]) {
    const { status, headers: told, handle } = await deliver("{", headers);
    expect(status).toBe(401);
    expect(told.get("X-Content-Type-Options")).toBe("nosniff");
    expect(handle).not.toHaveBeenCalled();
  }
});

it("refuses what is no update", async () => {
  for (const length of [{}, { "Content-Length": null }]) {
    for (const body of ["{", "[]", "{}", '{"update_id":"7"}', '{"update_id":-1}']) {
      const { status, handle } = await deliver(body, { ...trusted, ...length });
      expect(status).toBe(400);
      expect(handle).not.toHaveBeenCalled();
    }
    const large = `{"update_id":1,"x":"${"x".repeat(2 ** 20)}"}`;
    expect((await deliver(large, { ...trusted, ...length })).status).toBe(413);
  }
});

it("asks for another delivery when the bot fails, which it tries once", async () => {
  for (const length of [{}, { "Content-Length": null }]) {
    const handle = vi.fn(() => Promise.reject(new Error("database is down")));
    const { status, headers, text } = await deliver(
      '{"update_id":7}',
      { ...trusted, ...length },
      handle,
    );
    expect(status).toBe(500);
    expect(handle).toHaveBeenCalledOnce();
    expect(headers.get("X-Content-Type-Options")).toBe("nosniff");
    expect(JSON.parse(text)).toMatchObject({
      error: { code: "internal", requestId: headers.get("X-Request-Id") },
    });
  }
});

it("counts each update with all its time, whether it failed or not", async () => {
  const took = 20; // ms
  const handled = vi.fn(() => sleep(took));
  const failed = vi.fn(async () => {
    await sleep(took);
    throw new Error("database is down");
  });
  for (const [handle, outcome] of [
    [handled, "done"],
    [failed, "failed"],
  ] as const) {
    const { note } = await deliver('{"update_id":7}', trusted, handle);
    expect(note).toHaveBeenCalledOnce();
    const counted = note.mock.calls[0]?.[0];
    expect(counted).toMatchObject({ kind: "request", name: "/telegram/webhook", outcome });
    // A timer may fire a millisecond early.
    expect(counted?.seconds).toBeGreaterThan((took - 2) / 1000);
  }
});

it("does not exist while the bot polls", async () => {
  const { app } = await createTestApp();
  expect((await app.request("/telegram/webhook", { method: "POST" })).status).toBe(404);
});
