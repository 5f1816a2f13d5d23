import { expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { type TestPortal, startPortal } from "./testing.ts";

async function addDeal(portal: TestPortal, fields: object = {}): Promise<number> {
  const { item } = await portal.result("crm.item.add", { entityTypeId: 2, fields });
  return Number(asMap(item)["id"]);
}

async function readDeal(portal: TestPortal, id: number): Promise<Record<string, unknown>> {
  return asMap((await portal.result("crm.item.get", { entityTypeId: 2, id }))["item"]);
}

test("computes the prices of a row as the documents' samples show", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal);
  const { productRows } = await portal.result("crm.item.productrow.set", {
    ownerType: "D",
    ownerId,
    productRows: [
      {
        productName: "A",
        price: 80000,
        quantity: 2,
        discountTypeId: 2,
        discountRate: 20,
        taxRate: 20,
        taxIncluded: "Y",
        measureCode: 796,
      },
      {
        productName: "B",
        price: 90000,
        quantity: 3,
        discountRate: 10,
        taxRate: 10,
        taxIncluded: "Y",
        measureCode: 6,
      },
      { productName: "C", price: 99999.99, quantity: 1 },
    ],
  });
  expect(productRows).toMatchObject([
    {
      priceExclusive: 66666.67,
      priceNetto: 83333.34,
      priceBrutto: 100000.01,
      discountSum: 16666.67,
    },
    {
      priceExclusive: 81818.18,
      priceNetto: 90909.09,
      priceBrutto: 100000,
      discountSum: 9090.91,
      measureName: "м",
    },
    {
      priceExclusive: 99999.99,
      priceNetto: 99999.99,
      taxRate: null,
      taxIncluded: "N",
      measureName: "шт",
      ownerId,
    },
  ]);
  expect(await readDeal(portal, ownerId)).toMatchObject({
    opportunity: 529999.99,
    isManualOpportunity: "N",
  });
});

test("replaces all rows with new identifiers, and an empty list takes the amount to nothing", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal);
  const set = async (productRows: object[]): Promise<Record<string, unknown>[]> =>
    asList(
      (await portal.result("crm.item.productrow.set", { ownerType: "D", ownerId, productRows }))[
        "productRows"
      ],
    ).map(asMap);
  const before = await set([{ productName: "A", price: 10.5, quantity: 2 }]);
  const after = await set([
    { productName: "A", price: 10.5, quantity: 2 },
    { productName: "B", price: 1 },
  ]);
  expect(after.map((row) => row["id"])).not.toContain(before[0]?.["id"]);
  expect(await readDeal(portal, ownerId)).toMatchObject({ opportunity: 22 });
  await set([]);
  expect(await readDeal(portal, ownerId)).toMatchObject({ opportunity: 0 });
});

test("leaves an amount that is kept by hand", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal, { opportunity: 100.01, isManualOpportunity: "Y" });
  await portal.result("crm.item.productrow.set", {
    ownerType: "D",
    ownerId,
    productRows: [{ productName: "A", price: 100 }],
  });
  expect(await readDeal(portal, ownerId)).toMatchObject({ opportunity: 100.01 });
  const { item } = await portal.result("crm.item.update", {
    entityTypeId: 2,
    id: ownerId,
    fields: { isManualOpportunity: "N" },
  });
  expect(asMap(item)["opportunity"]).toBe(100);
});

test("holds quantities to 4 decimals and rounds row by row, or only the total by the switch", async () => {
  const portal = await startPortal();
  const productRows = [
    { productName: "A", price: 0.05, quantity: 0.1 },
    { productName: "B", price: 0.05, quantity: 0.1 },
    { productName: "C", price: 1, quantity: 0.123456 },
  ];
  const byRows = await addDeal(portal);
  await portal.result("crm.item.productrow.set", { ownerType: "D", ownerId: byRows, productRows });
  expect(await readDeal(portal, byRows)).toMatchObject({ opportunity: 0.14 });
  portal.options.opportunityRounding = "total";
  const byTotal = await addDeal(portal);
  await portal.result("crm.item.productrow.set", { ownerType: "D", ownerId: byTotal, productRows });
  expect(await readDeal(portal, byTotal)).toMatchObject({ opportunity: 0.13 });
  const { productRows: listed } = await portal.result("crm.item.productrow.list", {
    filter: { "=ownerType": "D", "=ownerId": byTotal },
  });
  expect(asMap(asList(listed)[2])["quantity"]).toBe(0.1235);
});

