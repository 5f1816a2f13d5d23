import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Client } from "../domain/services.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  findClient,
  findClientsByPhone,
  insertClient,
  listClients,
  updateClient,
} from "./clients.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let companyId: string;

beforeAll(async () => {
  database = await createTestDatabase();
  ({ companyId } = await foundTestCompany(database.sql, "Ромашка"));
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

function client(fields: Partial<Client>): Client {
  return {
    id: testId(),
    name: "Иван Петров",
    kind: "person",
    phones: [],
    emails: [],
    inn: "",
    address: "",
    note: "",
    ...fields,
  };
}

function add(fields: Partial<Client>): Promise<Client> {
  return inCompany((tx) => insertClient(tx, companyId, client(fields)));
}

async function search(...words: string[]): Promise<string[]> {
  const rows = await inCompany((tx) =>
    listClients(tx, companyId, { words, before: null, limit: 50 }),
  );
  return rows.map((row) => row.name);
}

describe("a client", () => {
  it("comes back as it was written, quotes and all", async () => {
    const written = client({
      name: 'ООО "Рога\\и копыта", {1,2}',
      kind: "organisation",
      phones: [
        { raw: "8 916 123-45-67", e164: "+79161234567" },
        { raw: "спросить Машу", e164: null },
      ],
      emails: ['"странный"@example.ru', "a,b@example.ru", "null"],
      inn: "7707083893",
      address: "ул. Ёлочная, 5",
      note: "звонить\nпосле 10",
    });
    expect(await inCompany((tx) => insertClient(tx, companyId, written))).toEqual(written);
    expect(await inCompany((tx) => findClient(tx, companyId, written.id))).toEqual(written);
  });

  it("keeps what is not mentioned in a change", async () => {
    const phones = [{ raw: "8 916 000-00-01", e164: "+79160000001" }];
    const before = await add({ phones, emails: ["a@example.ru"], note: "старая" });
    const after = await inCompany((tx) =>
      updateClient(tx, companyId, before.id, { note: "", address: "Ленина 1" }),
    );
    expect(after).toEqual({ ...before, note: "", address: "Ленина 1" });
    const emptied = await inCompany((tx) =>
      updateClient(tx, companyId, before.id, { phones: [], emails: [] }),
    );
    expect(emptied).toEqual({ ...before, note: "", address: "Ленина 1", phones: [], emails: [] });
    expect(await inCompany((tx) => updateClient(tx, companyId, testId(), {}))).toBeNull();
  });

  it("is nowhere to be found once it was removed", async () => {
    const { id } = await add({
      name: "Уволенный",
      phones: [{ raw: "1", e164: "+79160000009" }],
    });
    await database.sql`update clients set removed_at = now() where id = ${id}`;
    expect(await inCompany((tx) => findClient(tx, companyId, id))).toBeNull();
    expect(await inCompany((tx) => updateClient(tx, companyId, id, { note: "1" }))).toBeNull();
    expect(await search("уволенный")).toEqual([]);
    expect(await byPhone("+79160000009")).toEqual([]);
  });
});

function byPhone(e164: string): Promise<Client[]> {
  return inCompany((tx) => findClientsByPhone(tx, companyId, e164, 10));
}

describe("findClientsByPhone", () => {
  it("finds all who have the number, and follows a change of it", async () => {
    const office = { raw: "8 (495) 111-22-33", e164: "+74951112233" };
    const own = { raw: "8 916 222-33-44", e164: "+79162223344" };
    const first = await add({ name: "Первый", phones: [office] });
    const second = await add({ name: "Второй", phones: [own, office, office] });
    expect((await byPhone("+74951112233")).map((row) => row.id)).toEqual([first.id, second.id]);
    expect(await byPhone("+7495111223")).toEqual([]);

    await inCompany((tx) => updateClient(tx, companyId, second.id, { phones: [own] }));
    expect((await byPhone("+74951112233")).map((row) => row.id)).toEqual([first.id]);
    expect((await byPhone("+79162223344")).map((row) => row.id)).toEqual([second.id]);
  });
});

describe("listClients", () => {
  it("finds every word in the name, address, ИНН, phone or e-mail, whatever its case", async () => {
    await add({
      name: "Семён Ёжиков",
      address: "Тверь, пр-т Победы 7",
      inn: "500100732259",
      phones: [{ raw: "8 903 765-43-21", e164: "+79037654321" }],
      emails: ["Ezhik@Example.ru"],
    });
    expect(await search("ежиков")).toEqual(["Семён Ёжиков"]);
    expect(await search("семен", "победы")).toEqual(["Семён Ёжиков"]);
    expect(await search("9037654")).toEqual(["Семён Ёжиков"]);
    expect(await search("5001007")).toEqual(["Семён Ёжиков"]);
    expect(await search("ezhik@example")).toEqual(["Семён Ёжиков"]);
    expect(await search("ежиков", "самара")).toEqual([]);
  });

  it("takes % and _ for what they are", async () => {
    await add({ name: "Скидка 100%_\\" });
    await add({ name: "Скидка 100 рублей" });
    expect(await search("100%")).toEqual(["Скидка 100%_\\"]);
    expect(await search("%_\\")).toEqual(["Скидка 100%_\\"]);
    expect(await search("скидка")).toHaveLength(2);
  });

  it("goes through everybody once, newest first, while new ones come", async () => {
    const page = (before: string | null) =>
      inCompany((tx) => listClients(tx, companyId, { words: ["паж"], before, limit: 2 }));
    const pages = [];
    for (let index = 1; index <= 5; index += 1) pages.push(await add({ name: `Паж ${index}` }));

    const first = await page(null);
    expect(first.map((row) => row.name)).toEqual(["Паж 5", "Паж 4", "Паж 3"]);
    await add({ name: "Паж 6" });
    const second = await page(first[1]?.id ?? null);
    expect(second.map((row) => row.name)).toEqual(["Паж 3", "Паж 2", "Паж 1"]);
    const third = await page(second[1]?.id ?? null);
    expect(third.map((row) => row.name)).toEqual(["Паж 1"]);
  });
});
