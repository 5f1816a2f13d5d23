import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../auth/tokens.ts";
import { makeArchive, makeSheet, makeWorkbook } from "../imports/testing_files.ts";
import { newId } from "../new_id.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let owner: string;

beforeAll(async () => {
  stage = await createShareStage();
  owner = await tokenOf(stage.people.owner);
});

afterAll(() => stage.close());

async function tokenOf(actor: Actor): Promise<string> {
  const token = makeToken();
  const expiresAt = new Date("2100-01-01");
  await insertSession(stage.work.database.sql, token, { ...actor, kind: "miniapp", expiresAt });
  return token;
}

async function send(
  path: string,
  file: string | Uint8Array,
  { token = owner, ...headers }: { token?: string; [header: string]: string } = {},
) {
  const answer = await stage.app.request(`/api/v1/imports${path}`, {
    method: "POST",
    headers: {
      "Content-Type": "application/octet-stream",
      Authorization: `Bearer ${token}`,
      ...headers,
    },
    body: new Blob([new Uint8Array(Buffer.from(file))]),
  });
  const json = (await answer.json()) as Record<string, unknown>;
  return { status: answer.status, headers: answer.headers, json };
}

async function priceOf(name: string): Promise<string | null> {
  const [row] = await stage.work.database.sql`
    select price::text as price from catalogue_items
    where company_id = ${stage.people.owner.companyId} and name = ${name}
  `;
  return row ? String(row["price"]) : null;
}

const estimateOf = (json: Record<string, unknown>) =>
  json["estimate"] as { id: string; title: string; lineCount: number; totals: { total: string } };

describe("a price list sent by a program", () => {
  it("is read from a workbook whose columns stand in any order, and updates what is there", async () => {
    const sheet = (price: number) =>
      makeWorkbook({
        name: "Прайс",
        data: [
          ["Цена, руб.", "Ед. изм.", "Наименование работ"],
          [price, "м2", "Штукатурка стен"],
          ["по запросу", "м2", "Лепнина"],
        ],
      });
    const first = await send("/catalogue", await sheet(450));
    expect(first).toMatchObject({
      status: 200,
      json: {
        sheet: "Прайс",
        columns: { name: 2, price: 0 },
        added: 1,
        updated: 0,
        untakenCount: 1,
      },
    });
    expect(first.json["untaken"]).toEqual([
      { rowNumber: 3, text: expect.stringContaining("Лепнина"), reason: expect.any(String) },
    ]);
    expect(await send("/catalogue", await sheet(475.5))).toMatchObject({
      json: { added: 0, updated: 1 },
    });
    expect(await priceOf("Штукатурка стен")).toBe("475.50");
  });

  it("whose columns are not clear loads nothing; named once, they are remembered", async () => {
    const strange = "яя;бб\nГрунтовка;50\nСтяжка;900";
    const unclear = await send("/catalogue", strange);
    expect(unclear).toMatchObject({
      status: 409,
      json: { outcome: "unclear", columnNames: ["яя", "бб"] },
    });
    expect(await priceOf("Грунтовка")).toBeNull();
    const named = await send("/catalogue?name=0&price=1&skipRows=1", strange);
    expect(named).toMatchObject({ status: 200, json: { added: 2 } });
    expect(await send("/catalogue", strange.replace("50", "55"))).toMatchObject({ status: 200 });
    expect(await priceOf("Грунтовка")).toBe("55.00");
  });

  it("is refused where the role may not set prices, and to a key that only reads", async () => {
    const file = "Наименование;Цена\nЧужая цена;1";
    const token = await tokenOf(stage.people.foreman);
    expect(await send("/catalogue", file, { token })).toMatchObject({ status: 403 });
    const key = await stage.work.asActor(stage.people.owner, ({ apiKeys }) =>
      apiKeys.create({ name: "1С", scope: "read" }),
    );
    expect(await send("/catalogue", file, { token: key.token })).toMatchObject({ status: 403 });
    expect(await priceOf("Чужая цена")).toBeNull();
  });
});

