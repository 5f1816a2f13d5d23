import { type SearchTerm, readSearch } from "../domain/search.ts";
import { pickCorrections } from "../domain/search_spelling.ts";
import type { Sql, Transaction } from "../db/client.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { findSearchDocuments, suggestSearchWords } from "../db/search.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, percentile, type Row, time } from "./measure.ts";
import { readBackendCpu } from "./processes.ts";
import { loadClients, type SearchSize } from "./search_data.ts";

/** A percentile of fewer swings by a third from run to run. */
const ROUNDS = 1000;
/** Connections meet the query for the first time. */
const WARMING = 40;

/** What the goals are said of. */
export const MILLION: SearchSize = { clients: 1_000_000, companies: 50 };

/**
 * Searching among many clients, under the role of the program and through the service's queries. Companies
 * are searched one at a time, so fewer of the same length tell the same.
 */
export async function measureSearch(bench: Bench, size: SearchSize = MILLION): Promise<Row[]> {
  const { sql } = bench;
  const companies = await loadClients(sql, size);
  const backfill = await time(() => indexAll(sql, companies));
  console.log(`search: ${size.clients} documents written in ${milliseconds(backfill)}`);
  const samples = await pickSamples(sql, companies);
  const words = await run(sql, samples, ({ name }) => `${name} `);
  const prefix = await run(sql, samples, ({ name }) => name.slice(0, 5));
  const phone = await run(sql, samples, ({ phone }) => phone.slice(-4));
  const whole = await run(
    sql,
    samples,
    ({ phone }) => `8 (${phone.slice(2, 5)}) ${phone.slice(5)}`,
  );
  const typos = await run(sql, samples, ({ surname }) => misspell(surname), true);
  const common = await run(sql, samples, () => "ремонт");
  const seed = await measureSeed(sql, samples.slice(0, 5));
  const { indexes, tables } = await readSizes(sql);
  return [
    ...rowsOf(size, "words (surname and first name)", words, 6),
    ...rowsOf(size, "typing mistake, both stages", typos, 15),
    ...rowsOf(size, "beginning of a word", prefix, 2),
    ...rowsOf(size, "last four digits of a phone", phone, 5),
    ...rowsOf(size, "whole phone in another spelling", whole, 5),
    ...rowsOf(size, "one word that every client has, 500 ranked", common, null),
    {
      work: "the same words, beside to_tsvector on the fly within the company: CPU of the database",
      ours: milliseconds(median(words.cpu)),
      peer: milliseconds(median(seed.cpu)),
      ratio: median(seed.cpu) / median(words.cpu),
      goal: { at: "least", ratio: 300 },
    },
    {
      work: "indexes of the search beside clients, their CRM records and documents",
      ours: `${indexes} MB`,
      peer: `${tables} MB`,
      ratio: indexes / tables,
      goal: { at: "most", ratio: 0.15 },
    },
  ];
}

interface Sample {
  readonly companyId: string;
  readonly name: string;
  readonly surname: string;
  readonly phone: string;
}

async function indexAll(sql: Sql, companies: readonly string[]): Promise<void> {
  await sql`drop index search_documents_words`;
  const waiting = [...companies];
  const indexNext = async (): Promise<void> => {
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      const companyId = next;
      await sql.begin(async (tx) => {
        await tx`set local statement_timeout = 0`;
        await tx`select rebuild_search(${companyId})`;
      });
    }
  };
  await Promise.all([indexNext(), indexNext()]);
  await sql.begin(async (tx) => {
    await tx`set local statement_timeout = 0`;
    // One ascending pass through a large memory leaves the pages half empty, as documents that come one
    // by one do not.
    await tx`set local maintenance_work_mem = '1MB'`;
    await tx`
      create index search_documents_words on search_documents
      using gin (words) with (fastupdate = off)
    `;
  });
  await sql`reindex index search_documents_pkey`;
  await sql`vacuum analyze search_documents, search_words, clients, crm_clients`;
}

async function pickSamples(sql: Sql, companies: readonly string[]): Promise<Sample[]> {
  const rows = await sql<{ company_id: string; name: string; phone: string }[]>`
    select company_id, name, phone_numbers[1] as phone
    from clients tablesample system (1)
    where company_id = any(${[...companies]})
    order by random()
    limit ${ROUNDS}
  `;
  return rows.map(({ company_id, name, phone }) => ({
    companyId: company_id,
    name,
    surname: name.split(" ")[0] ?? "",
    phone,
  }));
}

