import type { HttpBindings } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, it } from "vitest";
import { createPageLimit } from "./page_limits.ts";
import { addressOf } from "./visitors.ts";

/** A request that came from a peer, as the web server hands it over. */
async function addressFrom(peer: string, forwarded?: string): Promise<string> {
  const app = new Hono<{ Bindings: HttpBindings }>().get("/", (context) =>
    context.text(addressOf(context)),
  );
  const socket = { remoteAddress: peer, remotePort: 1, remoteFamily: "IPv4" };
  const headers = forwarded === undefined ? {} : { "X-Forwarded-For": forwarded };
  const response = await app.request("/", { headers }, { incoming: { socket } });
  return response.text();
}

describe("the address of a visitor", () => {
  it.each([
    ["is the peer's", "203.0.113.7", undefined, "203.0.113.7"],
    ["is not what a stranger says of himself", "203.0.113.7", "8.8.8.8", "203.0.113.7"],
    ["is what the proxy of this machine wrote", "127.0.0.1", "203.0.113.9", "203.0.113.9"],
    ["is the proxy's own entry, the last", "10.1.2.3", "8.8.8.8, 203.0.113.9", "203.0.113.9"],
    ["may be of version 6", "::1", "2001:db8::5", "2001:db8::5"],
    ["is unmapped", "::ffff:203.0.113.7", undefined, "203.0.113.7"],
    ["is the proxy's where it wrote nonsense", "127.0.0.1", "<script>", "127.0.0.1"],
  ])("%s", async (_, peer, forwarded, expected) => {
    expect(await addressFrom(peer, forwarded)).toBe(expected);
  });
});

describe("a page's limit", () => {
  it("lets so many through in a window, by key", () => {
    let now = 0;
    const clock = () => new Date(now);
    const isPatient = createPageLimit({ most: 2, window: 1000, clock });
    expect([isPatient("a"), isPatient("a"), isPatient("a"), isPatient("b")]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    now = 999;
    expect(isPatient("a")).toBe(false);
    now = 1000;
    expect(isPatient("a")).toBe(true);
  });

  it("forgets the oldest key instead of growing without end", () => {
    const isPatient = createPageLimit({ most: 1, window: 1000, clock: () => new Date(0) });
    isPatient("first");
    for (let index = 0; index < 50_000; index += 1) isPatient(`key ${index}`);
    expect(isPatient("first")).toBe(true);
    expect(isPatient("key 49999")).toBe(false);
  });
});
