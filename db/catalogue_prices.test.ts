import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type CatalogueFields, nameKey } from "../domain/catalogue.ts";
import { type Change, changeSchema } from "../domain/estimate/changes.ts";
import { emptyContent, type Line } from "../domain/estimate/estimate.ts";
import { kopecks } from "../domain/money.ts";
import type { Quantity } from "../domain/quantity.ts";
import { importCatalogueItems } from "./catalogue_import.ts";
import { learnPrices, suggestPrices } from "./catalogue_prices.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import { putLines } from "./estimate_lines.ts";
import { insertEstimate } from "./estimates.ts";
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

function suggest(...wanted: [name: string, unit: string][]) {
  return inCompany((tx) =>
    suggestPrices(
      tx,
      company.companyId,
      wanted.map(([name, unit]) => ({ name, unit })),
    ),
  );
}

describe("suggestPrices", () => {
  it("answers in the order of the request, by name whatever its spelling", async () => {
    await importAll([
      item("Ёлка: монтаж", { price: kopecks(100n), cost: kopecks(60n) }),
      item("Обои", { kind: "material", price: kopecks(200n) }),
    ]);
    const found = await suggest(["обои", ""], ["неизвестное", ""], ["ЕЛКА монтаж!", "м2"]);
    expect(found).toEqual([
      {
        price: 200n,
        cost: null,
        unit: "м²",
        kind: "material",
        source: "catalogue",
        pricedAt: expect.any(Date),
      },
      null,
      {
        price: 100n,
        cost: 60n,
        unit: "м²",
        kind: "work",
        source: "catalogue",
        pricedAt: expect.any(Date),
      },
    ]);
    expect(await suggest()).toEqual([]);
  });

  it("wants the unit to agree where both have one", async () => {
    await importAll([
      item("Обои", { unit: "рулон", price: kopecks(1n) }),
      item("Доставка", { unit: "", price: kopecks(2n) }),
    ]);
    const found = await suggest(["обои", "м²"], ["обои", "рулон"], ["доставка", "рейс"]);
    expect(found.map((suggestion) => suggestion?.price ?? null)).toEqual([null, 1n, 2n]);
  });

  it("prefers the same unit, then the price list, then the newest", async () => {
    await importAll([
      item("Обои", { unit: "", price: kopecks(1n) }),
      item("Обои", { unit: "м²", price: kopecks(2n) }),
      item("Краска", { unit: "л", price: kopecks(3n) }),
      item("Краска", { unit: "кг", price: kopecks(4n) }),
      item("Краска", { unit: "т", price: kopecks(5n) }),
    ]);
    await database.sql`
      update catalogue_items
      set priced_at = case unit when 'л' then now() when 'кг' then '2020-01-01' else '2021-01-01' end,
        source = case unit when 'л' then 'learned' else source end
      where name = 'Краска'
    `;
    const found = await suggest(["обои", "м²"], ["краска", ""]);
    expect(found.map((suggestion) => suggestion?.price)).toEqual([2n, 5n]);
  });

  it("never suggests removed items, prices of zero or names without a letter", async () => {
    await importAll([item("Обои", { price: kopecks(0n) }), item("Краска"), item("***")]);
    await database.sql`update catalogue_items set removed_at = now() where name = 'Краска'`;
    expect(await suggest(["обои", ""], ["краска", ""], ["—", ""])).toEqual([null, null, null]);
  });
});

