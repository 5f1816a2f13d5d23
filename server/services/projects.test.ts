import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import type { ProjectFields } from "../../domain/projects.ts";
import type { Client, Project } from "../../domain/services.ts";
import type { PageRequest } from "../../domain/paging.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let foreman: Actor;
let stranger: Actor;
let client: Client;
let strangersClient: Client;

beforeAll(async () => {
  work = await createTestWork();
  const owner = await work.newActor();
  foreman = await work.newActor({ companyId: owner.companyId, role: "foreman" });
  stranger = await work.newActor();
  client = await addClient(foreman, "Семён Ёжиков");
  strangersClient = await addClient(stranger, "Чужой");
});

afterAll(() => work.close());

function addClient(actor: Actor, name: string): Promise<Client> {
  return work.asActor(actor, ({ clients }) =>
    clients.create({
      name,
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
}

function create(fields: Partial<ProjectFields>, actor = foreman): Promise<Project> {
  return work.asActor(actor, ({ projects }) =>
    projects.create({ title: "Дом", address: "", clientId: null, note: "", ...fields }),
  );
}

function set(id: string, fields: Partial<ProjectFields>, actor = foreman): Promise<Project> {
  return work.asActor(actor, ({ projects }) => projects.set(id, fields));
}

function list(request: PageRequest, actor = foreman) {
  return work.asActor(actor, ({ projects }) => projects.list(request));
}

describe("objects", () => {
  it("are made with or without a client, whose name comes along", async () => {
    const project = await create({ title: " Ленина 12, кв. 5 ", clientId: client.id });
    expect(project).toMatchObject({ title: "Ленина 12, кв. 5", clientName: "Семён Ёжиков" });
    const read = await work.asActor(foreman, ({ projects }) => projects.get(project.id));
    expect(read).toEqual(project);
    expect(await create({})).toMatchObject({ clientId: null, clientName: null });
  });

  it("change field by field", async () => {
    const project = await create({ title: "Дача", note: "1" });
    expect(await set(project.id, { clientId: client.id })).toEqual({
      ...project,
      clientId: client.id,
      clientName: "Семён Ёжиков",
    });
    expect(await set(project.id, { note: "" })).toMatchObject({ note: "", clientId: client.id });
    expect(await set(project.id, { clientId: null })).toEqual({ ...project, note: "" });
  });

  it("take only a client of the own company", async () => {
    const project = await create({});
    for (const clientId of [strangersClient.id, newId()]) {
      const refusal = {
        code: "not_found",
        message: "Карточка заказчика не найдена. Возможно, её удалили.",
      };
      await expect(create({ clientId })).rejects.toMatchObject(refusal);
      await expect(set(project.id, { clientId })).rejects.toMatchObject(refusal);
    }
    await expect(create({ clientId: "не ид" })).rejects.toMatchObject({
      code: "invalid",
      message: "«Заказчик»: проверьте, всё ли введено верно.",
    });
  });

  it("are refused without a title", async () => {
    await expect(create({ title: "\n" })).rejects.toMatchObject({
      code: "invalid",
      message: "«Название объекта»: заполните это поле.",
    });
  });

  it("do not exist for another company, nor do ids of nobody", async () => {
    const { id } = await create({ title: "Невидимка" });
    for (const [actor, given] of [
      [stranger, id],
      [foreman, newId()],
      [foreman, "не ид"],
    ] as const) {
      await expect(
        work.asActor(actor, ({ projects }) => projects.get(given)),
      ).rejects.toMatchObject({ code: "not_found" });
      await expect(set(given, { note: "1" }, actor)).rejects.toMatchObject({ code: "not_found" });
    }
    expect((await list({ search: "невидимка" }, stranger)).items).toEqual([]);
  });

  it("are listed page by page, last used first", async () => {
    for (let index = 1; index <= 5; index += 1) {
      await create({ title: `Паж ${index}`, clientId: client.id });
    }
    const titles: string[] = [];
    let cursor: string | null = null;
    do {
      const page = await list({ search: "паж ежиков", limit: 2, cursor });
      titles.push(...page.items.map((project) => project.title));
      cursor = page.next;
      // With its prefix it must fit into the 64 bytes of a button.
      expect((cursor ?? "").length).toBeLessThanOrEqual(40);
    } while (cursor !== null);
    expect(titles).toEqual(["Паж 5", "Паж 4", "Паж 3", "Паж 2", "Паж 1"]);
  });

  it("refuse a page that was not given out", async () => {
    const { id } = await create({});
    for (const cursor of ["", id, "zzz", "zzzzzzzzzzzz.AAAAAAAAAAAAAAAAAAAAAA", "1.2"]) {
      await expect(list({ cursor })).rejects.toMatchObject({ code: "invalid" });
    }
  });
});
