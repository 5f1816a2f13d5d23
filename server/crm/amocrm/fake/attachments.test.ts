import { expect, test } from "vitest";
import { asList, asMap } from "../../fake/values.ts";
import { embedded, startAccount, type TestAccount } from "./testing.ts";

async function upload(account: TestAccount, name: string, bytes: Buffer): Promise<string> {
  const { body } = await account.call("GET", "/account?with=drive_url");
  const drive = String(body["drive_url"]);
  expect(drive).not.toBe(account.domain);
  const session = await account.call("POST", `${drive}/v1.0/sessions`, {
    file_name: name,
    file_size: bytes.length,
    content_type: "application/pdf",
  });
  const size = Number(session.body["max_part_size"]);
  let url = String(session.body["upload_url"]);
  for (let from = 0; ; from += size) {
    const response = await fetch(url, {
      method: "POST",
      body: new Uint8Array(bytes.subarray(from, from + size)),
    });
    const answer = asMap(await response.json());
    if (typeof answer["uuid"] === "string") return answer["uuid"];
    url = String(answer["next_url"]);
  }
}

test("takes a file in parts on the host of the file service and attaches it once", async () => {
  const account = await startAccount();
  const id = account.edit.createLead({ name: "Баня" });
  const uuid = await upload(account, "смета.pdf", Buffer.alloc(300_000, "%PDF"));
  const attach = async (file: string): ReturnType<TestAccount["call"]> =>
    account.call("PUT", `/leads/${String(id)}/files`, [{ file_uuid: file }]);
  expect(await attach(uuid)).toMatchObject({ status: 200 });
  expect(await attach(uuid)).toMatchObject({ status: 200 });
  expect(await attach("00000000-0000-0000-0000-000000000000")).toMatchObject({ status: 400 });
  expect(account.invariants().leads[0]?.files).toEqual(["смета.pdf"]);
  expect(await account.list(`/leads/${String(id)}/files`)).toMatchObject([{ file_uuid: uuid }]);
  const download = await fetch(`${account.domain}/_fake/files/${uuid}`);
  expect((await download.arrayBuffer()).byteLength).toBe(300_000);
});

test("refuses parts that are too large, sessions without a scope and addresses used twice", async () => {
  const account = await startAccount({ options: { partBytes: 10 } });
  const { body } = await account.call("GET", "/account?with=drive_url");
  const drive = String(body["drive_url"]);
  const open = async (): ReturnType<TestAccount["call"]> =>
    account.call("POST", `${drive}/v1.0/sessions`, { file_name: "a.pdf", file_size: 20 });
  const url = String((await open()).body["upload_url"]);
  const part = async (bytes: number): Promise<number> =>
    (await fetch(url, { method: "POST", body: new Uint8Array(bytes) })).status;
  expect(await part(10)).toBe(200);
  expect(await part(10)).toBe(404);
  const other = String((await open()).body["upload_url"]);
  expect((await fetch(other, { method: "POST", body: new Uint8Array(11) })).status).toBe(413);
  account.options.mayUseFiles = false;
  expect((await open()).status).toBe(403);
});

test("writes notes and refuses wrong ones", async () => {
  const account = await startAccount();
  const id = account.edit.createLead({ name: "Баня" });
  const note = async (body: unknown, leadId = id): ReturnType<TestAccount["call"]> =>
    account.call("POST", `/leads/${String(leadId)}/notes`, body);
  expect(await note([{ note_type: "common", params: { text: "1. Плитка — 2 м²" } }])).toMatchObject(
    { status: 200 },
  );
  expect(await note([{ note_type: "remark", params: { text: "x" } }])).toMatchObject({
    status: 400,
  });
  expect(await note([{ note_type: "common" }])).toMatchObject({
    body: { "validation-errors": [{ errors: [{ path: "params" }] }] },
  });
  expect(await note([{ note_type: "common", params: { text: "x" } }], 5)).toMatchObject({
    status: 404,
  });
  expect(account.invariants().leads[0]?.notes).toEqual(["1. Плитка — 2 м²"]);
  expect(await account.list(`/leads/${String(id)}/notes?filter[note_type]=common`)).toHaveLength(1);
  expect(await account.list(`/leads/${String(id)}/notes?filter[note_type]=call_in`)).toEqual([]);
});

