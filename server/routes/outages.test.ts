import { setTimeout as sleep } from "node:timers/promises";
import { Hono } from "hono";
import { pino } from "pino";
import { describe, expect, it } from "vitest";
import { OutageError } from "../../domain/errors.ts";
import type { AppEnvironment } from "./dependencies.ts";
import { createErrorHandler, limitTime } from "./errors.ts";
import { createTestApp } from "./testing.ts";

const log = pino({ level: "silent" });

function outageOf(code: string): Error {
  return Object.assign(new Error("the database"), { code });
}

describe("while the database is away", () => {
  it.each(["ECONNREFUSED", "CONNECTION_CLOSED", "57P01", "53300", "25006"])(
    "programs are told to come again, and why (%s)",
    async (code) => {
      const { ask } = await createTestApp({
        clients: { list: () => Promise.reject(outageOf(code)) },
      });
      const answer = await ask("GET", "/api/v1/clients");
      expect(answer.status).toBe(503);
      expect(await answer.json()).toMatchObject({
        error: { code: "unavailable", message: expect.stringContaining("База данных") as string },
      });
    },
  );

  it("an update that met the outage is refused in the same way", async () => {
    const app = new Hono<AppEnvironment>();
    app.onError(createErrorHandler(log));
    app.get("/", () => {
      throw new OutageError(outageOf("57P03"));
    });
    expect((await app.request("/")).status).toBe(503);
  });

  it("a request that nobody answers ends all the same", async () => {
    const app = new Hono<AppEnvironment>();
    app.onError(createErrorHandler(log));
    app.get("/", limitTime(20), () => new Promise<never>(() => undefined));
    const answer = await app.request("/");
    expect(answer.status).toBe(503);
    expect(await answer.json()).toMatchObject({ error: { code: "unavailable" } });
  });

  it("a photo over a bad network has the time that it needs", async () => {
    const app = new Hono<AppEnvironment>();
    app.post("/", limitTime(20), async (context) => {
      await sleep(60);
      return context.text("taken");
    });
    const body = "x".repeat(100_000);
    const headers = { "Content-Length": String(body.length) };
    const answer = await app.request("/", { method: "POST", body, headers });
    expect(answer.status).toBe(200);
  });
});
