import { expect, it } from "vitest";
import { kopecks } from "../../domain/money.ts";
import type { SearchRequest } from "../../domain/search.ts";
import { createTestApp } from "./testing.ts";

const id = "0192f0c1-2345-7abc-8def-0123456789ab";

it("gives hits with their reasons, sums as text", async () => {
  const asked: SearchRequest[] = [];
  const { ask } = await createTestApp({
    search: {
      find: async (request) => {
        asked.push(request);
        const reason = { field: "line", text: "Укладка плитки", marks: [{ start: 8, end: 14 }] };
        const hit = {
          kind: "estimate",
          id,
          title: "Ванная",
          number: "СМ-2026-0001",
          about: "Ленина 12",
          estimateId: id,
          status: "draft",
          total: kopecks(45_050n),
          reasons: [reason],
        } as const;
        return { items: [hit], next: "x1.a", corrections: ["плитка"] } as never;
      },
    },
  });
  const query = new URLSearchParams({
    q: "плитка & !",
    kind: "estimate",
    status: "draft",
    limit: "5",
    cursor: "x2",
  });
  const response = await ask("GET", `/api/v1/search?${query}`);
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({
    items: [
      {
        kind: "estimate",
        id,
        title: "Ванная",
        number: "СМ-2026-0001",
        about: "Ленина 12",
        estimateId: id,
        status: "draft",
        total: "450.50",
        reasons: [{ field: "line", text: "Укладка плитки", marks: [{ start: 8, end: 14 }] }],
      },
    ],
    next: "x1.a",
    corrections: ["плитка"],
  });
  expect(asked).toEqual([
    { text: "плитка & !", kinds: ["estimate"], status: "draft", cursor: "x2", limit: 5 },
  ]);
});

it("refuses strangers and what it does not understand", async () => {
  const { app, ask } = await createTestApp();
  expect((await app.request("/api/v1/search?q=а")).status).toBe(401);
  for (const query of [
    "",
    "?q=а&page=2",
    "?q=а&limit=0",
    "?q=а&kind=user",
    "?q=а&status=lost",
    `?q=${"a".repeat(4097)}`,
  ]) {
    expect([query, (await ask("GET", `/api/v1/search${query}`)).status]).toEqual([query, 400]);
  }
});

it("slows a person down who asks hundreds of times a minute", async () => {
  const { ask } = await createTestApp({
    search: { find: async () => ({ items: [], next: null, corrections: [] }) },
  });
  for (let count = 0; count < 300; count += 1) {
    expect((await ask("GET", "/api/v1/search?q=a")).status).toBe(200);
  }
  const refused = await ask("GET", "/api/v1/search?q=a");
  expect([refused.status, await refused.json()]).toMatchObject([429, { error: { code: "limit" } }]);
});
