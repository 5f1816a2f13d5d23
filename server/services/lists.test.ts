import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { ColumnMapping, ListService } from "../../domain/services.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let foreman: Actor;
let colleague: Actor;
let stranger: Actor;

const mapping: ColumnMapping = {
  name: 0,
  unit: 1,
  quantity: 2,
  price: 3,
  sum: null,
  code: null,
  skipRows: 1,
};

beforeAll(async () => {
  work = await createTestWork();
  colleague = await work.newActor();
  foreman = await work.newActor({ companyId: colleague.companyId, role: "foreman" });
  stranger = await work.newActor();
});

afterAll(() => work.close());

function as<Result>(actor: Actor, ask: (lists: ListService) => Promise<Result>): Promise<Result> {
  return work.asActor(actor, ({ lists }) => ask(lists));
}

describe("a kept list", () => {
  it("keeps every tab and line, and drops only what PostgreSQL can't hold", async () => {
    const id = await as(foreman, (lists) =>
      lists.keep({ text: "\tа\0\tб\n\ud800в\t", fileName: "смета.csv", mapping: null }),
    );
    expect(await as(foreman, (lists) => lists.read(id))).toEqual({
      text: "\tа\tб\n\ufffdв\t",
      fileName: "смета.csv",
      mapping: null,
    });
  });

  it("takes a mapping later", async () => {
    const id = await as(foreman, (lists) =>
      lists.keep({ text: "а\tб", fileName: null, mapping: null }),
    );
    await as(foreman, (lists) => lists.setMapping(id, mapping));
    expect(await as(foreman, (lists) => lists.read(id))).toMatchObject({ mapping });
  });

  it("is its sender's own", async () => {
    const id = await as(foreman, (lists) =>
      lists.keep({ text: "а", fileName: null, mapping: null }),
    );
    for (const [actor, given] of [
      [colleague, id],
      [stranger, id],
      [foreman, newId()],
      [foreman, "не ид"],
    ] as const) {
      const refusal = { code: "not_found", message: expect.stringContaining("30 дней") };
      await expect(as(actor, (lists) => lists.read(given))).rejects.toMatchObject(refusal);
      await expect(as(actor, (lists) => lists.setMapping(given, mapping))).rejects.toMatchObject(
        refusal,
      );
    }
    expect(await as(foreman, (lists) => lists.read(id))).toMatchObject({ mapping: null });
  });

  it("refuses an empty text, one without end and columns that can't be", async () => {
    const keep = (text: string, columns: ColumnMapping | null = null) =>
      as(foreman, (lists) => lists.keep({ text, fileName: null, mapping: columns }));
    await expect(keep(" \n\t")).rejects.toMatchObject({ code: "invalid" });
    await expect(keep("я".repeat(5_000_001))).rejects.toMatchObject({ code: "limit" });
    await expect(keep("а", { ...mapping, price: -1 })).rejects.toMatchObject({ code: "invalid" });
    await expect(keep("а", { ...mapping, name: 0.5 })).rejects.toMatchObject({ code: "invalid" });
  });
});

describe("a remembered mapping", () => {
  it("serves the whole company, and no other", async () => {
    const header = "наименование|ед.|".repeat(1000);
    await as(foreman, (lists) => lists.rememberMapping(header, mapping));
    expect(await as(colleague, (lists) => lists.rememberedMapping(header))).toEqual(mapping);
    expect(await as(stranger, (lists) => lists.rememberedMapping(header))).toBeNull();
    expect(await as(foreman, (lists) => lists.rememberedMapping("другое"))).toBeNull();
  });

  it("is the one used last", async () => {
    await as(foreman, (lists) => lists.rememberMapping("шапка", mapping));
    await as(colleague, (lists) => lists.rememberMapping("шапка", { ...mapping, sum: 4 }));
    const found = await as(foreman, (lists) => lists.rememberedMapping("шапка"));
    expect(found).toEqual({ ...mapping, sum: 4 });
    await expect(
      as(foreman, (lists) => lists.rememberMapping("шапка", { ...mapping, skipRows: -1 })),
    ).rejects.toMatchObject({ code: "invalid" });
  });
});
