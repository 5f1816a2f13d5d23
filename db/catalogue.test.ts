import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { CatalogueFields } from "../domain/catalogue.ts";
import { kopecks } from "../domain/money.ts";
import type { CatalogueItem } from "../domain/services.ts";
import {
  findCatalogueItem,
  insertCatalogueItem,
  listCatalogueItems,
  updateCatalogueItem,
} from "./catalogue.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
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

function add(fields: Partial<CatalogueFields>): Promise<CatalogueItem | null> {
  return inCompany((tx) =>
    insertCatalogueItem(tx, companyId, {
      id: testId(),
      kind: "work",
      name: "Штукатурка стен",
      unit: "м²",
      price: kopecks(45_050n),
      cost: null,
      code: "",
      section: "",
      ...fields,
    }),
  );
}

async function mustAdd(fields: Partial<CatalogueFields>): Promise<CatalogueItem> {
  const item = await add(fields);
  if (!item) throw new Error("there was one already");
  return item;
}

function change(id: string, fields: Partial<CatalogueFields>): Promise<CatalogueItem | null> {
  return inCompany((tx) => updateCatalogueItem(tx, companyId, id, fields));
}

async function search(...words: string[]): Promise<string[]> {
  const rows = await inCompany((tx) =>
    listCatalogueItems(tx, companyId, { words, after: null, limit: 50 }),
  );
  return rows.map((row) => row.name);
}

describe("an item", () => {
  it("comes back exact to the kopeck", async () => {
    const fields: CatalogueFields = {
      kind: "material",
      name: "Плитка 60×120",
      unit: "м²",
      price: kopecks(10_000_000_000_000n),
      cost: kopecks(1n),
      code: "ФЕР 11-01-027",
      section: "Полы",
    };
    const item = await mustAdd(fields);
    expect(item).toMatchObject({ ...fields, source: "manual", pricedAt: expect.any(Date) });
    expect(await inCompany((tx) => findCatalogueItem(tx, companyId, item.id))).toEqual(item);
  });

  it("is one by its name and unit, however they are spelled", async () => {
    await mustAdd({ name: "Ёлка: монтаж", unit: "м2" });
    expect(await add({ name: "елка — МОНТАЖ!", unit: "кв.м" })).toBeNull();
    expect(await add({ name: "елка монтаж", unit: "шт" })).toMatchObject({ unit: "шт" });
  });

  it("comes back with its old id after it was removed", async () => {
    const item = await mustAdd({ name: "Вернувшаяся" });
    await database.sql`update catalogue_items set removed_at = now() where id = ${item.id}`;
    expect(await inCompany((tx) => findCatalogueItem(tx, companyId, item.id))).toBeNull();
    expect(await change(item.id, { price: kopecks(1n) })).toBeNull();
    expect(await search("вернувшаяся")).toEqual([]);
    const again = await add({ name: "вернувшаяся", price: kopecks(700n) });
    expect(again).toMatchObject({ id: item.id, name: "вернувшаяся", price: 700n });
  });

  it("keeps what is not mentioned in a change, and loses its cost only when told so", async () => {
    const item = await mustAdd({ name: "Стяжка", cost: kopecks(300n), code: "А1" });
    expect(await change(item.id, { section: "Полы" })).toEqual({ ...item, section: "Полы" });
    expect(await change(item.id, { cost: null })).toMatchObject({ cost: null, code: "А1" });
    expect(await change(testId(), { cost: null })).toBeNull();
  });

  it("becomes hand-made with a fresh date when its price is changed", async () => {
    const item = await mustAdd({ name: "Грунтовка" });
    await database.sql`
      update catalogue_items
      set source = 'learned', priced_at = '2020-01-01'
      where id = ${item.id}
    `;
    const renamed = await change(item.id, { name: "Грунтовка стен" });
    expect(renamed).toMatchObject({ source: "learned", pricedAt: new Date("2020-01-01") });
    const priced = await change(item.id, { price: kopecks(5_000n) });
    expect(priced).toMatchObject({ source: "manual", price: 5_000n });
    expect(priced?.pricedAt.getTime()).toBeGreaterThan(Date.parse("2026-01-01"));
  });

  it("can't take the name and unit of another one", async () => {
    await mustAdd({ name: "Обои", unit: "м²" });
    const item = await mustAdd({ name: "Обои", unit: "рулон" });
    expect(await change(item.id, { unit: "м2" })).toBeNull();
    expect(await change(item.id, { name: "ОБОИ.", unit: "рулон" })).toMatchObject({
      name: "ОБОИ.",
    });
  });
});

describe("listCatalogueItems", () => {
  it("finds every word in the name or the code, punctuation aside", async () => {
    await mustAdd({ name: "ГКЛ-лист 12,5 мм", code: "MAT_001%" });
    expect(await search("гкл-лист")).toEqual(["ГКЛ-лист 12,5 мм"]);
    expect(await search("12,5", "гкл")).toEqual(["ГКЛ-лист 12,5 мм"]);
    expect(await search("mat_001%")).toEqual(["ГКЛ-лист 12,5 мм"]);
    expect(await search("%")).toEqual(["ГКЛ-лист 12,5 мм"]);
    expect(await search("mat%001")).toEqual([]);
    expect(await search("гкл", "шт")).toEqual([]);
    expect(await search("—")).toEqual([]);
  });

  it("goes through all of them once, by name and unit", async () => {
    for (const unit of ["шт", "м²", "ч"]) await mustAdd({ name: "Паж Б", unit });
    await mustAdd({ name: "Паж А" });
    await mustAdd({ name: "паж в" });
    const seen: string[] = [];
    let after: string | null = null;
    for (;;) {
      const rows: CatalogueItem[] = await inCompany((tx) =>
        listCatalogueItems(tx, companyId, { words: ["паж"], after, limit: 2 }),
      );
      seen.push(...rows.slice(0, 2).map((row) => `${row.name} ${row.unit}`));
      if (rows.length <= 2) break;
      after = rows[1]?.id ?? null;
    }
    expect(seen).toEqual(["Паж А м²", "Паж Б м²", "Паж Б ч", "Паж Б шт", "паж в м²"]);
  });
});
