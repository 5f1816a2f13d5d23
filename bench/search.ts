import { type SearchTerm, readSearch } from "../domain/search.ts";
import { type Sql, tenantTransaction, type Transaction } from "../db/client.ts";
import { findSearchDocuments, suggestSearchWords } from "../db/search.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, percentile, type Row, time } from "./measure.ts";
import { loadClients } from "./search_data.ts";

const CLIENTS = 1_000_000;
const ROUNDS = 300;

/** Searching among a million clients, under the role of the program and through the service's queries. */
export async function measureSearch({ sql }: Bench): Promise<Row[]> {
  const companies = await loadClients(sql, CLIENTS);
  const backfill = await time(() => indexAll(sql, companies));
  console.log(`search: ${CLIENTS} documents written in ${milliseconds(backfill)}`);
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
    row("words (surname and first name)", words, 6),
    row("one word that every client has, 500 ranked", common, null),
    row("typing mistake, both stages", typos, 15),
    row("beginning of a word", prefix, 2),
    row("last four digits of a phone", phone, 5),
    row("whole phone in another spelling", whole, 5),
    {
      work: "the same words, beside to_tsvector on the fly within the company",
      ours: milliseconds(median(words)),
      peer: milliseconds(seed),
      ratio: seed / median(words),
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
    await tx`set local maintenance_work_mem = '512MB'`;
    await tx`
      create index search_documents_words on search_documents
      using gin (words) with (fastupdate = off)
    `;
  });
  await sql`reindex table search_documents`;
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

async function run(
  sql: Sql,
  samples: readonly Sample[],
  textOf: (sample: Sample) => string,
  isMistyped = false,
): Promise<number[]> {
  const times: number[] = [];
  let found = 0;
  for (const [index, sample] of samples.entries()) {
    await tenantTransaction(sql, sample.companyId, async (tx) => {
      await tx`select 1`;
      const took = await time(async () => {
        const terms = readSearch(textOf(sample));
        found += await find(tx, sample, isMistyped ? await correct(tx, sample, terms) : terms);
      });
      if (index >= 20) times.push(took);
    });
  }
  if (found === 0) throw new Error("nothing was found: the measurement measures nothing");
  return times;
}

async function find(tx: Transaction, { companyId }: Sample, terms: readonly SearchTerm[]) {
  const filter = { terms, kinds: ["client" as const], readerId: null, after: null, limit: 20 };
  return (await findSearchDocuments(tx, companyId, filter)).length;
}

async function correct(tx: Transaction, sample: Sample, terms: readonly SearchTerm[]) {
  await find(tx, sample, terms);
  const [term] = terms;
  const words = await suggestSearchWords(tx, sample.companyId, term?.words[0] ?? "", 30);
  return [{ words, isPrefix: false, keys: [] }];
}

/** The third letter becomes another. */
function misspell(word: string): string {
  return `${word.slice(0, 2)}ъ${word.slice(3)}`;
}

async function measureSeed(sql: Sql, samples: readonly Sample[]): Promise<number> {
  const times: number[] = [];
  for (const { companyId, name } of samples) {
    times.push(
      await time(
        () => sql`
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
      ),
    );
  }
  return median(times);
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

function row(work: string, times: readonly number[], goal: number | null): Row {
  const p95 = percentile(times, 0.95);
  return {
    work: `search among ${CLIENTS / 1e6} million clients, p95: ${work}`,
    ours: milliseconds(p95),
    peer: `p50 ${milliseconds(median(times))}${goal === null ? "" : `; goal ${goal} ms`}`,
    ratio: goal === null ? 1 : p95 / goal,
    goal: goal === null ? null : { at: "most", ratio: 1 },
  };
}
