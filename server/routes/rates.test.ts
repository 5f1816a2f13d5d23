import { describe, expect, it } from "vitest";
import { MOST_REQUESTS } from "./rates.ts";
import { createTestApp } from "./testing.ts";

type App = Awaited<ReturnType<typeof createTestApp>>["app"];

/** As the web server hands over what came from a peer. */
function askFrom(app: App, peer: string, headers: Record<string, string> = {}) {
  const socket = { remoteAddress: peer, remotePort: 1, remoteFamily: "IPv4" };
  return app.request("/api/v1/me", { headers }, { incoming: { socket } });
}

describe("the API", () => {
  it("slows an address down, whoever it says it is, and nobody else", async () => {
    const { app, token, setTime } = await createTestApp();
    const own = { Authorization: `Bearer ${token}` };
    setTime(new Date("2026-11-22T09:00:00Z"));
    for (let count = 0; count < MOST_REQUESTS.address; count += 1) {
      const guess = { Authorization: `Bearer ${String(count).padStart(43, "x")}` };
      const headers = { ...guess, "X-Forwarded-For": `198.51.100.${count % 250}` };
      const { status } = await askFrom(app, "203.0.113.7", headers);
      if (status !== 401) throw new Error(`request ${count}: ${status}`);
    }
    const refused = await askFrom(app, "203.0.113.7", own);
    expect(refused.status).toBe(429);
    expect(refused.headers.get("Retry-After")).toBe("60");
    expect(await refused.json()).toMatchObject({ error: { code: "limit" } });
    expect((await askFrom(app, "203.0.113.8", own)).status).not.toBe(429);
    setTime(new Date("2026-11-22T09:01:00Z"));
    expect((await askFrom(app, "203.0.113.7", own)).status).not.toBe(429);
  });

  it("slows a person down, from however many addresses", async () => {
    const { app, token } = await createTestApp();
    const own = { Authorization: `Bearer ${token}` };
    const statuses = new Map<boolean, number>();
    for (let count = 0; count < MOST_REQUESTS.person + 5; count += 1) {
      const { status } = await askFrom(app, `203.0.113.${count % 250}`, own);
      statuses.set(status === 429, (statuses.get(status === 429) ?? 0) + 1);
    }
    expect(statuses).toEqual(
      new Map([
        [false, MOST_REQUESTS.person],
        [true, 5],
      ]),
    );
  });
});