describe("learnPrices", () => {
  let sequence = 0;

  async function addEstimate(): Promise<string> {
    const id = testId();
    sequence += 1;
    await inCompany((tx) =>
      insertEstimate(tx, company.companyId, {
        id,
        year: 2026,
        sequence,
        header: emptyContent().header,
        foremanId: company.foremanId,
        createdBy: company.foremanId,
        extra: null,
      }),
    );
    return id;
  }

  function line(name: string, fields: Partial<Line> = {}): Line {
    return {
      id: testId(),
      sectionId: null,
      position: "a0",
      kind: "work",
      name,
      unit: "м²",
      quantity: 10_000_000n as Quantity,
      quantityFormula: "",
      price: kopecks(45_000n),
      cost: null,
      isOptional: false,
      isChosen: false,
      priceSource: "typed",
      note: "",
      internalNote: "",
      ...fields,
    };
  }

  /** Writes lines and the log as of a day. */
  async function type(estimateId: string, day: string, changes: Change[], lines: Line[]) {
    await inCompany((tx) => putLines(tx, company.companyId, estimateId, lines));
    const { sql } = database;
    for (const [ordinal, change] of changes.entries()) {
      await sql`
        insert into estimate_changes (
          company_id, estimate_id, change_id, version, ordinal, change, source, created_at
        )
        values (
          ${company.companyId}, ${estimateId}, ${change.id}, 2, ${ordinal},
          ${sql.json(changeSchema.encode(change))}, 'bot', ${`${day}T12:00:00.123456Z`}
        )
      `;
    }
  }

  async function addLines(estimateId: string, day: string, lines: Line[]) {
    const changes = lines.map((line): Change => ({ id: testId(), type: "line.add", line }));
    await type(estimateId, day, changes, lines);
  }

  function learn(estimateId: string): Promise<number> {
    return inCompany((tx) => learnPrices(tx, company.companyId, estimateId, testId));
  }

  it("keeps typed prices as history, once", async () => {
    const estimateId = await addEstimate();
    await addLines(estimateId, "2026-03-01", [
      line("Стяжка", { unit: "м2", cost: kopecks(30_000n) }),
      line("Обои", { priceSource: "catalogue" }),
      line("Краска", { price: kopecks(0n) }),
      line("—"),
    ]);
    expect(await learn(estimateId)).toBe(1);
    expect(await learn(estimateId)).toBe(0);
    expect(await suggest(["стяжка", "м²"], ["обои", ""], ["краска", ""])).toEqual([
      {
        price: 45_000n,
        cost: 30_000n,
        unit: "м²",
        kind: "work",
        source: "history",
        pricedAt: new Date("2026-03-01T12:00:00.123Z"),
      },
      null,
      null,
    ]);
  });

  it("lets the newest price win, whichever estimate is learned from first", async () => {
    const old = await addEstimate();
    const recent = await addEstimate();
    await addLines(old, "2026-01-10", [line("Стяжка", { price: kopecks(100n) })]);
    await addLines(recent, "2026-02-10", [line("стяжка", { price: kopecks(200n) })]);
    expect(await learn(recent)).toBe(1);
    expect(await learn(old)).toBe(0);
    expect((await suggest(["стяжка", ""]))[0]?.price).toBe(200n);
  });

  it("does not take an old price for new when only the name of its line was edited", async () => {
    const old = await addEstimate();
    const recent = await addEstimate();
    const oldLine = line("Стяжка", { price: kopecks(100n) });
    await addLines(old, "2026-01-10", [oldLine]);
    await addLines(recent, "2026-02-10", [line("стяжка", { price: kopecks(200n) })]);
    await learn(recent);
    const note: Change = {
      id: testId(),
      type: "line.set",
      lineId: oldLine.id,
      set: { note: "уточнить" },
    };
    await type(old, "2026-03-10", [note], [{ ...oldLine, note: "уточнить" }]);
    expect(await learn(old)).toBe(0);

    const price: Change = {
      id: testId(),
      type: "line.set",
      lineId: oldLine.id,
      set: { price: kopecks(300n) },
    };
    await type(old, "2026-03-11", [price], [{ ...oldLine, price: kopecks(300n) }]);
    expect(await learn(old)).toBe(1);
    expect((await suggest(["стяжка", ""]))[0]).toMatchObject({ price: 300n, source: "history" });
  });

  it("takes the price typed last when an estimate has a name twice", async () => {
    const estimateId = await addEstimate();
    await addLines(estimateId, "2026-02-02", [line("Стяжка", { price: kopecks(2n) })]);
    await addLines(estimateId, "2026-02-01", [line("СТЯЖКА", { price: kopecks(1n) })]);
    expect(await learn(estimateId)).toBe(1);
    expect((await suggest(["стяжка", ""]))[0]?.price).toBe(2n);
  });

  it("never touches imported, hand-made or removed items", async () => {
    await importAll([item("Стяжка"), item("Обои"), item("Краска")]);
    await database.sql`
      update catalogue_items
      set source = case name when 'Обои' then 'manual' when 'Краска' then 'learned' else source end,
        removed_at = case name when 'Краска' then now() end,
        priced_at = '2020-01-01'
    `;
    const estimateId = await addEstimate();
    const lines = ["Стяжка", "Обои", "Краска"].map((name) => line(name, { price: kopecks(9n) }));
    await addLines(estimateId, "2026-02-01", lines);
    expect(await learn(estimateId)).toBe(0);
    expect(await stored("Стяжка")).toMatchObject([{ price: "450.00", source: "import" }]);
    expect(await stored("Обои")).toMatchObject([{ price: "450.00", source: "manual" }]);
    expect(await stored("Краска")).toMatchObject([{ removed_at: expect.any(Date) }]);
  });

  it("keeps a known cost when the newer line has none", async () => {
    const estimateId = await addEstimate();
    await addLines(estimateId, "2026-02-01", [line("Стяжка", { cost: kopecks(7n) })]);
    await learn(estimateId);
    await addLines(estimateId, "2026-02-02", [line("Стяжка", { price: kopecks(8n) })]);
    expect(await learn(estimateId)).toBe(1);
    expect((await suggest(["стяжка", ""]))[0]).toMatchObject({ price: 8n, cost: 7n });
  });
});