test("meets a unit it lacks as the switch says", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal);
  const productRows = [{ productName: "Плитка", price: 900, quantity: 2, measureCode: 55 }];
  const call = async (): ReturnType<TestPortal["call"]> =>
    portal.call("crm.item.productrow.set", { ownerType: "D", ownerId, productRows });
  const firstRow = async (): Promise<unknown> =>
    asList(asMap((await call()).body["result"])["productRows"])[0];
  expect(await firstRow()).toMatchObject({ measureCode: 796, measureName: "шт" });
  portal.options.unknownMeasure = "kept";
  expect(await firstRow()).toMatchObject({ measureCode: 55, measureName: "" });
  portal.options.unknownMeasure = "refused";
  expect(await call()).toMatchObject({ status: 400, body: { error: "0" } });
  portal.edit.addMeasure({ code: 55, title: "Квадратный метр", symbol: "м²" });
  expect(await firstRow()).toMatchObject({ measureCode: 55, measureName: "м²" });
});

test("touches the deal and tells about it, or not, by the switches", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal);
  const handler = portal.outgoingWebhook({ url: "http://127.0.0.1:1/none" });
  expect(handler.applicationToken).toHaveLength(32);
  const productRows = [{ productName: "A", price: 1 }];
  const changed = async (): Promise<{ isTouched: boolean; events: number }> => {
    const before = await readDeal(portal, ownerId);
    const seen = portal.webhooks.deliveries().length;
    await portal.clock.advance(5000);
    await portal.result("crm.item.productrow.set", { ownerType: "D", ownerId, productRows });
    await portal.webhooks.settled();
    const after = await readDeal(portal, ownerId);
    return {
      isTouched: before["updatedTime"] !== after["updatedTime"],
      events: portal.webhooks.deliveries().length - seen,
    };
  };
  expect(await changed()).toEqual({ isTouched: true, events: 1 });
  portal.options.eventsPerUpdate = 2;
  expect(await changed()).toEqual({ isTouched: true, events: 2 });
  portal.options.doProductRowsRaiseEvent = false;
  expect(await changed()).toEqual({ isTouched: true, events: 0 });
  portal.options.doProductRowsTouchDeal = false;
  expect(await changed()).toEqual({ isTouched: false, events: 0 });
});

test("refuses unknown owners, foreign types, missing rows and negative prices", async () => {
  const portal = await startPortal();
  const ownerId = await addDeal(portal);
  const set = async (params: object): ReturnType<TestPortal["call"]> =>
    portal.call("crm.item.productrow.set", params);
  expect(await set({ ownerType: "D", ownerId: 3, productRows: [] })).toMatchObject({
    status: 400,
    body: { error: "OWNER_NOT_FOUND" },
  });
  expect(await set({ ownerType: "C", ownerId, productRows: [] })).toMatchObject({
    body: { error: "ENTITY_TYPE_NOT_SUPPORTED" },
  });
  expect(await set({ ownerType: "D", ownerId })).toMatchObject({ body: { error: "100" } });
  const negative = { ownerType: "D", ownerId, productRows: [{ productName: "Скидка", price: -5 }] };
  expect(await set(negative)).toMatchObject({ body: { error: "0" } });
  portal.options.negativeRow = "accepted";
  expect(await set(negative)).toMatchObject({ status: 200 });
  expect(
    await portal.call("crm.item.productrow.list", { filter: { "=ownerType": "D" } }),
  ).toMatchObject({ body: { error: "INVALID_ARG_VALUE" } });
});
