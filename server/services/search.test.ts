import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { kopecks } from "../../domain/money.ts";
import { SEARCH_KINDS, type SearchHit, type SearchRequest } from "../../domain/search.ts";
import { newId } from "../new_id.ts";
import { createTestWork, type TestWork } from "../testing.ts";

let work: TestWork;
let owner: Actor;
let foreman: Actor;
let colleague: Actor;
let stranger: Actor;
let ids: { client: string; project: string; estimate: string };

beforeAll(async () => {
  work = await createTestWork();
  owner = await work.newActor();
  const { companyId } = owner;
  foreman = await work.newActor({ companyId, role: "foreman" });
  colleague = await work.newActor({ companyId, role: "foreman" });
  stranger = await work.newActor();
  ids = await fill(foreman);
  await addCrm(companyId, ids);
});

afterAll(() => work.close());

/** A client with his object and an estimate of it. */
async function fill(actor: Actor) {
  return work.asActor(actor, async ({ clients, projects, estimates }) => {
    const client = await clients.create({
      name: "Семён Иванов",
      kind: "person",
      phones: [{ raw: "8 (916) 123-45-67", e164: null }],
      emails: ["Semen.Ivanov@mail.ru"],
      inn: "500100732259",
      address: "Пушкина 7",
      note: "Звонить после обеда",
    });
    const project = await projects.create({
      title: "Квартира на Гагарина",
      address: "Гагарина 12, кв. 5",
      clientId: client.id,
      note: "",
    });
    const card = await estimates.create({ projectId: project.id, title: "Ванная" });
    const line = { unit: "м2", quantity: 20_000_000n, price: kopecks(100n), kind: "work" as const };
    await estimates.addList(
      card.id,
      [
        {
          title: "Чистовая",
          kind: "work",
          lines: [
            { ...line, name: "Укладка плитки на стены" },
            { ...line, name: "Штукатурка потолка" },
          ],
        },
      ],
      { source: "bot" },
    );
    return { client: client.id, project: project.id, estimate: card.id };
  });
}

/** Records of a CRM behind the client and the estimate, and a deal of nobody. */
async function addCrm(companyId: string, { client, estimate }: typeof ids): Promise<void> {
  const { sql } = work.database;
  const connectionId = newId();
  await sql`
    insert into crm_connections (company_id, id, kind, account, secrets)
    values (${companyId}, ${connectionId}, 'bitrix24', 'romashka.bitrix24.ru', '\\x00')
  `;
  await sql`
    insert into crm_clients (
      company_id, connection_id, entity, remote_id, client_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (
      ${companyId}, ${connectionId}, 'contact', '7', ${client},
      ${sql.json({ name: "Семён", phones: ["+7 343 222-33-44"], comment: "пришёл с Авито" })},
      'x', now(), now()
    )
  `;
  for (const [remoteId, title, bound] of [
    ["70", "Ремонт под ключ", estimate],
    ["71", "Беседка", null],
  ] as const) {
    await sql`
      insert into crm_deals (
        company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
        remote_updated_at, seen_at
      )
      values (
        ${companyId}, ${connectionId}, ${remoteId}, ${bound}, ${sql.json({ title })}, 'x', now(),
        now()
      )
    `;
  }
}

function find(request: SearchRequest | string, actor = foreman) {
  const asked = typeof request === "string" ? { text: request } : request;
  return work.asActor(actor, ({ search }) => search.find(asked));
}

async function kindsOf(text: string, actor = foreman): Promise<string[]> {
  return (await find(text, actor)).items.map(({ kind }) => kind).toSorted();
}

function shown(hit: SearchHit | undefined): string[] {
  return (hit?.reasons ?? []).map(
    ({ field, text, marks }) =>
      `${field}: ${marks.map(({ start, end }) => text.slice(start, end)).join("|")}`,
  );
}

