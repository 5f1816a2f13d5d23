import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ProjectFields } from "../domain/projects.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import { insertClient, updateClient } from "./clients.ts";
import {
  findProject,
  insertProject,
  listProjects,
  type ProjectPlace,
  touchProject,
  updateProject,
} from "./projects.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { foundTestCompany } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;
let companyId: string;
const clientId = testId();

beforeAll(async () => {
  database = await createTestDatabase();
  ({ companyId } = await foundTestCompany(database.sql, "Ромашка"));
  await inCompany((tx) =>
    insertClient(tx, companyId, {
      id: clientId,
      name: "Семён Ёжиков",
      kind: "person",
      phones: [{ raw: "8 903 765-43-21", e164: "+79037654321" }],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
});

afterAll(() => database.drop());

function inCompany<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

async function add(fields: Partial<ProjectFields>): Promise<string> {
  const id = testId();
  const project = { id, title: "Дом", address: "", clientId: null, note: "", ...fields };
  await inCompany((tx) => insertProject(tx, companyId, project));
  return id;
}

function find(id: string) {
  return inCompany((tx) => findProject(tx, companyId, id));
}

async function list(words: string[], before: ProjectPlace | null = null, limit = 50) {
  return inCompany((tx) => listProjects(tx, companyId, { words, before, limit }));
}

async function search(...words: string[]): Promise<string[]> {
  return (await list(words)).map((row) => row.project.title);
}

describe("an object", () => {
  it("comes back with the name of its client", async () => {
    const fields = { title: "Ленина 12, кв. 5", address: "Тверь", clientId, note: "ключ у соседа" };
    const id = await add(fields);
    expect(await find(id)).toEqual({ ...fields, id, clientName: "Семён Ёжиков" });
  });

  it("keeps what is not mentioned in a change, and loses its client only when told so", async () => {
    const id = await add({ title: "Дача", clientId, note: "1" });
    const change = (fields: Partial<ProjectFields>) =>
      inCompany((tx) => updateProject(tx, companyId, id, fields));
    expect(await change({ note: "", address: "Кимры" })).toBe(true);
    expect(await find(id)).toMatchObject({ title: "Дача", clientId, note: "", address: "Кимры" });
    await change({ clientId: null });
    expect(await find(id)).toMatchObject({ title: "Дача", clientId: null, clientName: null });
    expect(await inCompany((tx) => updateProject(tx, companyId, testId(), {}))).toBe(false);
  });

  it("is refused by the schema when its client is another company's", async () => {
    const other = await foundTestCompany(database.sql, "Чужая");
    const adding = tenantTransaction(database.sql, other.companyId, (tx) =>
      insertProject(tx, other.companyId, {
        id: testId(),
        title: "Подлог",
        address: "",
        clientId,
        note: "",
      }),
    );
    await expect(adding).rejects.toMatchObject({ code: "23503" });
  });

  it("is nowhere to be found once it was removed", async () => {
    const id = await add({ title: "Снесённый" });
    await database.sql`update projects set removed_at = now() where id = ${id}`;
    expect(await find(id)).toBeNull();
    expect(await inCompany((tx) => updateProject(tx, companyId, id, { note: "1" }))).toBe(false);
    expect(await search("снесенный")).toEqual([]);
  });
});

describe("listProjects", () => {
  it("finds every word in the title, address, client's name or phone", async () => {
    await add({ title: "Офис на Ёлочной", address: "Клин, дом 7", clientId });
    expect(await search("елочной")).toEqual(["Офис на Ёлочной"]);
    expect(await search("клин", "ежиков", "+7903765")).toEqual(["Офис на Ёлочной"]);
    expect(await search("клин", "петров")).toEqual([]);
    expect(await search("%")).toEqual([]);
    await inCompany((tx) => updateClient(tx, companyId, clientId, { name: "Пётр Ужов" }));
    expect(await search("клин", "ужов")).toEqual(["Офис на Ёлочной"]);
  });

  it("puts first what was used last", async () => {
    const first = await add({ title: "Паж 1" });
    await add({ title: "Паж 2" });
    expect(await search("паж")).toEqual(["Паж 2", "Паж 1"]);
    await inCompany((tx) => touchProject(tx, companyId, first));
    expect(await search("паж")).toEqual(["Паж 1", "Паж 2"]);
  });

  it("goes through all once, also those of one microsecond", async () => {
    for (let index = 1; index <= 5; index += 1) await add({ title: `Стр ${index}` });
    await database.sql`
      update projects
      set used_at = case
        when title = 'Стр 5' then '2026-11-22 09:00:00.123457+00'::timestamptz
        else '2026-11-22 09:00:00.123456+00'::timestamptz
      end
      where title like 'Стр%'
    `;
    const seen: string[] = [];
    let before: ProjectPlace | null = null;
    for (let page = 0; page < 5; page += 1) {
      const rows = (await list(["стр"], before, 1)).slice(0, 1);
      for (const { project, usedAt } of rows) {
        seen.push(project.title);
        before = { usedAt, id: project.id };
      }
    }
    expect(seen).toEqual(["Стр 5", "Стр 4", "Стр 3", "Стр 2", "Стр 1"]);
    expect(before?.usedAt).toBe("1795338000123456");
    expect(await list(["стр"], before, 1)).toEqual([]);
  });
});
