import { expect, test } from "vitest";
import { createReceiver } from "../../fake/testing.ts";
import { asMap, asText } from "../../fake/values.ts";
import { startPortal } from "./testing.ts";

test("tells a handler the name and the identifier only, signed with its token", async () => {
  const portal = await startPortal();
  const receiver = await createReceiver();
  const { applicationToken } = portal.outgoingWebhook({ url: receiver.url });
  const id = portal.edit.createDeal({ title: "Баня" });
  portal.edit.moveDeal(id, "WON");
  portal.edit.deleteDeal(id);
  await portal.webhooks.settled();
  expect(receiver.received.map((event) => event["event"])).toEqual([
    "ONCRMDEALADD",
    "ONCRMDEALUPDATE",
    "ONCRMDEALDELETE",
  ]);
  const [first] = receiver.received;
  expect(first?.["data"]).toEqual({ FIELDS: { ID: String(id) } });
  expect(asMap(first?.["auth"])).toMatchObject({
    application_token: applicationToken,
    member_id: portal.memberId,
  });
  expect(asText(first?.["ts"])).toMatch(/^\d{10}$/);
  await receiver.close();
});

test("says nothing of a move into another funnel", async () => {
  const portal = await startPortal();
  const receiver = await createReceiver();
  portal.outgoingWebhook({ url: receiver.url });
  const id = portal.edit.createDeal({ title: "Баня" });
  portal.edit.moveDeal(id, "C7:WON");
  await portal.webhooks.settled();
  expect(receiver.received).toHaveLength(1);
  expect(() =>
    portal.outgoingWebhook({ url: receiver.url, events: ["onCrmDealMoveToCategory"] }),
  ).toThrow(/cannot subscribe/);
  await receiver.close();
});

test("tries once: what a failing handler missed stays lost", async () => {
  const portal = await startPortal();
  const receiver = await createReceiver();
  portal.outgoingWebhook({ url: receiver.url, events: ["ONCRMCONTACTADD"] });
  receiver.answerWith(500);
  portal.edit.createContact({ name: "Анна" });
  await portal.webhooks.settled();
  await portal.clock.advance(86_400_000);
  expect(portal.webhooks.deliveries().map(({ status }) => status)).toEqual([500]);
  await receiver.close();
});

test("can lose, repeat and reorder what it sends", async () => {
  const portal = await startPortal();
  const receiver = await createReceiver();
  portal.outgoingWebhook({ url: receiver.url });
  portal.webhooks.misbehave({
    duplicates: 1,
    reorderSeed: 3,
    isLost: (_message, number) => number === 2,
  });
  portal.webhooks.hold();
  const ids = ["А", "Б", "В", "Г"].map((title) => portal.edit.createDeal({ title }));
  await portal.webhooks.settled();
  expect(receiver.received).toEqual([]);
  await portal.webhooks.release();
  const seen = receiver.received.map((event) =>
    Number(asMap(asMap(event["data"])["FIELDS"])["ID"]),
  );
  expect(seen).toHaveLength(6);
  expect(new Set(seen).size).toBe(3);
  expect(seen).not.toEqual(ids.flatMap((id) => [id, id]).filter((id) => seen.includes(id)));
  await receiver.close();
});

test("a merge leaves one contact with the phones and the deals of both", async () => {
  const portal = await startPortal();
  const kept = portal.edit.createContact({
    name: "Анна",
    fm: [{ typeId: "PHONE", value: "+79161111111" }],
  });
  const merged = portal.edit.createContact({
    name: "Аня",
    fm: [{ typeId: "PHONE", value: "+79162222222" }],
  });
  const dealId = portal.edit.createDeal({ contactIds: [merged] });
  portal.edit.mergeContacts(kept, merged);
  expect(await portal.call("crm.item.get", { entityTypeId: 3, id: merged })).toMatchObject({
    body: { error: "NOT_FOUND" },
  });
  const { item } = await portal.result("crm.item.get", { entityTypeId: 3, id: kept });
  expect(asMap(item)["fm"]).toMatchObject([{ value: "+79161111111" }, { value: "+79162222222" }]);
  const deal = await portal.result("crm.item.get", { entityTypeId: 2, id: dealId });
  expect(asMap(deal["item"])["contactIds"]).toEqual([kept]);
});
