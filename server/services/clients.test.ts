import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { ClientFields } from "../../domain/clients.ts";
import type { Client } from "../../domain/services.ts";
import type { PageRequest } from "../../domain/paging.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let foreman: Actor;
let stranger: Actor;

beforeAll(async () => {
  work = await createTestWork();
  const owner = await work.newActor();
  foreman = await work.newActor({ companyId: owner.companyId, role: "foreman" });
  stranger = await work.newActor();
});

afterAll(() => work.close());

function create(fields: Partial<ClientFields>, actor = foreman): Promise<Client> {
  return work.asActor(actor, ({ clients }) =>
    clients.create({
      name: "Иван Петров",
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
      ...fields,
    }),
  );
}

function list(request: PageRequest, actor = foreman) {
  return work.asActor(actor, ({ clients }) => clients.list(request));
}

describe("clients", () => {
  it("are made by any member and read by all of the company", async () => {
    const client = await create({ name: "  Пётр\0 " });
    expect(client.name).toBe("Пётр");
    const manager = await work.newActor({ companyId: foreman.companyId, role: "manager" });
    expect(await work.asActor(manager, ({ clients }) => clients.get(client.id))).toEqual(client);
  });

  it("get the numbers that were left unread, without repeated and empty contacts", async () => {
    const client = await create({
      phones: [
        { raw: "8 (916) 123-45-67", e164: null },
        { raw: "+79161234567", e164: "+79161234567" },
        { raw: "", e164: null },
        { raw: "спросить Машу", e164: null },
      ],
      emails: ["a@example.ru", "", "A@example.ru"],
    });
    expect(client.phones).toEqual([
      { raw: "8 (916) 123-45-67", e164: "+79161234567" },
      { raw: "спросить Машу", e164: null },
    ]);
    expect(client.emails).toEqual(["a@example.ru"]);
    const found = await work.asActor(foreman, ({ clients }) => clients.findByPhone("+79161234567"));
    expect(found).toEqual([client]);
  });

  it("change field by field", async () => {
    const client = await create({ note: "старая", emails: ["a@example.ru"] });
    const set = (fields: Partial<ClientFields>) =>
      work.asActor(foreman, ({ clients }) => clients.set(client.id, fields));
    expect(await set({ phones: [{ raw: "89160000000", e164: null }] })).toEqual({
      ...client,
      phones: [{ raw: "89160000000", e164: "+79160000000" }],
    });
    expect(await set({ phones: [], note: "" })).toEqual({ ...client, note: "" });
    expect(await set({})).toEqual({ ...client, note: "" });
  });

  it("are refused with the field's name", async () => {
    await expect(create({ name: " " })).rejects.toMatchObject({
      code: "invalid",
      message: "«Имя или название»: заполните это поле.",
    });
    await expect(create({ inn: "12345" })).rejects.toMatchObject({ code: "invalid" });
    await expect(
      create({ phones: Array.from({ length: 11 }, () => ({ raw: "1", e164: null })) }),
    ).rejects.toMatchObject({
      code: "invalid",
      message: "«Телефоны»: слишком много, можно не больше 10.",
    });
    const { id } = await create({});
    await expect(
      work.asActor(foreman, ({ clients }) => clients.set(id, { name: "" })),
    ).rejects.toMatchObject({ code: "invalid" });
    await expect(
      work.asActor(foreman, ({ clients }) => clients.findByPhone("не номер")),
    ).rejects.toMatchObject({ code: "invalid" });
  });

  it("do not exist for another company, nor do ids of nobody", async () => {
    const phones = [{ raw: "8 916 999-99-99", e164: null }];
    const { id } = await create({ name: "Невидимка", phones });
    for (const [actor, given] of [
      [stranger, id],
      [foreman, newId()],
      [foreman, "не ид"],
    ] as const) {
      await expect(work.asActor(actor, ({ clients }) => clients.get(given))).rejects.toMatchObject({
        code: "not_found",
      });
      await expect(
        work.asActor(actor, ({ clients }) => clients.set(given, { note: "1" })),
      ).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await list({ search: "невидимка" }, stranger)).items).toEqual([]);
    expect(
      await work.asActor(stranger, ({ clients }) => clients.findByPhone("+79169999999")),
    ).toEqual([]);
    expect((await list({ search: "невидимка" })).items).toHaveLength(1);
  });

  it("are listed page by page and found by words and phones", async () => {
    for (let index = 1; index <= 3; index += 1) {
      await create({
        name: `Паж Ёлкин ${index}`,
        phones: [{ raw: `8 912 000-00-0${index}`, e164: null }],
      });
    }
    const first = await list({ search: "елкин", limit: 2 });
    expect(first.items).toHaveLength(2);
    const second = await list({ search: "елкин", limit: 2, cursor: first.next });
    expect(second.next).toBeNull();
    const names = [...first.items, ...second.items].map((client) => client.name);
    expect(names.toSorted()).toEqual(["Паж Ёлкин 1", "Паж Ёлкин 2", "Паж Ёлкин 3"]);

    expect((await list({ search: "8 (912) 000-00-02" })).items).toHaveLength(1);
    expect((await list({ search: "8912000" })).items).toHaveLength(3);
    expect((await list({ search: "паж_" })).items).toEqual([]);
    await expect(list({ cursor: "0" })).rejects.toMatchObject({ code: "invalid" });
    await expect(list({ limit: 1000 })).rejects.toMatchObject({ code: "invalid" });
  });
});