describe("an estimate sent by a program", () => {
  const table = (more = "") =>
    `Работа;Кол-во;Ед.;Цена\nДемонтаж;22;м2;350\nУкладка плитки;22;м2;2200\n${more}`;

  it("is created with its lines, and what was not read is told", async () => {
    const made = await send("/estimates?title=Kitchen", table("Непонятно;много;м2;1\n"));
    expect(made).toMatchObject({ status: 201, json: { added: 2, unpriced: 0, untakenCount: 1 } });
    expect(estimateOf(made.json)).toMatchObject({ title: "Kitchen", lineCount: 2 });
    expect(estimateOf(made.json).totals.total).toBe("56100.00");
  });

  it("is one estimate, however often it is sent under one key", async () => {
    const key = { "Idempotency-Key": "import-1" };
    const [first, ...others] = await Promise.all(
      Array.from({ length: 5 }, () => send("/estimates", table(), key)),
    );
    const id = estimateOf(first?.json ?? {}).id;
    for (const other of others) expect(estimateOf(other.json).id).toBe(id);
    const again = await send("/estimates", table(), key);
    expect(again.headers.get("Idempotency-Replayed")).toBe("true");
    expect(await send("/estimates", table("Ещё;1;м2;1\n"), key)).toMatchObject({ status: 422 });
  });

  it("may be sent again under its key after an answer that it was not clear", async () => {
    const key = { "Idempotency-Key": "import-2" };
    const unclear = "ии;кк;лл\nСтяжка;900;10";
    expect((await send("/estimates", unclear, key)).status).toBe(409);
    const named = await send("/estimates?name=0&price=1&quantity=2&skipRows=1", unclear, key);
    expect(named).toMatchObject({ status: 201, json: { added: 1 } });
  });

  it("adds its lines to one that is there, and to no other company's", async () => {
    const made = await send("/estimates", table());
    const { id } = estimateOf(made.json);
    const more = await send(`/estimates/${id}`, table());
    expect(more.status).toBe(200);
    expect(estimateOf(more.json)).toMatchObject({ id, lineCount: 4 });
    const token = await tokenOf(stage.people.stranger);
    expect(await send(`/estimates/${id}`, table(), { token })).toMatchObject({ status: 404 });
    expect(await send(`/estimates/${newId()}`, table())).toMatchObject({ status: 404 });
  });
});

describe("the longest estimate", { timeout: 120_000 }, () => {
  const lines = (count: number) =>
    makeWorkbook({
      name: "Смета",
      data: [
        ["Работа", "Кол-во", "Ед.", "Цена"],
        ...Array.from({ length: count }, (_, index) => [`Работа № ${index}`, 2, "м2", 350.5]),
      ],
    });

  it("comes in whole", async () => {
    const made = await send("/estimates", await lines(10_000));
    expect(made).toMatchObject({ status: 201, json: { added: 10_000, untakenCount: 0 } });
    expect(estimateOf(made.json).totals.total).toBe("7010000.00");
  });

  it("with a line more is refused in words, and nothing of it is kept", async () => {
    const refused = await send("/estimates?title=Huge", await lines(10_001));
    expect(refused).toMatchObject({ status: 422, json: { error: { code: "limit" } } });
    expect(refused.json["error"]).toMatchObject({
      message: expect.stringContaining("не может быть больше 10 000 строк"),
    });
    const [row] = await stage.work.database.sql`
      select count(*)::int as count from estimates where title = 'Huge'
    `;
    expect(row).toEqual({ count: 0 });
  });
});

describe("a file sent by a program", () => {
  it.each([
    ["nothing", "", 400, "invalid"],
    ["no table", "%PDF-1.7", 400, "invalid"],
    ["a broken workbook", "PK\u0003\u0004\u0001\u0002", 400, "invalid"],
    ["more than 20 MB", new Uint8Array(20_000_001), 413, "limit"],
    ["a bomb", bomb(), 422, "limit"],
    ["a bomb that lies about its size", bomb(1000), 400, "invalid"],
    ["too many rows", `Работа;Цена\n${"Стяжка;1\n".repeat(20_001)}`, 422, "limit"],
  ])("that is %s is refused with its reason", async (_, file, status, code) => {
    for (const path of ["/catalogue?name=0&price=1", "/estimates"]) {
      expect(await send(path, file)).toMatchObject({ status, json: { error: { code } } });
    }
  });

  it.each(["name=-1", "name=1.5", "name=x", "price=1", "other=1", "name=0&title=x"])(
    "with wrong columns (%s) is refused",
    async (query) => {
      const answer = await send(`/catalogue?${query}`, "Наименование;Цена\nСтяжка;1");
      expect(answer).toMatchObject({ status: 400, json: { error: { code: "invalid" } } });
    },
  );
});

/** Unpacks to 200 MB. */
function bomb(claimedSize?: number): Uint8Array {
  if (claimedSize === undefined) return makeSheet(`<row>${" ".repeat(200_000_000)}</row>`);
  const data = Buffer.alloc(100_000_000, " ");
  return makeArchive([{ name: "xl/workbook.xml", data, claimedSize }]);
}
