import { pino } from "pino";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Actor } from "../../domain/access.ts";
import { listCompaniesToIndex } from "../../db/search.ts";
import { createTestWork, type TestWork } from "../testing.ts";
import { createSearchIndexing } from "./search_index.ts";

let work: TestWork;

beforeAll(async () => {
  work = await createTestWork();
});

afterAll(() => work.close());

const log = pino({ level: "silent" });

async function addClients(actor: Actor, count: number): Promise<void> {
  await work.asActor(actor, async ({ clients }) => {
    const rest = { phones: [], emails: [], inn: "", address: "", note: "" };
    for (let number = 0; number < count; number += 1) {
      await clients.create({ ...rest, name: `Индексов ${number}`, kind: "person" });
    }
  });
}

async function countDocuments({ companyId }: Actor): Promise<number> {
  const [row] = await work.database.sql<{ count: number }[]>`
    select count(*)::int as count from search_documents where company_id = ${companyId}
  `;
  return row?.count ?? 0;
}

it("brings all companies up to date, in as many batches as it takes", async () => {
  const [one, other] = [await work.newActor(), await work.newActor()];
  await addClients(one, 450);
  await addClients(other, 3);
  await createSearchIndexing({ sql: work.database.sql, log }).run();
  expect(await countDocuments(one)).toBe(450);
  expect(await countDocuments(other)).toBe(3);
  expect(await listCompaniesToIndex(work.database.sql)).toEqual([]);
});

it("looks again and again until it is stopped", async () => {
  const actor = await work.newActor();
  const indexing = createSearchIndexing({ sql: work.database.sql, log });
  indexing.start();
  await addClients(actor, 1);
  await expect.poll(() => countDocuments(actor), { timeout: 20_000 }).toBe(1);
  await addClients(actor, 1);
  await expect.poll(() => countDocuments(actor), { timeout: 20_000 }).toBe(2);
  await indexing.stop();
  await addClients(actor, 1);
  expect(await listCompaniesToIndex(work.database.sql)).toEqual([actor.companyId]);
});
