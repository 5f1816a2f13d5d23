import { describe, expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { startPortal } from "./testing.ts";

const CONTACT = { entityTypeId: 3 };
const DEAL = { entityTypeId: 2 };

test("reads every contact once by the keyset of the documents, 50 a page", async () => {
  const portal = await startPortal({ contacts: 120 });
  const ids: number[] = [];
  for (let after = 0, size = 50; size === 50; after = ids.at(-1) ?? 0) {
    const { body } = await portal.call("crm.item.list", {
      ...CONTACT,
      order: { id: "ASC" },
      filter: { ">id": after },
      start: -1,
    });
    const items = asList(asMap(body["result"])["items"]).map(asMap);
    expect(body["total"]).toBe(0);
    expect(body).not.toHaveProperty("next");
    ids.push(...items.map((item) => Number(item["id"])));
    size = items.length;
  }
  expect(ids).toHaveLength(120);
  expect(new Set(ids).size).toBe(120);
});

test("counts and offers the next page only when start is not -1", async () => {
  const portal = await startPortal({ contacts: 120 });
  const first = await portal.call("crm.item.list", { ...CONTACT, start: 0 });
  expect(first.body).toMatchObject({ total: 120, next: 50 });
  const last = await portal.call("crm.item.list", { ...CONTACT, start: 100 });
  expect(asList(asMap(last.body["result"])["items"])).toHaveLength(20);
  expect(last.body).not.toHaveProperty("next");
});

describe("fm", () => {
  test("comes from a list only with an explicit star, and always from get", async () => {
    const portal = await startPortal();
    const first = async (select?: string[]): Promise<unknown> => {
      const result = await portal.result("crm.item.list", {
        ...CONTACT,
        ...(select ? { select } : {}),
      });
      return asList(result["items"])[0];
    };
    expect(await first(["id", "fm", "name"])).not.toHaveProperty("fm");
    expect(await first()).not.toHaveProperty("fm");
    const whole = asMap(await first(["*"]));
    expect(asMap(asList(whole["fm"])[0])).toMatchObject({ typeId: "PHONE" });
    const got = await portal.result("crm.item.get", { ...CONTACT, id: whole["id"] });
    expect(asMap(got["item"])["fm"]).toEqual(whole["fm"]);
  });

  test("is written as a list on creation and by keys on a change", async () => {
    const portal = await startPortal();
    const added = await portal.result("crm.item.add", {
      ...CONTACT,
      fields: {
        name: "Клаус",
        fm: [
          { typeId: "PHONE", valueType: "MOBILE", value: "+79161234567" },
          { typeId: "EMAIL", valueType: "HOME", value: "klaus@example.com" },
          { valueType: "WORK", value: "без вида" },
        ],
      },
    });
    const item = asMap(added["item"]);
    expect(item).toMatchObject({ hasPhone: "Y", hasEmail: "Y", phoneMobile: "+79161234567" });
    const [phone, email, none] = asList(item["fm"]).map(asMap);
    expect(none).toBeUndefined();
    const changed = await portal.result("crm.item.update", {
      ...CONTACT,
      id: item["id"],
      fields: {
        fm: {
          [String(phone?.["id"])]: { typeId: "PHONE", valueType: "WORK", value: "+79160000000" },
          [String(email?.["id"])]: { typeId: "EMAIL", value: "" },
          n0: { typeId: "PHONE", valueType: "HOME", value: "8 495 111-22-33" },
          n1: { value: "тоже без вида" },
        },
      },
    });
    expect(asList(asMap(changed["item"])["fm"])).toMatchObject([
      { id: phone?.["id"], valueType: "WORK", value: "+79160000000" },
      { valueType: "HOME", value: "8 495 111-22-33" },
    ]);
    expect(asMap(changed["item"])["hasEmail"]).toBe("N");
  });

  test("as a plain string is ignored without an error", async () => {
    const portal = await startPortal();
    const { item } = await portal.result("crm.item.add", {
      ...CONTACT,
      fields: { name: "А", fm: "+7916" },
    });
    expect(asMap(item)).toMatchObject({ fm: [], hasPhone: "N" });
  });
});

test("ignores unknown and read-only fields without a word", async () => {
  const portal = await startPortal();
  const { item } = await portal.result("crm.item.add", {
    ...CONTACT,
    fields: {
      name: "Анна",
      phone: "+7",
      PHONE: [{ VALUE: "+7" }],
      id: 1,
      updatedTime: "2001-01-01",
    },
  });
  expect(asMap(item)).toMatchObject({ name: "Анна", fm: [], phone: "" });
  expect(asMap(item)["id"]).not.toBe(1);
});

test("saves nothing and raises nothing when a change changes nothing", async () => {
  const portal = await startPortal();
  const { item } = await portal.result("crm.item.add", {
    ...DEAL,
    fields: { title: "Баня", opportunity: 100 },
  });
  await portal.clock.advance(60_000);
  const same = await portal.result("crm.item.update", {
    ...DEAL,
    id: asMap(item)["id"],
    fields: { title: "Баня", opportunity: "100.00", nothing: 1 },
  });
  expect(asMap(same["item"])["updatedTime"]).toBe(asMap(item)["updatedTime"]);
  const other = await portal.result("crm.item.update", {
    ...DEAL,
    id: asMap(item)["id"],
    fields: { title: "Баня 2" },
  });
  expect(asMap(other["item"])["updatedTime"]).not.toBe(asMap(item)["updatedTime"]);
});

describe("refusals carry the portal's codes", () => {
  test.each([
    ["an unknown item", "crm.item.get", { ...DEAL, id: 99 }, 400, "NOT_FOUND"],
    ["no type", "crm.item.list", {}, 400, "100"],
    ["a type nobody has", "crm.item.list", { entityTypeId: 99 }, 400, "ENTITY_TYPE_NOT_SUPPORTED"],
    ["an unknown smart process", "crm.item.list", { entityTypeId: 1046 }, 400, "NOT_FOUND"],
    [
      "an unknown filter field",
      "crm.item.list",
      { ...DEAL, filter: { colour: 1 } },
      400,
      "INVALID_ARG_VALUE",
    ],
    [
      "fm in a filter",
      "crm.item.list",
      { ...CONTACT, filter: { fm: "1" } },
      400,
      "INVALID_ARG_VALUE",
    ],
    [
      "a filter value of the wrong kind",
      "crm.item.list",
      { ...DEAL, filter: { ">id": "x" } },
      400,
      "INVALID_ARG_VALUE",
    ],
    [
      "an unknown order",
      "crm.item.list",
      { ...DEAL, order: { colour: "ASC" } },
      400,
      "INVALID_ARG_VALUE",
    ],
    [
      "a bad direction",
      "crm.item.list",
      { ...DEAL, order: { id: "UP" } },
      400,
      "INVALID_ARG_VALUE",
    ],
    [
      "an unknown stage",
      "crm.item.add",
      { ...DEAL, fields: { stageId: "C7:NEW" } },
      400,
      "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    ],
    [
      "an unknown currency",
      "crm.item.add",
      { ...DEAL, fields: { currencyId: "XXX" } },
      400,
      "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    ],
    [
      "a missing contact",
      "crm.item.add",
      { ...DEAL, fields: { contactIds: [2] } },
      400,
      "CRM_FIELD_ERROR_VALUE_NOT_VALID",
    ],
    [
      "one value for several",
      "crm.item.add",
      { ...DEAL, fields: { contactIds: "11" } },
      400,
      "100",
    ],
    ["no fields", "crm.item.add", DEAL, 400, "100"],
    ["an unknown method", "crm.item.lst", {}, 404, "ERROR_METHOD_NOT_FOUND"],
    ["a method of applications", "event.bind", {}, 403, "ACCESS_DENIED"],
    ["a gap of this fake", "crm.deal.list", {}, 501, "FAKE_NOT_EMULATED"],
  ])("%s", async (_what, method, params, status, error) => {
    const portal = await startPortal();
    const answer = await portal.call(method, params);
    expect(answer).toMatchObject({ status, body: { error } });
    expect(String(answer.body["error_description"])).not.toBe("");
  });
});

test("filters by prefixes, groups with OR and plain times of the portal's zone", async () => {
  const portal = await startPortal({ contacts: 0 });
  for (const [title, opportunity] of [
    ["Баня", 10],
    ["Дом", 20],
    ["Гараж", 30],
  ] as const) {
    await portal.result("crm.item.add", {
      ...DEAL,
      fields: { title, opportunity, isManualOpportunity: "Y", originId: title },
    });
    await portal.clock.advance(60_000);
  }
  const titles = async (filter: unknown): Promise<unknown[]> => {
    const { items } = await portal.result("crm.item.list", {
      ...DEAL,
      filter,
      order: { id: "ASC" },
    });
    return asList(items).map((item) => asMap(item)["title"]);
  };
  expect(await titles({ ">=opportunity": 20 })).toEqual(["Дом", "Гараж"]);
  expect(await titles({ "%title": "ар" })).toEqual(["Гараж"]);
  expect(await titles({ "=originId": "баня" })).toEqual(["Баня"]);
  expect(await titles({ "@title": ["Дом", "Баня"] })).toEqual(["Баня", "Дом"]);
  expect(await titles({ "!title": "Дом" })).toEqual(["Баня", "Гараж"]);
  expect(
    await titles({ 0: { logic: "OR", 0: { title: "Дом" }, 1: { "<opportunity": 15 } } }),
  ).toEqual(["Баня", "Дом"]);
  // The clock started at 12:00 UTC; the portal lives in Moscow.
  expect(await titles({ ">=updatedTime": "2026-03-02 15:01:00" })).toEqual(["Дом", "Гараж"]);
  expect(await titles({ ">updatedTime": "2026-03-02T12:01:00Z" })).toEqual(["Гараж"]);
  portal.options.isoDateFilter = "ignored";
  expect(await titles({ ">updatedTime": "2026-03-02T12:01:00Z" })).toEqual([
    "Баня",
    "Дом",
    "Гараж",
  ]);
  portal.options.isOriginFilterable = false;
  expect(
    await portal.call("crm.item.list", { ...DEAL, filter: { originId: "Дом" } }),
  ).toMatchObject({
    status: 400,
    body: { error: "INVALID_ARG_VALUE" },
  });
});

test("keeps funnel and stage together and tells them by meaning", async () => {
  const portal = await startPortal();
  const { item } = await portal.result("crm.item.add", { ...DEAL, fields: { categoryId: 7 } });
  expect(asMap(item)).toMatchObject({
    stageId: "C7:NEW",
    stageSemanticId: "P",
    closed: "N",
    title: `Сделка #${String(asMap(item)["id"])}`,
  });
  const won = await portal.result("crm.item.update", {
    ...DEAL,
    id: asMap(item)["id"],
    fields: { stageId: "C7:WON" },
  });
  expect(asMap(won["item"])).toMatchObject({ stageSemanticId: "S", closed: "Y" });
  const moved = await portal.result("crm.item.update", {
    ...DEAL,
    id: asMap(item)["id"],
    fields: { categoryId: 0 },
  });
  expect(asMap(moved["item"])).toMatchObject({ categoryId: 0, stageId: "NEW" });
  const history = await portal.result("crm.stagehistory.list", {
    entityTypeId: 2,
    order: { ID: "ASC" },
  });
  expect(asList(history["items"]).map((move) => asMap(move)["TYPE_ID"])).toEqual([1, 3, 5]);
});

test("reads forms and query strings as PHP does", async () => {
  const portal = await startPortal();
  const form = new URLSearchParams({
    entityTypeId: "3",
    "fields[name]": "Пётр & Ко",
    "fields[fm][0][typeId]": "PHONE",
    "fields[fm][0][value]": "+7 916 0000000",
  });
  const added = await fetch(`${portal.webhookUrl}crm.item.add.json`, {
    method: "POST",
    body: form,
  });
  const { result } = asMap(await added.json());
  const item = asMap(asMap(result)["item"]);
  expect(item).toMatchObject({ name: "Пётр & Ко", hasPhone: "Y" });
  const got = await fetch(
    `${portal.webhookUrl}crm.item.get?entityTypeId=3&id=${String(item["id"])}`,
  );
  expect(asMap(asMap(asMap(await got.json())["result"])["item"])["id"]).toBe(item["id"]);
});