describe("search", () => {
  it("finds a client with his objects and estimates by name, its forms, beginning and ё", async () => {
    for (const text of ["Семён", "семен", "СЕМЁН ИВАНОВ", "Сем", "иванов сем", "семену", "Ивано"]) {
      expect([text, await kindsOf(text)]).toEqual([
        text,
        ["client", "deal", "estimate", "project"],
      ]);
    }
  });

  it("finds by a line, in every form of its words and while they are typed", async () => {
    for (const text of ["плитка", "плитки", "плитку", "плит", "укладкой плитки", "штукатурк"]) {
      const { items } = await find(text);
      expect([text, items.map(({ id }) => id)]).toEqual([text, [ids.estimate]]);
    }
    expect(shown((await find("плитка")).items[0])).toEqual(["line: плитки"]);
    expect(shown((await find("чистовая")).items[0])).toEqual(["line: Чистовая"]);
  });

  it("finds by a phone in any spelling and by its last digits", async () => {
    for (const text of ["+7 916 123-45-67", "8(916)1234567", "9161234567", "4567", "123-45-67"]) {
      const { items } = await find({ text, kinds: ["client"] });
      expect([text, items.map(shown)]).toEqual([text, [[expect.stringMatching(/^phone: .*67$/)]]]);
    }
    // Of the CRM's record alone.
    expect(await kindsOf("8 343 222 33 44")).toEqual(["client"]);
    expect(await kindsOf("9999")).toEqual([]);
  });

  it("finds an estimate by its number however it is written", async () => {
    for (const text of ["СМ-2026-0001", "см 2026 1", "2026-0001", "0001", "1", "№1"]) {
      const { items } = await find({ text, kinds: ["estimate"] });
      expect([text, items.map(({ number }) => number)]).toEqual([text, ["СМ-2026-0001"]]);
      expect(shown(items[0])).toEqual(["number: СМ-2026-0001"]);
    }
    expect(await kindsOf("СМ-2025-0001")).toEqual([]);
  });

  it("finds an e-mail that stands in a name or a note, and no other one instead", async () => {
    const reader = await work.newActor();
    await work.asActor(reader, async ({ clients }) => {
      const rest = { phones: [], inn: "", address: "", kind: "person" as const };
      await clients.create({ ...rest, name: "Пётр petr-s@yandex.ru", note: "", emails: [] });
      await clients.create({ ...rest, name: "Анна", note: "счёт на anna@yandex.ru", emails: [] });
      await clients.create({ ...rest, name: "Олег", note: "", emails: ["petr-s@yandex.ru"] });
    });
    const found = async (text: string) => {
      const { items, corrections } = await find({ text, kinds: ["client"] }, reader);
      return [...items.map(({ title }) => title).toSorted(), ...corrections];
    };
    expect(await found("petr-s@yandex.ru")).toEqual(["Олег", "Пётр petr-s@yandex.ru"]);
    expect(await found("anna@yandex")).toEqual(["Анна"]);
    const { items } = await find({ text: "anna@yandex.ru" }, reader);
    expect(shown(items[0])).toEqual(["note: anna@yandex.ru"]);
    expect(await found("anno@yandex.ru")).toEqual([]);
  });

  it("finds by e-mail, ИНН, address and note", async () => {
    for (const text of ["semen.ivanov@mail.ru", "SEMEN", "500100732259", "пушкина 7", "обед"]) {
      expect([text, await kindsOf(text)]).toEqual([text, expect.arrayContaining(["client"])]);
    }
    expect(await kindsOf("гагарина 12")).toEqual(["estimate", "project"]);
  });

  it("finds what only a CRM knows", async () => {
    expect(await kindsOf("авито")).toEqual(["client"]);
    expect(shown((await find("авито")).items[0])).toEqual(["crm: Авито"]);
    expect(await kindsOf("ремонт ключ")).toEqual(["deal", "estimate"]);
  });

  it("forgives typing mistakes and says what it took instead", async () => {
    for (const text of ["Ивонов", "иванав", "штукатрка", "Гогарина", "Ивонов симен"]) {
      const { items, corrections } = await find(text);
      expect([text, items.length > 0, corrections.length > 0]).toEqual([text, true, true]);
    }
    const { items, corrections } = await find("Ивонов");
    expect(corrections).toContain("иванов");
    expect(shown(items.find(({ kind }) => kind === "client"))[0]).toBe("name: Иванов");
    expect((await find("Иванов")).corrections).toEqual([]);
    expect((await find("абракадабра")).items).toEqual([]);
  });

  it("puts names before notes and tells what was found", async () => {
    await work.asActor(owner, async ({ clients }) => {
      const client = await clients.get(ids.client);
      const { id: _, ...fields } = client;
      await clients.create({ ...fields, name: "Редкий Снегирь", note: "", emails: [], phones: [] });
      await clients.create({ ...fields, name: "Другой", note: "сосед: Снегирь", emails: [] });
    });
    const { items } = await find("снегирь");
    expect(items.map(({ title }) => title)).toEqual(["Редкий Снегирь", "Другой"]);
    const [estimate] = (await find({ text: "ванная", kinds: ["estimate"] })).items;
    expect(estimate).toMatchObject({
      kind: "estimate",
      id: ids.estimate,
      estimateId: ids.estimate,
      title: "Ванная",
      number: "СМ-2026-0001",
      about: "Квартира на Гагарина · Семён Иванов",
      status: "draft",
    });
  });

  it("names an estimate without a name after its object, and does not say it twice", async () => {
    const other = await work.newActor();
    await work.asActor(other, async ({ projects, estimates }) => {
      const fields = { address: "", clientId: null, note: "" };
      const project = await projects.create({ ...fields, title: "Дом у озера" });
      await estimates.create({ projectId: project.id });
    });
    const { items } = await find({ text: "озеро", kinds: ["estimate"] }, other);
    expect(items).toMatchObject([{ title: "Дом у озера", about: "" }]);
  });

  it("finds estimates of one status alone, with their reasons and with typing mistakes", async () => {
    const actor = await work.newActor();
    const { estimate } = await fill(actor);
    const second = await fill(actor);
    await work.asActor(actor, ({ agreement }) =>
      agreement.submit(second.estimate, { audience: "manager", acceptWarnings: true }),
    );
    const idsOf = async (request: Omit<SearchRequest, "text">, text = "плитка") =>
      (await find({ ...request, text }, actor)).items.map(({ id }) => id);
    expect((await idsOf({})).toSorted()).toEqual([estimate, second.estimate].toSorted());
    expect(await idsOf({ status: "draft" })).toEqual([estimate]);
    expect(await idsOf({ status: "submitted" })).toEqual([second.estimate]);
    expect(await idsOf({ status: "approved" })).toEqual([]);
    // Clients, objects and deals have none.
    expect(await idsOf({ status: "draft" }, "семен")).toEqual([estimate]);
    expect(await idsOf({ status: "draft" }, "штукатрка")).toEqual([estimate]);
    const { items } = await find({ text: "плитка", status: "draft" }, actor);
    expect(items.map(shown)).toEqual([["line: плитки"]]);
  });

  it("finds what was changed a moment ago, also in the same transaction", async () => {
    const found = await work.asActor(owner, async ({ clients, search }) => {
      const client = await clients.get(ids.client);
      await clients.set(client.id, { note: "лазурит" });
      return search.find({ text: "лазурит" });
    });
    expect(found.items.map(({ id }) => id)).toEqual([ids.client]);
    await work.asActor(owner, ({ clients }) => clients.set(ids.client, { note: "гранит" }));
    expect(await kindsOf("лазурит")).toEqual([]);
    expect(await kindsOf("гранит")).toEqual(["client"]);
  });
});

