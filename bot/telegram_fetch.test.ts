import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { createTelegramFetch } from "./telegram_fetch.ts";
import type { SendToTelegram } from "./telegram_http.ts";

const log = pino({ level: "silent" });
const URL = "https://api.telegram.org/bot1:secret/sendMessage";
const POST = { method: "POST", body: "{}" };

/** Answers one after another; a string is an error. */
function scripted(...answers: (Response | string)[]) {
  const calls: string[] = [];
  const pauses: number[] = [];
  const send: SendToTelegram = (url) => {
    calls.push(url);
    const answer = answers[calls.length - 1];
    if (answer === undefined) throw new Error("nobody expected this call");
    return typeof answer === "string" ? Promise.reject(new Error(answer)) : Promise.resolve(answer);
  };
  const sleep = (ms: number) => {
    pauses.push(ms);
    return Promise.resolve();
  };
  return { calls, pauses, fetch: createTelegramFetch({ send, log, sleep }) };
}

function tooMany(seconds: number): Response {
  const body = { ok: false, error_code: 429, parameters: { retry_after: seconds } };
  return new Response(JSON.stringify(body), { status: 429 });
}

const ok = () => new Response('{"ok":true}');

describe("the way to Telegram", () => {
  it("waits out a short 429 and gives the answer behind it", async () => {
    const { fetch, pauses } = scripted(tooMany(3), ok());
    expect((await fetch(URL, POST)).status).toBe(200);
    expect(pauses).toEqual([3000]);
  });

  it("gives a long 429 back, still readable", async () => {
    const { fetch, calls } = scripted(tooMany(60));
    const response = await fetch(URL, POST);
    expect(await response.json()).toMatchObject({ parameters: { retry_after: 60 } });
    expect(calls).toHaveLength(1);
  });

  it("repeats after 5xx and broken connections, twice at most", async () => {
    const bad = () => new Response("<html>", { status: 502 });
    const healed = scripted(bad(), "ECONNRESET", ok());
    expect((await healed.fetch(URL, POST)).status).toBe(200);
    const dead = scripted("a", "b", "c");
    await expect(dead.fetch(URL, POST)).rejects.toThrow(TypeError);
    expect(dead.calls).toHaveLength(3);
  });

  it("rejects with a network error only, and never repeats the token", async () => {
    const { fetch } = scripted("ENOTFOUND", "ENOTFOUND", "ENOTFOUND");
    const error: unknown = await fetch(URL, POST).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(TypeError);
    expect(String(error)).not.toContain("secret");
    expect(String(error)).toContain("sendMessage");
  });

  it("sends an upload and a long poll once", async () => {
    const upload = scripted("ECONNRESET");
    const body = new ReadableStream();
    await expect(upload.fetch(URL, { method: "POST", body })).rejects.toThrow(TypeError);
    const poll = scripted("ECONNRESET");
    const pollUrl = URL.replace("sendMessage", "getUpdates");
    await expect(poll.fetch(pollUrl, POST)).rejects.toThrow(TypeError);
    expect(upload.calls).toHaveLength(1);
    expect(poll.calls).toHaveLength(1);
  });

  it("stops when it is called off", async () => {
    const stopping = new AbortController();
    stopping.abort();
    const { fetch, calls } = scripted("AbortError");
    await expect(fetch(URL, { ...POST, signal: stopping.signal })).rejects.toThrow(TypeError);
    expect(calls).toHaveLength(1);
  });
});
