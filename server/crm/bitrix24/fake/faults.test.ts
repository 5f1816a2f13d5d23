import { expect, test } from "vitest";
import type { Fault } from "../../fake/faults.ts";
import { startPortal } from "./testing.ts";

const add = { entityTypeId: 2, fields: { title: "Баня", originId: "1" } };

test.each<[string, Fault, number]>([
  ["drops before the work", { kind: "drop" }, 0],
  ["drops after the work", { kind: "commitThenDrop" }, 1],
  ["resets the connection", { kind: "reset" }, 0],
  ["cuts the answer in two", { kind: "truncate" }, 1],
  ["calls a plain answer gzip", { kind: "badGzip" }, 1],
])("%s", async (_name, fault, created) => {
  const portal = await startPortal({ faults: [{ on: "crm.item.add", fault }] });
  await expect(portal.call("crm.item.add", add)).rejects.toThrow(
    /fetch failed|terminated|decod|incorrect header|Unexpected|aborted/i,
  );
  expect(portal.invariants().deals).toHaveLength(created);
  expect(await portal.call("crm.item.add", add)).toMatchObject({ status: 200 });
  expect(portal.invariants().duplicates).toHaveLength(created);
  expect(portal.faults.pending()).toBe(0);
});

test.each<[string, Fault, number, number]>([
  ["a page instead of an answer", { kind: "html", status: 200 }, 200, 0],
  ["a page after the work", { kind: "commitThenHtml", status: 502 }, 502, 1],
  ["a scripted refusal", { kind: "reply", status: 503, body: { error: "OVERLOAD_LIMIT" } }, 503, 0],
  [
    "a scripted refusal after the work",
    { kind: "commitThenReply", status: 500, body: "oops" },
    500,
    1,
  ],
  ["a late answer", { kind: "commitThenDelay", milliseconds: 20 }, 200, 1],
  ["a late start", { kind: "delay", milliseconds: 20 }, 200, 1],
])("%s", async (_name, fault, status, created) => {
  const portal = await startPortal({ faults: [{ on: /add$/, fault }] });
  expect(await portal.call("crm.item.add", add)).toMatchObject({ status });
  expect(portal.invariants().deals).toHaveLength(created);
});

test("strikes the nth call and the next ones as told, and notes it in the journal", async () => {
  const portal = await startPortal();
  portal.faults.add({ on: "server.time", nth: 2, times: 2, fault: { kind: "html", status: 502 } });
  const statuses = [];
  for (let call = 0; call < 4; call += 1) statuses.push((await portal.call("server.time")).status);
  expect(statuses).toEqual([200, 502, 502, 200]);
  expect(portal.journal.entries().map(({ fault }) => fault)).toEqual([null, "html", "html", null]);
  expect(JSON.stringify(portal.journal.entries())).not.toContain(
    portal.webhookUrl.split("/").at(-2),
  );
});

test("answers 413 with a page when the body is too large", async () => {
  const portal = await startPortal({ options: { maxBodyBytes: 1000 } });
  const answer = await portal.call("crm.item.add", {
    entityTypeId: 2,
    fields: { comments: "я".repeat(600) },
  });
  expect(answer.status).toBe(413);
});
