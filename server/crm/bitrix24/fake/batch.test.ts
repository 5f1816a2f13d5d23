import { expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { type TestPortal, startPortal } from "./testing.ts";

const KEYS = ["a", "b", "c", "d"];

async function batch(portal: TestPortal, cmd: unknown, halt = 0): Promise<Record<string, unknown>> {
  return portal.result("batch", { cmd, halt });
}

test("creates a deal with its rows in one request by references", async () => {
  const portal = await startPortal();
  const reply = await batch(
    portal,
    {
      deal: `crm.item.add?entityTypeId=2&fields[title]=${encodeURIComponent("Баня & дом [50%]")}`,
      rows: "crm.item.productrow.set?ownerType=D&ownerId=$result[deal][item][id]&productRows[0][productName]=A&productRows[0][price]=7.5&productRows[0][quantity]=2",
      again: "crm.item.get?entityTypeId=2&id=%24result%5Bdeal%5D%5Bitem%5D%5Bid%5D",
    },
    1,
  );
  const again = asMap(asMap(asMap(reply["result"])["again"])["item"]);
  expect(again).toMatchObject({ title: "Баня & дом [50%]", opportunity: 15 });
  expect(reply["result_error"]).toEqual([]);
  expect(portal.journal.count()).toBe(1);
  expect(portal.journal.countRuns("crm.item.productrow.set")).toBe(1);
});

test("chains 50 keyset pages in one request, and a short page makes the rest start over", async () => {
  const portal = await startPortal({ contacts: 130 });
  const page = (after: string): string =>
    `crm.item.list?entityTypeId=3&order[id]=ASC&start=-1&filter[>id]=${after}`;
  const cmd = Object.fromEntries(
    KEYS.map((key, index) => [
      key,
      page(index === 0 ? "0" : `$result[${KEYS[index - 1] ?? ""}][items][49][id]`),
    ]),
  );
  const reply = asMap((await batch(portal, cmd))["result"]);
  const sizes = KEYS.map((key) => asList(asMap(reply[key])["items"]).length);
  expect(sizes).toEqual([50, 50, 30, 50]);
  const firstOf = (key: string): unknown => asMap(asList(asMap(reply[key])["items"])[0])["id"];
  expect(firstOf("d")).toBe(firstOf("a"));
  portal.options.batchChainDepth = 1;
  const shallow = asMap((await batch(portal, cmd))["result"]);
  expect(asMap(asList(asMap(shallow["c"])["items"])[0])["id"]).toBe(firstOf("a"));
  portal.options.emptyIdFilter = "refused";
  expect(asMap((await batch(portal, cmd))["result_error"])["c"]).toMatchObject({
    error: "INVALID_ARG_VALUE",
  });
});

test("writes maps as PHP does: empty ones and numeric ones as lists", async () => {
  const portal = await startPortal();
  const failing = await batch(portal, [
    "crm.item.get?entityTypeId=2&id=1",
    "crm.item.get?entityTypeId=2",
  ]);
  expect(failing).toMatchObject({
    result: [],
    result_error: [{ error: "NOT_FOUND" }, { error: "100" }],
    result_total: [],
    result_next: [],
    result_time: [],
  });
  const mixed = await batch(portal, [
    "crm.item.get?entityTypeId=2&id=1",
    "crm.category.list?entityTypeId=2",
  ]);
  expect(mixed).toMatchObject({
    result: { 1: {} },
    result_error: [{ error: "NOT_FOUND" }],
    result_total: { 1: 2 },
  });
});

test("stops at the first error only when it is told to", async () => {
  const portal = await startPortal();
  const cmd = { bad: "crm.item.get?entityTypeId=2&id=1", good: "server.time" };
  expect(asMap(asMap(await batch(portal, cmd, 0))["result"])).toHaveProperty("good");
  expect((await batch(portal, cmd, 1))["result"]).toEqual([]);
});

test("refuses the 51st command, a batch inside and files inside", async () => {
  const portal = await startPortal();
  const many = await batch(
    portal,
    Array.from({ length: 51 }, () => "server.time"),
  );
  expect(asList(many["result"])).toHaveLength(50);
  expect(asMap(many["result_error"])["50"]).toMatchObject({ error: "ERROR_BATCH_LENGTH_EXCEEDED" });
  const dealId = portal.edit.createDeal({ title: "Баня" });
  const comment = `crm.timeline.comment.add?fields[ENTITY_ID]=${String(dealId)}&fields[ENTITY_TYPE]=deal&fields[COMMENT]=x&fields[FILES][0][0]=a.pdf&fields[FILES][0][1]=JVBE`;
  const refused = await batch(portal, { nested: "batch?cmd[0]=server.time", file: comment });
  expect(refused["result_error"]).toMatchObject({
    nested: { error: "ERROR_BATCH_METHOD_NOT_ALLOWED" },
    file: { error: "ERROR_BATCH_METHOD_NOT_ALLOWED" },
  });
  portal.options.areFilesAllowedInBatch = true;
  expect((await batch(portal, { file: comment }))["result_error"]).toEqual([]);
  expect(portal.invariants().deals[0]?.files).toEqual(["a.pdf"]);
});

test("gives up with a 504 page when the work takes over a minute, keeping what was done", async () => {
  const portal = await startPortal({ options: { cost: () => 25 } });
  const cmd = Array.from({ length: 4 }, () => "crm.item.add?entityTypeId=2&fields[title]=A");
  const answer = await portal.call("batch", { cmd });
  expect(answer.status).toBe(504);
  expect(String(answer.body["text"])).toContain("<html>");
  expect(portal.invariants().deals).toHaveLength(3);
});

test("a scripted failure strikes one command inside a batch", async () => {
  const portal = await startPortal();
  const body = { error: "QUERY_LIMIT_EXCEEDED", error_description: "Too many requests" };
  portal.faults.add({ on: "crm.item.productrow.set", fault: { kind: "reply", status: 503, body } });
  const reply = await batch(portal, {
    deal: "crm.item.add?entityTypeId=2&fields[title]=A",
    rows: "crm.item.productrow.set?ownerType=D&ownerId=$result[deal][item][id]&productRows[0][price]=1",
  });
  expect(reply["result_error"]).toEqual({ rows: body });
  expect(portal.invariants().deals[0]).toMatchObject({ rows: 0, opportunity: 0 });
});