test("has invoices only where the account does, and links them to a lead", async () => {
  const plain = await startAccount();
  expect(await plain.list("/catalogs?filter[type]=invoices")).toEqual([]);
  const account = await startAccount({ options: { hasInvoices: true } });
  const [catalog] = await account.list("/catalogs?filter[type]=invoices");
  const catalogId = Number(catalog?.["id"]);
  const path = `/catalogs/${String(catalogId)}/elements`;
  const fields = [
    { field_code: "BILL_STATUS", values: [{ enum_code: "created" }] },
    {
      field_code: "ITEMS",
      values: [{ value: { description: "Плитка", unit_price: 900.5, quantity: 2 } }],
    },
  ];
  expect(await account.call("POST", path, [{ name: "Счёт" }])).toMatchObject({ status: 400 });
  const [element] = embedded(
    await account.call("POST", path, [{ name: "Смета №1", custom_fields_values: fields }]),
    "elements",
  );
  const leadId = account.edit.createLead({ name: "Баня" });
  const link = {
    to_entity_id: element?.["id"],
    to_entity_type: "catalog_elements",
    metadata: { catalog_id: catalogId, quantity: 1 },
  };
  expect(await account.call("POST", `/leads/${String(leadId)}/link`, [link])).toMatchObject({
    status: 200,
  });
  expect(account.invariants().leads[0]?.invoices).toMatchObject([
    { name: "Смета №1", fields: { ITEMS: [{ value: { description: "Плитка" } }] } },
  ]);
  const lead = await account.call("GET", `/leads/${String(leadId)}?with=catalog_elements`);
  expect(asList(asMap(lead.body["_embedded"])["catalog_elements"])).toMatchObject([
    { id: element?.["id"] },
  ]);
  expect(await account.call("POST", `/leads/${String(leadId)}/unlink`, [link])).toMatchObject({
    status: 204,
  });
  expect(account.invariants().leads[0]?.invoices).toEqual([]);
});

test("makes a lead with its contact and company at once, and answers a flat list", async () => {
  const account = await startAccount();
  const lead = {
    name: "Баня",
    request_id: "q",
    _embedded: {
      contacts: [
        {
          first_name: "Анна",
          custom_fields_values: [
            { field_code: "PHONE", values: [{ value: "+79161234567", enum_code: "MOB" }] },
          ],
        },
      ],
      companies: [{ name: "ООО «Дом»" }],
    },
  };
  const post = async (leads: unknown): ReturnType<TestAccount["call"]> =>
    account.call("POST", "/leads/complex", leads);
  const first = await post([lead]);
  expect(first.body[0]).toMatchObject({ request_id: ["q"], merged: false });
  expect(account.invariants().leads[0]).toMatchObject({
    name: "Баня",
    contactIds: [asMap(first.body[0])["contact_id"]],
  });
  expect((await post([lead])).body[0]).toMatchObject({ merged: false });
  account.options.isDuplicateControlOn = true;
  expect((await post([lead])).body[0]).toMatchObject({
    merged: true,
    id: asMap(first.body[0])["id"],
  });
  expect(account.invariants().leads).toHaveLength(2);
  expect(await post(Array.from({ length: 51 }, () => lead))).toMatchObject({ status: 400 });
  expect(await post([{ ...lead, _embedded: { contacts: [{}, {}] } }])).toMatchObject({
    status: 400,
  });
  expect(await post([{ name: "Хорошая" }, { name: 5 }])).toMatchObject({ status: 400 });
  expect(account.invariants().leads).toHaveLength(2);
});

test("reports leads that carry the same key", async () => {
  const account = await startAccount();
  const [{ id: fieldId } = {}] = embedded(
    await account.call("POST", "/leads/custom_fields", [{ name: "Ключ", type: "text" }]),
    "custom_fields",
  );
  const lead = {
    name: "Баня",
    custom_fields_values: [{ field_id: fieldId, values: [{ value: "u-1" }] }],
  };
  const ids = [account.edit.createLead(lead), account.edit.createLead(lead)];
  expect(account.invariants().duplicates).toEqual([{ fieldId, value: "u-1", ids }]);
});