describe("what may be seen", () => {
  it("is nothing of another company", async () => {
    for (const text of [
      "Семён",
      "плитка",
      "4567",
      "1",
      "Ивонов",
      "semen.ivanov@mail.ru",
      "авито",
    ]) {
      const { items, corrections } = await find(text, stranger);
      expect([text, items, corrections]).toEqual([text, [], []]);
    }
  });

  it("is for a foreman only his own estimates and their deals, for leaders all", async () => {
    expect(await kindsOf("Семён", colleague)).toEqual(["client", "project"]);
    expect(await kindsOf("плитка", colleague)).toEqual([]);
    expect(await kindsOf("ремонт ключ", colleague)).toEqual([]);
    expect(await kindsOf("беседка", foreman)).toEqual([]);
    expect(await kindsOf("беседка", owner)).toEqual(["deal"]);
    expect(await kindsOf("плитка", owner)).toEqual(["estimate"]);
  });

  it("is never what the index still holds of an estimate that was taken away", async () => {
    const { estimate } = await fill(colleague);
    const kept = { text: "ванная", kinds: ["estimate"] } as const;
    expect((await find(kept, colleague)).items.map(({ id }) => id)).toEqual([estimate]);
    // As a replica or a process that died would leave it: changed, and not marked.
    await work.database.sql.begin(async (tx) => {
      await tx`set local session_replication_role = replica`;
      await tx`
        update estimates set foreman_id = ${owner.userId}, created_by = ${owner.userId}
        where id = ${estimate}
      `;
    });
    expect((await find(kept, colleague)).items).toEqual([]);
  });

  it("leaves out what was removed and brings it back when it is restored", async () => {
    const { estimate } = await fill(owner);
    const search = () => find({ text: "ванная", kinds: ["estimate"] }, owner);
    expect((await search()).items.map(({ id }) => id)).toContain(estimate);
    await work.asActor(owner, ({ estimates }) => estimates.remove(estimate));
    expect((await search()).items.map(({ id }) => id)).not.toContain(estimate);
    await work.asActor(owner, ({ estimates }) => estimates.restore(estimate));
    expect((await search()).items.map(({ id }) => id)).toContain(estimate);
  });
});

