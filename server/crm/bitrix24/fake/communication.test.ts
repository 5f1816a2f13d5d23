import { expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { type TestPortal, startPortal } from "./testing.ts";

async function find(portal: TestPortal, type: string, values: string[]): Promise<unknown> {
  return portal.result("crm.duplicate.findbycomm", { type, values });
}

test("finds a number in whatever spelling, without regard to extensions", async () => {
  const portal = await startPortal({ contacts: 300 });
  const id = portal.edit.createContact({
    name: "Анна",
    fm: [{ typeId: "PHONE", value: "8 (916) 555-44-33 доб. 7" }],
  });
  for (const spelled of ["+7 916 555-44-33", "89165554433", "79165554433#404", "9165554433"]) {
    expect(await find(portal, "PHONE", [spelled])).toEqual({ CONTACT: [id] });
  }
  expect(await find(portal, "PHONE", ["+7 916 000-00-00"])).toEqual([]);
});

test("finds seeded people and companies, and forgets what was edited away", async () => {
  const portal = await startPortal({ contacts: 300 });
  const { items } = await portal.result("crm.item.list", { entityTypeId: 3, select: ["*"] });
  const contact = asList(items)
    .map(asMap)
    .find((one) => /9\d\d/.test(String(one["phone"])));
  const phone = String(contact?.["phone"]);
  expect(await find(portal, "PHONE", [phone])).toEqual({ CONTACT: [contact?.["id"]] });
  const [entry] = asList(contact?.["fm"]).map(asMap);
  portal.edit.editContact(Number(contact?.["id"]), {
    fm: { [String(entry?.["id"])]: { typeId: "PHONE", value: "" } },
  });
  expect(await find(portal, "PHONE", [phone])).toEqual([]);
  const shared = asMap(await find(portal, "EMAIL", ["info0@company.example"]));
  expect(asList(shared["COMPANY"])).toHaveLength(1);
});

test("returns at most 20 of a kind and leaves out the kinds after a full one", async () => {
  const portal = await startPortal({ contacts: 0, companies: 0 });
  const fm = [{ typeId: "PHONE", value: "+7 495 000-00-00" }];
  const ids = Array.from({ length: 22 }, () => portal.edit.createContact({ name: "Офис", fm }));
  portal.edit.createCompany({ title: "ООО «Офис»", fm });
  expect(await find(portal, "PHONE", ["8 495 0000000"])).toEqual({ CONTACT: ids.slice(0, 20) });
  expect(await portal.call("crm.duplicate.findbycomm", { values: ["1"] })).toMatchObject({
    status: 400,
    body: { error: "Communication type is not defined" },
  });
});

test("takes files with a comment, once each time it is asked", async () => {
  const portal = await startPortal();
  const id = portal.edit.createDeal({ title: "Баня" });
  const content = Buffer.from("%PDF-1.7").toString("base64");
  const attach = async (fields: object): ReturnType<TestPortal["call"]> =>
    portal.call("crm.timeline.comment.add", {
      fields: { ENTITY_ID: id, ENTITY_TYPE: "deal", ...fields },
    });
  expect(
    await attach({
      COMMENT: "Смета",
      FILES: [
        ["смета.pdf", content],
        ["нет.pdf", `data:application/pdf;base64,${content}`],
      ],
    }),
  ).toMatchObject({ status: 200 });
  expect(await attach({ COMMENT: "" })).toMatchObject({ body: { error: "INVALID_ARG_VALUE" } });
  expect(await portal.call("crm.timeline.comment.add", { FIELDS: {} })).toMatchObject({
    body: { error: "100" },
  });
  expect(portal.invariants().deals[0]?.files).toEqual(["смета.pdf"]);
  const comments = asList(
    await portal.result("crm.timeline.comment.list", {
      filter: { ENTITY_ID: id, ENTITY_TYPE: "deal" },
    }),
  );
  expect(Object.values(asMap(asMap(comments[0])["FILES"]))).toMatchObject([
    { name: "смета.pdf", size: 8 },
  ]);
});

test("adds a custom field under the irregular name and searches by it", async () => {
  const portal = await startPortal();
  const add = async (fields: object): ReturnType<TestPortal["call"]> =>
    portal.call("crm.deal.userfield.add", { fields });
  expect(await add({ FIELD_NAME: "estimate_id", USER_TYPE_ID: "string" })).toMatchObject({
    status: 200,
  });
  expect(await add({ FIELD_NAME: "UF_CRM_1720019876534", USER_TYPE_ID: "boolean" })).toMatchObject({
    status: 200,
  });
  expect(await add({ FIELD_NAME: "смета", USER_TYPE_ID: "string" })).toMatchObject({
    body: { error: "ERROR_CORE" },
  });
  expect(await add({ FIELD_NAME: "A".repeat(44), USER_TYPE_ID: "string" })).toMatchObject({
    body: { error: "ERROR_CORE" },
  });
  const { fields } = await portal.result("crm.item.fields", { entityTypeId: 2 });
  expect(asMap(fields)).toMatchObject({
    ufCrmEstimateId: { upperName: "UF_CRM_ESTIMATE_ID" },
    ufCrm_1720019876534: { type: "boolean" },
  });
  await portal.result("crm.item.add", {
    entityTypeId: 2,
    fields: { title: "A", ufCrmEstimateId: "u-1", ufCrm_1720019876534: "Y" },
  });
  const found = async (filter: object): Promise<number> =>
    asList((await portal.result("crm.item.list", { entityTypeId: 2, filter }))["items"]).length;
  expect(await found({ "=ufCrmEstimateId": "u-1" })).toBe(1);
  expect(await found({ ufCrm_1720019876534: 1 })).toBe(1);
  expect(
    await portal.call("crm.item.list", { entityTypeId: 2, filter: { ufCrm_1720019876534: "Y" } }),
  ).toMatchObject({ status: 400 });
  portal.edit.setAdministrator(false);
  expect(await add({ FIELD_NAME: "B", USER_TYPE_ID: "string" })).toMatchObject({
    status: 400,
    body: { error: "" },
  });
});
