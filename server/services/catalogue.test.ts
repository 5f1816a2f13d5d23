import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { CatalogueFields } from "../../domain/catalogue.ts";
import { kopecks, type Kopecks, MAX_KOPECKS } from "../../domain/money.ts";
import type { CatalogueItem } from "../../domain/services.ts";
import type { PageRequest } from "../../domain/paging.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;
let foreman: Actor;

beforeAll(async () => {
  work = await createTestWork();
});

beforeEach(async () => {
  owner = await work.newActor();
  foreman = await work.newActor({ companyId: owner.companyId, role: "foreman" });
});

afterAll(() => work.close());

function item(name: string, fields: Partial<CatalogueFields> = {}): CatalogueFields {
  return {
    kind: "work",
    name,
    unit: "м2",
    price: kopecks(45_050n),
    cost: null,
    code: "",
    section: "",
    ...fields,
  };
}

function create(fields: CatalogueFields, actor = owner): Promise<CatalogueItem> {
  return work.asActor(actor, ({ catalogue }) => catalogue.create(fields));
}

function set(id: string, fields: Partial<CatalogueFields>, actor = owner): Promise<CatalogueItem> {
  return work.asActor(actor, ({ catalogue }) => catalogue.set(id, fields));
}

function importAll(items: readonly CatalogueFields[], actor = owner) {
  return work.asActor(actor, ({ catalogue }) => catalogue.importItems(items));
}

function list(request: PageRequest, actor = foreman) {
  return work.asActor(actor, ({ catalogue }) => catalogue.list(request));
}

describe("the price list", () => {
  it("is written by leaders and read by everybody", async () => {
    const manager = await work.newActor({ companyId: owner.companyId, role: "manager" });
    const added = await create(item("Стяжка", { cost: kopecks(1n) }), manager);
    expect(added).toMatchObject({
      name: "Стяжка",
      unit: "м²",
      price: 45_050n,
      cost: 1n,
      source: "manual",
    });
    expect((await list({})).items).toEqual([added]);
    const forbidden = { code: "forbidden" };
    await expect(create(item("Обои"), foreman)).rejects.toMatchObject(forbidden);
    await expect(set(added.id, { code: "1" }, foreman)).rejects.toMatchObject(forbidden);
    await expect(importAll([item("Обои")], foreman)).rejects.toMatchObject(forbidden);
    expect((await list({})).items).toEqual([added]);
  });

  it("has each name and unit once", async () => {
    await create(item("Стяжка"));
    const other = await create(item("Стяжка", { unit: "шт" }));
    const conflict = { code: "conflict", message: expect.stringContaining("уже есть") };
    await expect(create(item("СТЯЖКА!", { unit: "кв.м" }))).rejects.toMatchObject(conflict);
    await expect(set(other.id, { unit: "м²" })).rejects.toMatchObject(conflict);
    expect(await set(other.id, { price: kopecks(7n), cost: null })).toMatchObject({ price: 7n });
  });

  it("says which field is wrong", async () => {
    await expect(create(item(" "))).rejects.toMatchObject({
      code: "invalid",
      message: "«Название»: заполните это поле.",
    });
    for (const price of [-1n as Kopecks, kopecks(MAX_KOPECKS + 1n)]) {
      await expect(create(item("Стяжка", { price }))).rejects.toMatchObject({
        code: "invalid",
        message: "«Цена»: проверьте, всё ли введено верно.",
      });
    }
  });

  it("does not exist for another company, nor do ids of nobody", async () => {
    const { id } = await create(item("Стяжка"));
    const stranger = await work.newActor();
    for (const [actor, given] of [
      [stranger, id],
      [owner, newId()],
      [owner, "не ид"],
    ] as const) {
      await expect(set(given, { code: "1" }, actor)).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await list({}, stranger)).items).toEqual([]);
    const suggested = await work.asActor(stranger, ({ catalogue }) =>
      catalogue.suggestPrices([{ name: "Стяжка", unit: "" }]),
    );
    expect(suggested).toEqual([null]);
    expect(await importAll([item("Стяжка")], stranger)).toEqual({ added: 1, updated: 0 });
  });

  it("is listed page by page and found by words", async () => {
    await importAll(["Паж А", "Паж Б", "Паж В", "Обои"].map((name) => item(name)));
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ search: "паж", limit: 1, cursor });
      names.push(...page.items.map((found) => found.name));
      cursor = page.next;
    } while (cursor !== null);
    expect(names).toEqual(["Паж А", "Паж Б", "Паж В"]);
    await expect(list({ cursor: "1" })).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("an import", () => {
  it("adds and updates by name and unit", async () => {
    expect(await importAll([item("Стяжка"), item("Обои")])).toEqual({ added: 2, updated: 0 });
    const again = [item("стяжка", { price: kopecks(1n) }), item("Обои"), item("Дверь")];
    expect(await importAll(again)).toEqual({ added: 1, updated: 1 });
  });

  it("names the row that is wrong, and writes nothing of the list", async () => {
    const rows = [item("Стяжка"), item("Обои", { price: -1n as Kopecks })];
    await expect(importAll(rows)).rejects.toMatchObject({
      code: "invalid",
      message: "Строка 2. «Цена»: проверьте, всё ли введено верно.",
      details: { fields: ["1.price"] },
    });
    expect((await list({})).items).toEqual([]);
  });

  it("refuses more rows than one statement should write", async () => {
    const rows = Array.from({ length: 50_001 }, () => item("Стяжка"));
    await expect(importAll(rows)).rejects.toMatchObject({ code: "limit" });
  });
});

it("suggests prices to the foreman in the order of the request", async () => {
  await importAll([item("Штукатурка стен")]);
  const suggested = await work.asActor(foreman, ({ catalogue }) =>
    catalogue.suggestPrices([
      { name: "неизвестное", unit: "" },
      { name: "штукатурка  СТЕН", unit: "кв. м" },
      { name: "штукатурка стен", unit: "шт" },
    ]),
  );
  expect(suggested).toEqual([null, expect.objectContaining({ price: 45_050n, unit: "м²" }), null]);
});
