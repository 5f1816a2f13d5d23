import { afterAll, beforeAll, expect, it } from "vitest";
import type { ColumnMapping } from "../domain/services.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import {
  deleteKeptListsBefore,
  findColumnMapping,
  findKeptList,
  insertKeptList,
  putColumnMapping,
  setKeptListMapping,
} from "./kept_lists.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany, type TestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let company: TestCompany;
let companyId: string;
let foremanId: string;

const mapping: ColumnMapping = {
  name: 0,
  unit: 1,
  quantity: 2,
  price: null,
  sum: null,
  code: null,
  skipRows: 1,
};

beforeAll(async () => {
  database = await createTestDatabase();
  company = await foundTestCompany(database.sql, "Ромашка");
  ({ companyId, foremanId } = company);
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

async function keep(text: string): Promise<string> {
  const id = testId();
  const list = { id, userId: foremanId, text, fileName: null, mapping: null };
  await inCompany((tx) => insertKeptList(tx, companyId, list));
  return id;
}

function read(id: string, userId = foremanId) {
  return inCompany((tx) => findKeptList(tx, companyId, userId, id));
}

it("keeps a list to the letter, for its sender only", async () => {
  const text = "\tНаименование\tЕд.\n1\tСтяжка «ё»\tм²\t";
  const id = testId();
  const list = { text, fileName: "смета.xlsx", mapping };
  await inCompany((tx) => insertKeptList(tx, companyId, { ...list, id, userId: foremanId }));
  expect(await read(id)).toEqual(list);
  expect(await read(id, company.ownerId)).toBeNull();
  expect(await read(testId())).toBeNull();
});

it("changes the mapping of the sender's list only", async () => {
  const id = await keep("Стяжка 10 м2 450");
  const set = (userId: string) =>
    inCompany((tx) => setKeptListMapping(tx, companyId, userId, id, mapping));
  expect(await set(company.ownerId)).toBe(false);
  expect(await set(foremanId)).toBe(true);
  expect((await read(id))?.mapping).toEqual(mapping);
});

it("forgets old lists of all companies, so many at a time", async () => {
  const old = [await keep("1"), await keep("2"), await keep("3")];
  const fresh = await keep("4");
  const { sql } = database;
  await sql`update kept_lists set created_at = '2026-01-01' where id = any(${old})`;
  const moment = new Date("2026-02-01");
  expect(await deleteKeptListsBefore(sql, moment, 2)).toBe(2);
  expect(await deleteKeptListsBefore(sql, moment, 2)).toBe(1);
  expect(await deleteKeptListsBefore(sql, moment, 2)).toBe(0);
  expect(await read(fresh)).not.toBeNull();
});

it("remembers the mapping last used for a header", async () => {
  const find = (key: string) => inCompany((tx) => findColumnMapping(tx, companyId, key));
  const put = (value: ColumnMapping) =>
    inCompany((tx) => putColumnMapping(tx, companyId, "наименование|ед", value));
  expect(await find("наименование|ед")).toBeNull();
  await put(mapping);
  await put({ ...mapping, price: 4 });
  expect(await find("наименование|ед")).toEqual({ ...mapping, price: 4 });
  expect(await find("другое")).toBeNull();
});
