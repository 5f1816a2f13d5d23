import { expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { startPortal } from "./testing.ts";

test("knows its one webhook by employee and secret", async () => {
  const portal = await startPortal();
  const wrong = portal.webhookUrl.replace(/[^/]+\/$/, "0000000000000000/");
  expect((await fetch(`${wrong}profile`)).status).toBe(401);
  const naked = await fetch(`${new URL(portal.webhookUrl).origin}/rest/profile`);
  expect(naked.status).toBe(401);
  expect(await naked.json()).toMatchObject({ error: "NO_AUTH_FOUND" });
  portal.edit.revokeWebhook();
  expect(await portal.call("profile")).toMatchObject({
    status: 401,
    body: { error: "INVALID_CREDENTIALS" },
  });
  portal.edit.restoreWebhook();
  expect(await portal.result("profile")).toMatchObject({ ID: "1", ADMIN: true });
  portal.edit.expireWebhook(portal.clock.now());
  expect(await portal.call("profile")).toMatchObject({ status: 401 });
});

test("asks for scopes", async () => {
  const portal = await startPortal();
  expect(await portal.result("scope")).toEqual(["crm", "catalog"]);
  portal.edit.removeScope("crm");
  expect(await portal.call("crm.item.list", { entityTypeId: 2 })).toMatchObject({
    status: 403,
    body: { error: "insufficient_scope" },
  });
  expect(await portal.result("method.get", { name: "crm.item.list" })).toEqual({
    isExisting: true,
    isAvailable: false,
  });
  expect(await portal.call("server.time")).toMatchObject({ status: 200 });
});

test("an employee without the right to a funnel sees nothing of it", async () => {
  const portal = await startPortal();
  const id = portal.edit.createDeal({ title: "Скрытая", categoryId: 7 });
  portal.edit.createDeal({ title: "Видимая" });
  portal.edit.hideFunnel(7);
  const { categories } = await portal.result("crm.category.list", { entityTypeId: 2 });
  expect(asList(categories).map((one) => asMap(one)["id"])).toEqual([0]);
  const { items } = await portal.result("crm.item.list", { entityTypeId: 2 });
  expect(asList(items)).toMatchObject([{ title: "Видимая" }]);
  const denied = { status: 400, body: { error: "ACCESS_DENIED" } };
  expect(await portal.call("crm.item.get", { entityTypeId: 2, id })).toMatchObject(denied);
  expect(
    await portal.call("crm.item.add", { entityTypeId: 2, fields: { categoryId: 7 } }),
  ).toMatchObject(denied);
  portal.edit.setAdministrator(false);
  expect(await portal.call("catalog.measure.list")).toMatchObject({
    body: { error: "200040300010" },
  });
});

test.each([
  ["unpaid", 403, "ACCESS_DENIED"],
  ["overloaded", 503, "OVERLOAD_LIMIT"],
  ["deleted", 500, "PORTAL_DELETED"],
] as const)("answers for a portal that is %s", async (condition, status, error) => {
  const portal = await startPortal();
  portal.edit.setCondition(condition);
  expect(await portal.call("server.time")).toMatchObject({ status, body: { error } });
  portal.edit.setCondition("working");
  expect(await portal.call("server.time")).toMatchObject({ status: 200 });
});

test("sends visitors of the old address to the new one after a rename", async () => {
  const portal = await startPortal();
  const old = portal.webhookUrl;
  const moved = await portal.edit.renamePortal();
  const response = await fetch(`${old}profile`, { method: "POST", redirect: "manual" });
  expect(response.status).toBe(302);
  const location = response.headers.get("location") ?? "";
  expect(location.startsWith(moved)).toBe(true);
  expect((await fetch(location, { method: "POST" })).status).toBe(200);
  const trap = await portal.edit.renamePortal("http://10.0.0.1/");
  const lured = await fetch(location, { method: "POST", redirect: "manual" });
  expect(lured.headers.get("location")).toMatch(/^http:\/\/10\.0\.0\.1\/rest\//);
  expect(trap).not.toBe(moved);
});

test("tells its time in its own zone, summer time and a wrong clock included", async () => {
  const portal = await startPortal({
    options: { timezone: "Europe/Berlin", clockSkew: 10 * 60_000 },
  });
  expect((await portal.call("server.time")).body["result"]).toBe("2026-03-02T13:10:00+01:00");
  await portal.clock.advance(60 * 86_400_000);
  expect((await portal.call("server.time")).body["result"]).toBe("2026-05-01T14:10:00+02:00");
});

test("prefixes stages of a funnel in the directory, or not", async () => {
  const portal = await startPortal();
  const codes = async (): Promise<unknown[]> => {
    const rows = await portal.result("crm.status.list", {
      filter: { ENTITY_ID: "DEAL_STAGE_7" },
      order: { SORT: "ASC" },
    });
    return asList(rows).map((row) => asMap(row)["STATUS_ID"]);
  };
  expect((await codes()).slice(0, 2)).toEqual(["C7:NEW", "C7:UC_8K2MA1"]);
  portal.options.isStatusIdPrefixed = false;
  expect((await codes()).slice(0, 2)).toEqual(["NEW", "UC_8K2MA1"]);
});
