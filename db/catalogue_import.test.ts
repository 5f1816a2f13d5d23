import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CatalogueFields, nameKey } from "../domain/catalogue.ts";
import { kopecks } from "../domain/money.ts";
import { importCatalogueItems } from "./catalogue_import.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany, type TestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let company: TestCompany;

beforeAll(async () => {
  database = await createTestDatabase();
});

beforeEach(async () => {
  company = await foundTestCompany(database.sql, "Ромашка");
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, company.companyId, work);
}

function item(name: string, fields: Partial<CatalogueFields> = {}): CatalogueFields {
  return {
    kind: "work",
    name,
    unit: "м²",
    price: kopecks(45_000n),
    cost: null,
    code: "",
    section: "",
    ...fields,
  };
}

function importAll(items: readonly CatalogueFields[]) {
  return inCompany((tx) => importCatalogueItems(tx, company.companyId, items, testId));
}

function stored(name: string) {
  return database.sql`
    select name, unit, price, cost, source, priced_at, removed_at
    from catalogue_items
    where company_id = ${company.companyId} and name_key = ${nameKey(name)}
    order by unit
  `;
}

describe("importCatalogueItems", () => {
  it("counts what it added and updated, and leaves alone what is the same", async () => {
    const items = [item("Стяжка"), item("Обои"), item("Плинтус", { unit: "м" })];
    expect(await importAll(items)).toEqual({ added: 3, updated: 0, repeated: 0 });
    expect(await importAll(items)).toEqual({ added: 0, updated: 0, repeated: 0 });
    const changed = [item("СТЯЖКА", { price: kopecks(50_000n) }), item("Обои"), item("Дверь")];
    expect(await importAll(changed)).toEqual({ added: 1, updated: 1, repeated: 0 });
    expect(await stored("стяжка")).toMatchObject([
      { name: "СТЯЖКА", price: "500.00", source: "import" },
    ]);
  });

  it("keeps the moment of a price that did not change", async () => {
    await importAll([item("Стяжка")]);
    await database.sql`update catalogue_items set priced_at = '2020-01-01'`;
    await importAll([item("Стяжка", { code: "А1" })]);
    expect(await stored("Стяжка")).toMatchObject([{ priced_at: new Date("2020-01-01") }]);
    await importAll([item("Стяжка", { code: "А1", price: kopecks(1n) })]);
    const [row] = await stored("Стяжка");
    expect(row?.["priced_at"].getTime()).toBeGreaterThan(Date.parse("2026-01-01"));
  });

  it("lets the last of repeated names win, units spelled alike", async () => {
    const result = await importAll([
      item("Стяжка пола", { unit: "м2", price: kopecks(100n) }),
      item("стяжка  пола.", { unit: "кв. м", price: kopecks(200n) }),
      item("Стяжка пола", { unit: "шт", price: kopecks(300n) }),
    ]);
    expect(result).toEqual({ added: 2, updated: 0, repeated: 1 });
    expect(await stored("Стяжка пола")).toMatchObject([
      { name: "стяжка  пола.", unit: "м²", price: "2.00" },
      { unit: "шт", price: "3.00" },
    ]);
  });

  it("brings removed items back and makes learned ones the price list's own", async () => {
    await importAll([item("Стяжка"), item("Обои")]);
    await database.sql`update catalogue_items set removed_at = now() where name = 'Стяжка'`;
    await database.sql`update catalogue_items set source = 'learned' where name = 'Обои'`;
    expect(await importAll([item("Стяжка"), item("Обои")])).toMatchObject({ updated: 2 });
    expect(await stored("Стяжка")).toMatchObject([{ removed_at: null }]);
    expect(await stored("Обои")).toMatchObject([{ source: "import" }]);
  });

  it("takes an empty list and texts with quotes", async () => {
    expect(await importAll([])).toEqual({ added: 0, updated: 0, repeated: 0 });
    await importAll([item('Дверь "Престиж\\2" {б}', { section: "null" })]);
    expect(await stored('Дверь "Престиж\\2" {б}')).toHaveLength(1);
  });

  it("writes 10 000 items in one statement", async () => {
    const items = Array.from({ length: 10_000 }, (_, index) => item(`Работа ${index}`));
    expect(await importAll(items)).toEqual({ added: 10_000, updated: 0, repeated: 0 });
    expect(await importAll(items)).toEqual({ added: 0, updated: 0, repeated: 0 });
  });

  it("does not lock out another import of the same items in another order", async () => {
    const items = Array.from({ length: 300 }, (_, index) => item(`Работа ${index}`));
    const results = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        importAll(index % 2 === 0 ? items : items.toReversed()),
      ),
    );
    expect(results.reduce((sum, { added }) => sum + added, 0)).toBe(300);
  });
});