/** Milliseconds of each search: by the clock, and of the database's processor. */
interface Times {
  readonly wall: number[];
  readonly cpu: number[];
}

async function run(
  sql: Sql,
  samples: readonly Sample[],
  textOf: (sample: Sample) => string,
  isMistyped = false,
): Promise<Times> {
  const times: Times = { wall: [], cpu: [] };
  let found = 0;
  for (const [index, sample] of samples.entries()) {
    await tenantTransaction(sql, sample.companyId, async (tx) => {
      const cpu = await readBackendCpu(tx);
      const before = cpu();
      const took = await time(async () => {
        const terms = readSearch(textOf(sample));
        found += await find(tx, sample, isMistyped ? await correct(tx, sample, terms) : terms);
      });
      if (index < WARMING) return;
      times.wall.push(took);
      times.cpu.push(cpu() - before);
    });
  }
  if (found === 0) throw new Error("nothing was found: the measurement measures nothing");
  return times;
}

async function find(tx: Transaction, { companyId }: Sample, terms: readonly SearchTerm[]) {
  const filter = {
    terms,
    kinds: ["client" as const],
    readerId: null,
    status: null,
    after: null,
    limit: 20,
  };
  return (await findSearchDocuments(tx, companyId, filter)).length;
}

async function correct(tx: Transaction, sample: Sample, terms: readonly SearchTerm[]) {
  await find(tx, sample, terms);
  const [term] = terms;
  const typed = term?.words[0] ?? "";
  const alike = await suggestSearchWords(tx, sample.companyId, typed, 30);
  return [{ words: [typed, ...pickCorrections(typed, alike, true)], isPrefix: true, keys: [] }];
}

/** The third letter becomes another. */
function misspell(word: string): string {
  return `${word.slice(0, 2)}ъ${word.slice(3)}`;
}

async function measureSeed(sql: Sql, samples: readonly Sample[]): Promise<Times> {
  const times: Times = { wall: [], cpu: [] };
  for (const { companyId, name } of samples) {
    await sql.begin(async (tx) => {
      const cpu = await readBackendCpu(tx);
      // Helpers would work for it unseen.
      await tx`set local max_parallel_workers_per_gather = 0`;
      const before = cpu();
      const took = await time(
        () => tx`
          select clients.id
          from clients
          join crm_clients
            on crm_clients.company_id = clients.company_id and crm_clients.client_id = clients.id
          where clients.company_id = ${companyId}
            and to_tsvector('russian', concat_ws(' ', clients.name, clients.phones, clients.emails,
              clients.address, crm_clients.sync_data)) @@ plainto_tsquery('russian', ${name})
          order by clients.id desc
          limit 20
        `,
      );
      times.wall.push(took);
      times.cpu.push(cpu() - before);
    });
  }
  return times;
}

async function readSizes(sql: Sql): Promise<{ indexes: number; tables: number }> {
  const [row] = await sql<{ indexes: string; tables: string }[]>`
    select
      pg_indexes_size('search_documents') + pg_total_relation_size('search_words') as indexes,
      pg_table_size('clients') + pg_table_size('crm_clients') + pg_table_size('search_documents')
        as tables
  `;
  return {
    indexes: Math.round(Number(row?.indexes) / 1e6),
    tables: Math.round(Number(row?.tables) / 1e6),
  };
}

function rowsOf(
  { clients, companies }: SearchSize,
  work: string,
  times: Times,
  goal: number | null,
) {
  const among = `search among ${clients.toLocaleString("en")} clients of ${companies} companies, p95`;
  const of = (name: string, values: readonly number[]): Row => {
    const p95 = percentile(values, 0.95);
    return {
      work: `${among}${name}: ${work}`,
      ours: milliseconds(p95),
      peer: `p50 ${milliseconds(median(values))}${goal === null ? "" : `; goal ${goal} ms`}`,
      ratio: goal === null ? 1 : p95 / goal,
      goal: goal === null ? null : { at: "most", ratio: 1 },
    };
  };
  return [of("", times.wall), of(" of the database's CPU", times.cpu)];
}
