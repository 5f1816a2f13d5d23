import { Writable } from "node:stream";
import pino from "pino";
import { expect, it } from "vitest";
import { BROWSER } from "./testing_share.ts";
import { createTestApp } from "./testing.ts";

const NAME = "Евстигней Перепёлкин";
const PHONE = "+79031112233";
const EMAIL = "perepelkin@example.ru";
const ADDRESS = "Зелёный проезд, 77";

it("tells the log ids and routes, and nothing of people, also when a request fails", async () => {
  let written = "";
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      written += String(chunk);
      done();
    },
  });
  const { ask, app } = await createTestApp(
    {
      clients: {
        create: () => Promise.reject(new Error("the table is broken")),
        list: async () => ({ items: [], next: null }),
      },
    },
    { log: pino({ level: "trace" }, stream) },
  );
  const client = {
    name: NAME,
    kind: "person",
    phones: [{ raw: PHONE, e164: PHONE }],
    emails: [EMAIL],
    inn: "",
    address: ADDRESS,
    note: "",
  };
  expect((await ask("POST", "/api/v1/clients", client)).status).toBe(500);
  expect((await ask("POST", "/api/v1/clients", { ...client, other: EMAIL })).status).toBe(400);
  const query = new URLSearchParams({ q: `${NAME} ${PHONE}` }).toString();
  expect((await ask("GET", `/api/v1/clients?${query}`)).status).toBe(200);
  await app.request(`/s/${encodeURIComponent(NAME)}`, { headers: { "User-Agent": BROWSER } });
  await app.request(`/nowhere/${encodeURIComponent(ADDRESS)}?${query}`);

  expect(written).toContain("request failed");
  expect(written).toContain("/api/v1/clients");
  for (const secret of [NAME, PHONE, EMAIL, ADDRESS, "Перепёлкин", "9031112233", "Bearer"]) {
    expect(written).not.toContain(secret);
    expect(written).not.toContain(encodeURIComponent(secret));
  }
});
