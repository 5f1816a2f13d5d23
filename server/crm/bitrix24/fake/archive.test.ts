import { expect, test } from "vitest";
import { startPortal } from "./testing.ts";

test("goes on from what was saved: deals, rows, files, edits and its own address book", async () => {
  let changes = 0;
  const setup = { contacts: 50, seed: 3 };
  const first = await startPortal({ ...setup, onChange: () => (changes += 1) });
  const id = first.edit.createDeal({ title: "Баня", contactIds: [11], categoryId: 7 });
  await first.result("crm.item.productrow.set", {
    ownerType: "D",
    ownerId: id,
    productRows: [{ productName: "Плитка", price: 10, quantity: 3 }],
  });
  const content = Buffer.from("%PDF").toString("base64");
  await first.result("crm.timeline.comment.add", {
    fields: {
      ENTITY_ID: id,
      ENTITY_TYPE: "deal",
      COMMENT: "Смета",
      FILES: [["смета.pdf", content]],
    },
  });
  first.edit.editContact(13, { name: "Правлен" });
  first.edit.deleteContact(15);
  first.edit.removeScope("catalog");
  first.outgoingWebhook({ url: "http://127.0.0.1:1/hook", applicationToken: "token" });
  const saved = first.save();
  expect(changes).toBe(5);

  const second = await startPortal({ ...setup, saved });
  await second.clock.advance(86_400_000);
  expect(second.invariants()).toEqual(first.invariants());
  expect(new URL(second.webhookUrl).pathname).toBe(new URL(first.webhookUrl).pathname);
  const read = async (portal: typeof first, entityId: number): Promise<unknown> =>
    portal
      .call("crm.item.get", { entityTypeId: 3, id: entityId })
      .then(({ body }) => body["result"]);
  expect(await read(second, 13)).toEqual(await read(first, 13));
  expect(await read(second, 17)).toEqual(await read(first, 17));
  expect(await second.call("crm.item.get", { entityTypeId: 3, id: 15 })).toMatchObject({
    body: { error: "NOT_FOUND" },
  });
  expect(await second.result("scope")).toEqual(["crm"]);
  expect(second.edit.createDeal({ title: "Ещё" })).toBeGreaterThan(id);
  await second.webhooks.settled();
  expect(second.webhooks.deliveries()).toHaveLength(1);
});
