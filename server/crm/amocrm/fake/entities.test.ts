import { describe, expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { type TestAccount, embedded, startAccount } from "./testing.ts";

test("reads every contact once by pages of 250, and 204 after the last", async () => {
  const account = await startAccount({ contacts: 620 });
  const sizes = [];
  const ids = new Set<unknown>();
  for (let page = 1; ; page += 1) {
    const answer = await account.call(
      "GET",
      `/contacts?limit=250&page=${String(page)}&order[id]=asc`,
    );
    if (answer.status === 204) break;
    expect(answer.type).toContain("application/hal+json");
    expect(answer.body).not.toHaveProperty("_total_items");
    // The service sends `next` even with the last page.
    expect(asMap(answer.body["_links"])).toHaveProperty("next");
    const contacts = embedded(answer, "contacts");
    sizes.push(contacts.length);
    for (const { id } of contacts) ids.add(id);
  }
  expect(sizes).toEqual([250, 250, 120]);
  expect(ids.size).toBe(620);
});

test("ends the chain of links on accounts where `next` does not stick", async () => {
  const account = await startAccount({ contacts: 60, options: { isNextSticky: false } });
  const links = async (page: number): Promise<object> =>
    asMap((await account.call("GET", `/contacts?page=${String(page)}`)).body["_links"]);
  expect(await links(1)).toHaveProperty("next");
  expect(await links(2)).not.toHaveProperty("next");
});

test("shows contacts as people fill them: no fields are null, names may be empty", async () => {
  const account = await startAccount({ contacts: 300 });
  const contacts = [
    ...(await account.list("/contacts?limit=250")),
    ...(await account.list("/contacts?limit=250&page=2")),
  ];
  expect(contacts.some((one) => one["custom_fields_values"] === null)).toBe(true);
  expect(contacts.some((one) => one["name"] === "")).toBe(true);
  const phones = contacts
    .flatMap((one) => asList(one["custom_fields_values"]).map(asMap))
    .filter((field) => field["field_code"] === "PHONE");
  expect(new Set(phones.map((field) => field["field_type"]))).toEqual(new Set(["multitext"]));
  const codes = phones.flatMap((field) =>
    asList(field["values"]).map((value) => asMap(value)["enum_code"]),
  );
  expect(new Set(codes)).toEqual(new Set(["MOB", "WORK"]));
});

describe("reading by time of change while people edit", () => {
  /** From the last second seen; further pages only while one second fills a page. */
  async function readAll(
    account: TestAccount,
    edit: (page: number) => void,
  ): Promise<Map<number, number>> {
    const seen = new Map<number, number>();
    let requests = 0;
    for (let from = 0, page = 1; ;) {
      const contacts = await account.list(
        `/contacts?limit=250&page=${String(page)}&order[updated_at]=asc&filter[updated_at][from]=${String(from)}`,
      );
      for (const one of contacts) seen.set(Number(one["id"]), Number(one["updated_at"]));
      requests += 1;
      edit(requests);
      if (contacts.length < 250) return seen;
      const last = Number(contacts.at(-1)?.["updated_at"]);
      if (last === from) page += 1;
      else [from, page] = [last, 1];
    }
  }

  test("loses and doubles nothing: an edited contact comes again at the end", async () => {
    const account = await startAccount({ contacts: 700 });
    const late = 10_000_001 + 2 * 500;
    const seen = await readAll(account, (request) => {
      if (request === 1) account.edit.editContact(late, { name: "Правлен" });
    });
    expect(seen.size).toBe(700);
    expect(seen.get(late)).toBe(account.clock.now() / 1000);
  });

  test("an edit inside the second that is being paged shifts its next page, and one is missed", async () => {
    const account = await startAccount({ contacts: 700 });
    const first = 10_000_001;
    const seen = await readAll(account, (request) => {
      // The second request stands on page 1 of the import's second, the third asks for page 2.
      if (request === 2) account.edit.editContact(first, { name: "Правлен" });
    });
    expect(seen.size).toBe(699);
  });
});

describe("writing", () => {
  test("answers each entity by its request_id, in an order of its own", async () => {
    const account = await startAccount();
    const inputs = Array.from({ length: 8 }, (_, index) => ({
      name: `Сделка ${String(index)}`,
      request_id: `r${String(index)}`,
    }));
    const answer = await account.call("POST", "/leads", inputs);
    const leads = embedded(answer, "leads");
    const order = leads.map((lead) => lead["request_id"]);
    expect(new Set(order)).toEqual(new Set(inputs.map((input) => input.request_id)));
    expect(order).not.toEqual(inputs.map((input) => input.request_id));
    const third = leads.find((lead) => lead["request_id"] === "r3");
    expect((await account.call("GET", `/leads/${String(third?.["id"])}`)).body["name"]).toBe(
      "Сделка 3",
    );
    // The number is for correlation only: the same request makes eight more.
    await account.call("POST", "/leads", inputs);
    expect(account.invariants().leads).toHaveLength(16);
  });

  test("refuses all when one is wrong, and says where", async () => {
    const account = await startAccount();
    const answer = await account.call("POST", "/leads", [
      { name: "Хорошая", request_id: "a" },
      {
        name: 5,
        price: "100",
        status_id: 1,
        responsible_user_id: 504_300,
        custom_fields_values: [{ field_id: 7, values: [] }],
        request_id: "b",
      },
    ]);
    expect(answer).toMatchObject({ status: 400, type: "application/problem+json; charset=utf-8" });
    expect(answer.body).toMatchObject({
      title: "Bad Request",
      type: "https://httpstatus.es/400",
      detail: "Request validation failed",
      "validation-errors": [{ request_id: "b" }],
    });
    const errors = asList(asMap(asList(answer.body["validation-errors"])[0])["errors"]).map(asMap);
    expect(Object.fromEntries(errors.map(({ path, code }) => [path, code]))).toEqual({
      name: "InvalidType",
      price: "InvalidType",
      status_id: "NotSupportedChoice",
      responsible_user_id: "NotSupportedChoice",
      "custom_fields_values.0.field_id": "NotSupportedChoice",
    });
    expect(account.invariants().leads).toHaveLength(0);
  });

  test("a whole contact sent back fails only for people who left", async () => {
    const account = await startAccount();
    const id = account.edit.createContact({
      name: "Анна",
      phones: ["+79161234567"],
      created_by: 504_299,
    });
    const { body } = await account.call("GET", `/contacts/${String(id)}`);
    expect(await account.call("PATCH", `/contacts/${String(id)}`, body)).toMatchObject({
      status: 200,
    });
    account.edit.deactivateUser(504_299);
    const refused = await account.call("PATCH", `/contacts/${String(id)}`, body);
    expect(refused.status).toBe(400);
    const errors = asList(asMap(asList(refused.body["validation-errors"])[0])["errors"]).map(asMap);
    expect(errors).toContainEqual(
      expect.objectContaining({ code: "NotSupportedChoice", path: "created_by" }),
    );
    expect(
      await account.call("PATCH", `/contacts/${String(id)}`, { name: "Анна П." }),
    ).toMatchObject({ status: 200, body: { id, name: "Анна П." } });
  });

  test("replaces the fields it names, clears those that are empty and leaves the others", async () => {
    const account = await startAccount();
    const id = account.edit.createContact({
      name: "Анна",
      phones: ["+79161234567"],
      emails: ["a@example.com"],
    });
    await account.call("PATCH", "/contacts", [
      {
        id,
        custom_fields_values: [
          {
            field_code: "PHONE",
            values: [{ value: "8 916 000", enum_code: "WORK" }, { value: "8 917 000" }],
          },
          { field_code: "EMAIL", values: null },
        ],
      },
    ]);
    const { body } = await account.call("GET", `/contacts/${String(id)}`);
    expect(body["custom_fields_values"]).toMatchObject([
      {
        field_code: "PHONE",
        values: [{ value: "8 916 000", enum_code: "WORK" }, { value: "8 917 000" }],
      },
    ]);
    expect(
      await account.call("PATCH", `/contacts/${String(id)}`, {
        custom_fields_values: [
          { field_code: "PHONE", values: [{ value: "1", enum_code: "PAGER" }] },
        ],
      }),
    ).toMatchObject({
      body: {
        "validation-errors": [{ errors: [{ path: "custom_fields_values.0.values.0.enum_code" }] }],
      },
    });
  });

  test("holds lists to 250 and may drown in more than it likes", async () => {
    const account = await startAccount();
    const many = (count: number): object[] => Array.from({ length: count }, () => ({ name: "Л" }));
    expect(await account.call("POST", "/leads", many(251))).toMatchObject({ status: 400 });
    expect(await account.call("POST", "/leads", [])).toMatchObject({ status: 400 });
    expect(await account.call("POST", "/leads", { name: "Л" })).toMatchObject({ status: 400 });
    account.options.slowWriteOver = 50;
    expect(await account.call("POST", "/leads", many(51))).toMatchObject({
      status: 504,
      type: "text/html; charset=utf-8",
    });
    expect(account.invariants().leads).toHaveLength(0);
    account.options.isSlowWriteDone = true;
    expect(await account.call("POST", "/leads", many(51))).toMatchObject({ status: 504 });
    expect(account.invariants().leads).toHaveLength(51);
    expect(await account.call("POST", "/leads", many(50))).toMatchObject({ status: 200 });
  });
});

test("keeps pipeline and status together; won and lost are in every pipeline", async () => {
  const account = await startAccount();
  const [main, repair] = embedded(await account.call("GET", "/leads/pipelines"), "pipelines");
  const statuses = asList(asMap(repair?.["_embedded"])["statuses"]).map(asMap);
  expect(statuses[0]).toMatchObject({ type: 1, is_editable: false });
  expect(statuses.slice(-2).map((status) => status["id"])).toEqual([142, 143]);
  const add = async (lead: object): Promise<number> =>
    Number(embedded(await account.call("POST", "/leads", [lead]), "leads")[0]?.["id"]);
  const id = await add({ name: "Баня", pipeline_id: repair?.["id"] });
  const get = async (): Promise<object> => (await account.call("GET", `/leads/${String(id)}`)).body;
  expect(await get()).toMatchObject({
    pipeline_id: repair?.["id"],
    status_id: statuses[1]?.["id"],
    closed_at: null,
  });
  const patch = async (change: object): Promise<number> =>
    (await account.call("PATCH", `/leads/${String(id)}`, change)).status;
  expect(await patch({ status_id: statuses[0]?.["id"] })).toBe(400);
  expect(await patch({ status_id: 142 })).toBe(200);
  expect(await get()).toMatchObject({
    pipeline_id: repair?.["id"],
    status_id: 142,
    closed_at: account.clock.now() / 1000,
  });
  expect(await patch({ status_id: 143, pipeline_id: main?.["id"] })).toBe(200);
  expect(await get()).toMatchObject({ pipeline_id: main?.["id"], status_id: 143 });
  expect(await patch({ pipeline_id: 5 })).toBe(400);
});

test.each([
  ["cut", 200, { price: 1234 }],
  ["minorUnits", 200, { price: 1234, price_with_minor_units: 1234.56 }],
  ["refused", 400, {}],
] as const)("treats kopecks as the switch says: %s", async (price, status, shown) => {
  const account = await startAccount({ options: { price } });
  const answer = await account.call("POST", "/leads", [{ name: "Баня", price: 1234.56 }]);
  expect(answer.status).toBe(status);
  const [lead = {}] = await account.list("/leads");
  const { price: whole, price_with_minor_units: exact } = lead;
  expect(JSON.parse(JSON.stringify({ price: whole, price_with_minor_units: exact }))).toEqual(
    shown,
  );
});

test("finds by query in every field, but +7 is not 8", async () => {
  const account = await startAccount({ contacts: 300 });
  const id = account.edit.createContact({
    name: "Пётр Ильин",
    phones: ["8 (916) 555-44-33"],
    emails: ["petr@example.com"],
  });
  const found = async (query: string): Promise<unknown[]> =>
    (await account.list(`/contacts?query=${encodeURIComponent(query)}`)).map((one) => one["id"]);
  expect(await found("9165554433")).toEqual([id]);
  expect(await found("89165554433")).toEqual([id]);
  expect(await found("+79165554433")).toEqual([]);
  expect(await found("petr@example.com")).toEqual([id]);
  expect(await found("пётр ил")).toEqual([id]);
  const [seeded] = await account.list("/contacts?limit=1");
  const phone = asMap(asList(asMap(asList(seeded?.["custom_fields_values"])[0])["values"])[0]);
  const digits = String(phone["value"]).split(/#|доб/)[0]?.replaceAll(/\D/g, "") ?? "";
  expect(await found(digits.slice(-10))).toEqual([seeded?.["id"]]);
  account.options.searchLag = 60_000;
  expect(await found("9165554433")).toEqual([]);
  await account.clock.advance(60_000);
  expect(await found("9165554433")).toEqual([id]);
});

test("filters leads, or ignores every filter on accounts without them", async () => {
  const account = await startAccount({ leads: 40 });
  const [{ id: fieldId } = {}] = embedded(
    await account.call("POST", "/leads/custom_fields", [
      { name: "Ключ", type: "text", code: "SMETKA" },
    ]),
    "custom_fields",
  );
  const key = { field_id: fieldId, values: [{ value: "u-1" }] };
  const id = account.edit.createLead({ name: "Наша", status_id: 142, custom_fields_values: [key] });
  const found = async (filter: string): Promise<unknown[]> =>
    (await account.list(`/leads?${filter}`)).map((one) => one["id"]);
  expect(await found(`filter[custom_fields_values][${String(fieldId)}][]=u-1`)).toEqual([id]);
  expect(await found("query=u-1")).toEqual([id]);
  expect(await found(`filter[id][]=${String(id)}&filter[id][]=5`)).toEqual([id]);
  expect(
    await found("filter[statuses][0][pipeline_id]=3100001&filter[statuses][0][status_id]=142"),
  ).toEqual([id]);
  const now = account.clock.now() / 1000;
  expect(
    await found(`filter[updated_at][from]=${String(now)}&filter[updated_at][to]=${String(now)}`),
  ).toEqual([id]);
  // A bare number finds nothing at all.
  expect(await found(`filter[updated_at]=${String(now)}`)).toEqual([]);
  expect(
    (await account.call("GET", "/account?with=is_api_filter_enabled")).body[
      "is_api_filter_enabled"
    ],
  ).toBe(true);
  account.options.areFiltersEnabled = false;
  expect(await found(`filter[id][]=${String(id)}`)).toHaveLength(41);
  expect((await account.list("/leads?order[updated_at]=desc&limit=1"))[0]?.["id"]).toBe(id);
});

test("forgets deleted contacts and keeps deleted leads in the bin", async () => {
  const account = await startAccount();
  const contactId = account.edit.createContact({ name: "Анна" });
  const leadId = account.edit.createLead({
    name: "Баня",
    _embedded: { contacts: [{ id: contactId, is_main: true }] },
  });
  const lead = async (): Promise<object> =>
    asMap((await account.call("GET", `/leads/${String(leadId)}?with=contacts`)).body["_embedded"]);
  expect(await lead()).toMatchObject({ contacts: [{ id: contactId, is_main: true }] });
  account.edit.deleteContact(contactId);
  expect(await account.call("GET", `/contacts/${String(contactId)}`)).toMatchObject({
    status: 204,
  });
  expect(await lead()).toMatchObject({ contacts: [] });
  account.edit.deleteLead(leadId);
  expect(await account.call("GET", `/leads/${String(leadId)}`)).toMatchObject({ status: 204 });
  expect(await account.list("/leads?with=only_deleted")).toEqual([
    { id: leadId, updated_at: account.clock.now() / 1000, is_deleted: true },
  ]);
  account.edit.restoreLead(leadId);
  expect(await account.list("/leads?with=only_deleted")).toEqual([]);
  expect((await account.call("GET", `/leads/${String(leadId)}`)).status).toBe(200);
});

test("a merge leaves one contact with the phones and the leads of both", async () => {
  const account = await startAccount();
  const kept = account.edit.createContact({ name: "Анна", phones: ["+79161111111"] });
  const merged = account.edit.createContact({ name: "Аня", phones: ["+79162222222"] });
  const leadId = account.edit.createLead({
    name: "Баня",
    _embedded: { contacts: [{ id: merged }] },
  });
  account.edit.mergeContacts(kept, merged);
  expect((await account.call("GET", `/contacts/${String(merged)}`)).status).toBe(204);
  const { body } = await account.call("GET", `/contacts/${String(kept)}`);
  expect(body["custom_fields_values"]).toMatchObject([
    { values: [{ value: "+79161111111" }, { value: "+79162222222" }] },
  ]);
  expect(account.invariants().leads.find(({ id }) => id === leadId)?.contactIds).toEqual([kept]);
});

test("takes or refuses an old updated_at, and saves or passes over an empty change", async () => {
  const account = await startAccount();
  const id = account.edit.createLead({ name: "Баня" });
  const patch = async (change: object): Promise<number> =>
    (await account.call("PATCH", `/leads/${String(id)}`, change)).status;
  const updatedAt = async (): Promise<unknown> =>
    (await account.call("GET", `/leads/${String(id)}`)).body["updated_at"];
  expect(await patch({ name: "Баня", updated_at: 1 })).toBe(200);
  account.options.staleUpdatedAt = "refused";
  expect(await patch({ name: "Баня", updated_at: 1 })).toBe(400);
  const before = await updatedAt();
  await account.clock.advance(5000);
  account.options.isEmptyChangeSaved = false;
  expect(await patch({ name: "Баня" })).toBe(200);
  expect(await updatedAt()).toBe(before);
  account.options.isEmptyChangeSaved = true;
  expect(await patch({ name: "Баня" })).toBe(200);
  expect(await updatedAt()).not.toBe(before);
});