describe("pages", () => {
  it("show everything once, best first, also of mistyped words", async () => {
    const reader = await work.newActor();
    await work.asActor(reader, async ({ clients }) => {
      for (let number = 0; number < 23; number += 1) {
        const name = number % 2 === 0 ? `Кузнецов ${number}` : `Пётр ${number}`;
        const note = number % 2 === 0 ? "" : "сосед Кузнецов";
        const rest = { phones: [], emails: [], inn: "", address: "" };
        await clients.create({ ...rest, kind: "person", name, note });
      }
    });
    for (const text of ["кузнецов", "кузнецав"]) {
      const seen: string[] = [];
      let cursor: string | null = null;
      do {
        const page = await find({ text, cursor, limit: 5 }, reader);
        seen.push(...page.items.map(({ title }) => title));
        cursor = page.next;
      } while (cursor !== null);
      expect(seen).toHaveLength(23);
      expect(new Set(seen).size).toBe(23);
      expect(seen.slice(0, 12).every((title) => title.startsWith("Кузнецов"))).toBe(true);
    }
  });

  it("refuse a limit and a cursor that are none", async () => {
    for (const request of [
      { text: "а", limit: 0 },
      { text: "а", limit: 101 },
      { text: "аб", cursor: "x" },
      { text: "аб", cursor: "xzzzzzz.AAAAAAAAAAAAAAAAAAAAAA" },
    ]) {
      await expect(find(request)).rejects.toMatchObject({ code: "invalid" });
    }
  });
});

describe("whatever is typed", () => {
  it("is words, never a syntax of the query", async () => {
    for (const text of [
      "& | ! : * < > ( ) ' \\ \" %",
      "плитка & | стены",
      "плитк:* | !несуществующее",
      "!плитка",
      "'; drop table clients; --",
      "плитка:A <-> стены",
      "пли\0тка",
      "😀",
      "😀плитка",
      "\ud83d",
      "%_",
      "@",
      "#",
      "+",
    ]) {
      await expect(find(text)).resolves.toHaveProperty("items");
    }
    expect(await kindsOf("плитка & | стены")).toEqual(["estimate"]);
    expect(await kindsOf("😀плитка'")).toEqual(["estimate"]);
    expect(await kindsOf("пли\0тка")).toEqual(["estimate"]);
  });

  it("may be as long as a message of Telegram", async () => {
    for (const text of [
      "плитка ".repeat(700),
      "я".repeat(4096),
      "1".repeat(4096),
      "@".repeat(4096),
    ]) {
      await expect(find(text.slice(0, 4096))).resolves.toHaveProperty("items");
    }
  });

  it("is nothing to look for when it has neither letters nor digits", async () => {
    expect(await find("  —  ")).toEqual({ items: [], next: null, corrections: [] });
  });

  it("finds of every kind what was asked for and nothing else", async () => {
    for (const kind of SEARCH_KINDS) {
      const { items } = await find({ text: "семён", kinds: [kind] });
      expect([kind, new Set(items.map((hit) => hit.kind))]).toEqual([kind, new Set([kind])]);
    }
  });
});
