import { expect, test } from "vitest";
import { asMap } from "../../fake/values.ts";
import { startPortal } from "./testing.ts";

test("lets 50 requests through at once and then two a second", async () => {
  const portal = await startPortal();
  const statuses = async (count: number): Promise<number[]> => {
    const answers = await Promise.all(
      Array.from({ length: count }, async () => portal.call("server.time")),
    );
    return answers.map(({ status }) => status).toSorted((a, b) => a - b);
  };
  expect((await statuses(52)).filter((status) => status === 503)).toHaveLength(2);
  await portal.clock.advance(1000);
  expect(await statuses(3)).toEqual([200, 200, 503]);
  const refused = await portal.call("server.time");
  expect(refused.body).toEqual({
    error: "QUERY_LIMIT_EXCEEDED",
    error_description: "Too many requests",
  });
});

test("parks one method when it has worked too long and frees it minute by minute", async () => {
  const portal = await startPortal({
    options: { cost: (method) => (method === "crm.item.list" ? 20 : 0.1), operatingLimit: 480 },
  });
  const list = async (): ReturnType<typeof portal.call> =>
    portal.call("crm.item.list", { entityTypeId: 2 });
  const calls = [];
  for (let call = 0; call < 25; call += 1) {
    calls.push(await list());
    await portal.clock.advance(4000);
  }
  const last = asMap(calls.at(-1)?.body["time"]);
  expect(last["operating"]).toBe(500);
  const blocked = await list();
  expect(blocked).toMatchObject({ status: 429, body: { error: "OPERATION_TIME_LIMIT" } });
  expect(await portal.call("server.time")).toMatchObject({ status: 200 });
  const wait = Number(last["operating_reset_at"]) * 1000 - portal.clock.now();
  await portal.clock.advance(wait - 1000);
  expect(await list()).toMatchObject({ status: 429 });
  await portal.clock.advance(1000);
  expect(await list()).toMatchObject({ status: 200 });
});

test("bills a batch to its methods or to itself, by the switch", async () => {
  const portal = await startPortal({ options: { cost: () => 10, operatingLimit: 15 } });
  const cmd = [
    "crm.item.list?entityTypeId=2",
    "crm.item.list?entityTypeId=3",
    "crm.item.list?entityTypeId=4",
  ];
  const nested = await portal.result("batch", { cmd });
  expect(nested["result_error"]).toMatchObject({ 2: { error: "OPERATION_TIME_LIMIT" } });
  await portal.clock.advance(600_000);
  portal.options.operatingBilledTo = "batch";
  expect((await portal.result("batch", { cmd }))["result_error"]).toEqual([]);
  expect(await portal.call("batch", { cmd })).toMatchObject({ status: 429 });
  expect(await portal.call("crm.item.list", { entityTypeId: 2 })).toMatchObject({ status: 200 });
});

test("says nothing of its work on portals that do not report it", async () => {
  const portal = await startPortal({ options: { isOperatingReported: false } });
  const { body } = await portal.call("server.time");
  expect(asMap(body["time"])).not.toHaveProperty("operating");
  expect(asMap(body["time"])).toHaveProperty("duration");
});
