import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readSearch, SEARCH_KINDS } from "../domain/search.ts";
import type { Id } from "../domain/ids.ts";
import type { Transaction } from "./client.ts";
import { tenantTransaction } from "./transactions.ts";
import { insertClient, updateClient } from "./clients.ts";
import { insertProject, updateProject } from "./projects.ts";
import { findSearchDocuments, indexSearch, listCompaniesToIndex } from "./search.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";
import { fillTestCompany, foundTestCompany, type TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});

afterAll(() => database.drop());

function inCompany<Result>(
  companyId: Id,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return tenantTransaction(database.sql, companyId, work);
}

function index(companyId: Id, most = 1000): Promise<number> {
  return inCompany(companyId, (tx) => indexSearch(tx, companyId, most));
}

async function find(companyId: Id, text: string, readerId: Id | null = null): Promise<Id[]> {
  const filter = {
    terms: readSearch(text),
    kinds: SEARCH_KINDS,
    readerId,
    status: null,
    after: null,
    limit: 50,
  };
  const found = await inCompany(companyId, (tx) => findSearchDocuments(tx, companyId, filter));
  return found.map(({ id }) => id);
}

async function addClient(companyId: Id, name: string): Promise<Id> {
  const id = testId();
  await inCompany(companyId, (tx) =>
    insertClient(tx, companyId, {
      id,
      name,
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
  return id;
}

/** Documents as they are, and as they are when made from zero. */
async function readAndRebuild(companyId: Id) {
  const read = () => database.sql`
    select id, kind, reader_ids, words::text
    from search_documents
    where company_id = ${companyId}
    order by id
  `;
  const kept = [...(await read())];
  await database.sql`select rebuild_search(${companyId})`;
  return { kept, rebuilt: [...(await read())] };
}

describe("documents", () => {
  it("follow random edits and are then what a rebuild from zero makes", async () => {
    const things = await fillTestCompany(database.sql, "Модель", 2);
    const { companyId } = things;
    const random = seeded(20261125);
    for (let step = 0; step < 150; step += 1) {
      const edit = EDITS[Math.floor(random() * EDITS.length)];
      await inCompany(companyId, async (tx) => edit?.(tx, things, random));
      if (random() < 0.3) await index(companyId, 1 + Math.floor(random() * 5));
    }
    while ((await index(companyId)) > 0);
    const { kept, rebuilt } = await readAndRebuild(companyId);
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(rebuilt);
  });

  it("are written once by many who index at the same time", async () => {
    const { companyId } = await foundTestCompany(database.sql, "Толпа");
    const ids = [];
    for (let number = 0; number < 30; number += 1) {
      ids.push(await addClient(companyId, `Толпин ${number}`));
    }
    await Promise.all(Array.from({ length: 4 }, () => index(companyId, 20)));
    while ((await index(companyId)) > 0);
    expect((await find(companyId, "толпин")).toSorted()).toEqual(ids.toSorted());
    const { kept, rebuilt } = await readAndRebuild(companyId);
    expect(kept.length).toBeGreaterThan(3);
    expect(kept).toEqual(rebuilt);
  });

  it("are not lost when whoever indexes fails", async () => {
    const { companyId } = await foundTestCompany(database.sql, "Падение");
    const id = await addClient(companyId, "Уцелевший");
    const failed = inCompany(companyId, async (tx) => {
      await indexSearch(tx, companyId, 10);
      throw new Error("power cut");
    });
    await expect(failed).rejects.toThrow("power cut");
    expect(await find(companyId, "уцелевший")).toEqual([]);
    await index(companyId);
    expect(await find(companyId, "уцелевший")).toEqual([id]);
  });

  it("are announced as behind until they are written", async () => {
    const { companyId } = await foundTestCompany(database.sql, "Очередь");
    await addClient(companyId, "Очередной");
    expect(await listCompaniesToIndex(database.sql)).toContain(companyId);
    await index(companyId);
    expect(await listCompaniesToIndex(database.sql)).not.toContain(companyId);
  });

  it("hold a note of one endless word and an estimate of endless words", async () => {
    const { companyId } = await foundTestCompany(database.sql, "Длинная");
    const id = await addClient(companyId, "Длинный");
    await inCompany(companyId, (tx) =>
      updateClient(tx, companyId, id, { note: "щ".repeat(2000), name: "х".repeat(200) }),
    );
    await index(companyId);
    expect(await find(companyId, "х".repeat(200))).toEqual([id]);
  });
});

describe("one more line", () => {
  it("leaves one mark and touches nothing else, however long the estimate is", async () => {
    const things = await fillTestCompany(database.sql, "Смета", 3);
    const { companyId, estimateId } = things;
    await inCompany(companyId, (tx) => addLines(tx, things, 5000));
    await index(companyId);
    const documents = () => database.sql`
      select ctid::text, xmin::text from search_documents
      where company_id = ${companyId} and id = ${estimateId}
    `;
    const before = [...(await documents())];
    await inCompany(companyId, (tx) => addLines(tx, things, 1, "Изразцы"));
    const marks = await database.sql`
      select document_id from search_marks where company_id = ${companyId}
    `;
    expect(marks.map((row) => row["document_id"])).toEqual([estimateId]);
    expect([...(await documents())]).toEqual(before);
    await index(companyId);
    expect(await find(companyId, "изразцами")).toEqual([estimateId]);
  });

  it("leaves none where only sums change", async () => {
    const things = await fillTestCompany(database.sql, "Суммы", 4);
    const { companyId, estimateId } = things;
    await index(companyId);
    await inCompany(companyId, async (tx) => {
      await tx`
        update estimate_lines set price = price + 1
        where company_id = ${companyId} and estimate_id = ${estimateId}
      `;
      await tx`
        update estimates set version = version + 1, total_amount = 5
        where company_id = ${companyId} and id = ${estimateId}
      `;
    });
    expect(await listCompaniesToIndex(database.sql)).not.toContain(companyId);
  });
});

describe("the walls", () => {
  it("let the program's role search and index only the company of its transaction", async () => {
    const ours = await foundTestCompany(database.sql, "Наша");
    const theirs = await foundTestCompany(database.sql, "Чужая");
    const refused: ((tx: Transaction) => Promise<unknown>)[] = [
      (tx: Transaction) => indexSearch(tx, theirs.companyId, 10),
      (tx: Transaction) => tx`select * from suggest_search_words(${theirs.companyId}, 'чужая', 5)`,
      (tx: Transaction) =>
        tx`select * from find_search_documents(${theirs.companyId}, '[]', '{}', null, 5)`,
      (tx: Transaction) => tx`select * from search_words limit 1`,
      (tx: Transaction) => tx`select * from search_sources limit 1`,
      (tx: Transaction) => tx`select rebuild_search(${ours.companyId})`,
    ];
    for (const query of refused) {
      await expect(inCompany(ours.companyId, query)).rejects.toMatchObject({ code: "42501" });
    }
  });

  it("hold where two companies share the beginning of their words", async () => {
    const ours = await foundTestCompany(database.sql, "Наша");
    const theirs = await foundTestCompany(database.sql, "Чужая");
    const [theirClient] = [await addClient(theirs.companyId, "Секретов")];
    await index(theirs.companyId);
    await database.sql`
      update search_documents
      set words = replace(words::text, search_code(${theirs.companyId}),
        search_code(${ours.companyId}))::tsvector
      where company_id = ${theirs.companyId} and id = ${theirClient}
    `;
    expect(await find(ours.companyId, "секретов")).toEqual([]);
    const words = await inCompany(
      ours.companyId,
      (tx) => tx`select * from suggest_search_words(${ours.companyId}, 'секретав', 5)`,
    );
    expect(words).toHaveLength(0);
  });
});

type Edit = (tx: Transaction, things: TestThings, random: () => number) => Promise<unknown>;

const WORDS = ["плитка", "стены", "Ёлкин", "Ленина", "демонтаж", "о'кей", "\\x", "1234567", "😀"];

function someText(random: () => number): string {
  return Array.from({ length: 3 }, () => WORDS[Math.floor(random() * WORDS.length)]).join(" ");
}

async function addLines(
  tx: Transaction,
  { companyId, estimateId }: TestThings,
  count: number,
  name = "Строка",
): Promise<unknown> {
  return tx`
    insert into estimate_lines (
      company_id, estimate_id, id, position, kind, name, unit, quantity, price, is_optional,
      is_chosen, price_source, note, internal_note
    )
    select
      ${companyId}, ${estimateId}, gen_random_uuid(), 'a1', 'work', ${name} || ' ' || number, 'шт',
      1, 1, false, false, 'typed', '', ''
    from generate_series(1, ${count}) as number
  `;
}

/** Everything that a document is made of, changed by the statements that the program makes. */
const EDITS: readonly Edit[] = [
  (tx, { companyId, clientId }, random) =>
    updateClient(tx, companyId, clientId, {
      name: someText(random),
      note: someText(random),
      emails: [`a${Math.floor(random() * 9)}@example.ru`],
      phones: [{ raw: "8 916", e164: `+7916123456${Math.floor(random() * 9)}` }],
    }),
  (tx, { companyId, clientId }) => tx`
    update clients set removed_at = case when removed_at is null then now() end
    where company_id = ${companyId} and id = ${clientId}
  `,
  (tx, { companyId }, random) =>
    insertClient(tx, companyId, {
      id: testId(),
      name: someText(random),
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: someText(random),
      note: "",
    }),
  (tx, { companyId, projectId }, random) =>
    updateProject(tx, companyId, projectId, { title: someText(random), address: "Мира 5" }),
  (tx, { companyId, projectId, clientId }, random) =>
    updateProject(tx, companyId, projectId, { clientId: random() < 0.5 ? null : clientId }),
  (tx, { companyId }, random) =>
    insertProject(tx, companyId, {
      id: testId(),
      title: someText(random),
      address: "",
      clientId: null,
      note: "",
    }),
  (tx, { companyId, estimateId }, random) => tx`
    update estimates set title = ${someText(random)}, note = ${someText(random)}
    where company_id = ${companyId} and id = ${estimateId}
  `,
  (tx, { companyId, estimateId, clientId, projectId }, random) => tx`
    update estimates
    set client_id = ${random() < 0.5 ? null : clientId}, project_id = ${random() < 0.5 ? null : projectId}
    where company_id = ${companyId} and id = ${estimateId}
  `,
  (tx, { companyId, estimateId, ownerId }) => tx`
    update estimates set foreman_id = ${ownerId}
    where company_id = ${companyId} and id = ${estimateId}
  `,
  (tx, { companyId, estimateId }) => tx`
    update estimates set removed_at = case when removed_at is null then now() end
    where company_id = ${companyId} and id = ${estimateId}
  `,
  (tx, things, random) => addLines(tx, things, 2, someText(random)),
  (tx, { companyId, estimateId }, random) => tx`
    update estimate_lines set name = ${someText(random)}
    where company_id = ${companyId} and estimate_id = ${estimateId} and random() < 0.5
  `,
  (tx, { companyId, estimateId }) => tx`
    delete from estimate_lines
    where company_id = ${companyId} and estimate_id = ${estimateId} and random() < 0.5
  `,
  (tx, { companyId, estimateId }, random) => tx`
    update estimate_sections set title = ${someText(random)}
    where company_id = ${companyId} and estimate_id = ${estimateId}
  `,
  (tx, { companyId, remoteId, clientId }, random) => tx`
    update crm_clients
    set sync_data = ${tx.json({ name: someText(random), tags: [someText(random)], phones: ["8916"] })},
      client_id = ${random() < 0.3 ? null : clientId},
      deleted_at = case when random() < 0.3 then now() end
    where company_id = ${companyId} and remote_id = ${remoteId}
  `,
  (tx, { companyId, dealId, estimateId }, random) => tx`
    update crm_deals
    set sync_data = ${tx.json({ title: someText(random), stageId: "NEW" })},
      estimate_id = ${random() < 0.3 ? null : estimateId},
      deleted_at = case when random() < 0.3 then now() end
    where company_id = ${companyId} and remote_id = ${dealId}
  `,
  (tx, { companyId, connectionId }) => tx`
    update crm_connections
    set state = case when state = 'removed' then 'active' else 'removed' end
    where company_id = ${companyId} and id = ${connectionId}
  `,
];

/** Mulberry32: the same numbers in every run. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

it("ranks fewer for the beginning of one word, the fewer the shorter the page", async () => {
  const { companyId } = await foundTestCompany(database.sql, "Много");
  await database.sql`
    insert into clients (company_id, id, name, kind, phones, phone_numbers)
    select ${companyId}, uuidv7(), 'Многолюдов Иван', 'person', '[]', '{}'
    from generate_series(1, 230)
  `;
  await index(companyId);
  const count = async (text: string, limit: number): Promise<number> => {
    const filter = { terms: readSearch(text), kinds: SEARCH_KINDS, readerId: null, status: null };
    let after: { rank: number; id: Id } | null = null;
    for (let found = 0; ; found += limit) {
      const page = await inCompany(companyId, (tx) =>
        findSearchDocuments(tx, companyId, { ...filter, after, limit }),
      );
      if (page.length <= limit) return found + page.length;
      after = page[limit - 1] ?? null;
    }
  };
  expect(await count("многол", 20)).toBe(40);
  expect(await count("многол", 30)).toBe(80);
  expect(await count("многол", 500)).toBe(230);
  expect(await count("многолюдов ив", 40)).toBe(230);
});
