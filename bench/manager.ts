import type { Sql, Transaction } from "../db/client.ts";
import { tenantTransaction } from "../db/transactions.ts";
import {
  ESTIMATE_ORDERS,
  type EstimateOrder,
  type EstimateReportFilter,
  listEstimateReports,
} from "../db/report_estimates.ts";
import type { Id } from "../domain/ids.ts";
import { newId } from "../server/new_id.ts";
import { insertCompany } from "../db/companies.ts";
import { insertMembership } from "../db/memberships.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, type Row } from "./measure.ts";
import { readBackendCpu } from "./processes.ts";

const ESTIMATES = 10_000;
/** Pages of ten rows, so that there are a thousand of them. */
const PAGE = 10;
const ROUNDS = 40;
const CHANGES = 2000;

/** The manager's lists in a company with ten thousand estimates, under its role and row-level security. */
export async function measureManager(bench: Bench): Promise<Row[]> {
  const companyId = await loadEstimates(bench);
  const rows: Row[] = [];
  for (const order of ESTIMATE_ORDERS) {
    const { first, deep, index } = await measureDepth(bench.sql, companyId, order);
    rows.push({
      work: `manager's list of ${ESTIMATES} estimates by «${order}», page 1 000: CPU of the database`,
      ours: milliseconds(deep),
      peer: `page 1: ${milliseconds(first)}; reads ${index}`,
      ratio: deep / first,
      goal: { at: "most", ratio: 1.5 },
    });
  }
  rows.push(await measureOrderIndex(bench.sql, companyId));
  return rows;
}

async function loadEstimates({ sql, actor }: Bench): Promise<Id> {
  const companyId = newId();
  await tenantTransaction(sql, companyId, async (tx) => {
    await insertCompany(tx, companyId, { name: "Большая" });
    await insertMembership(tx, companyId, { userId: actor.userId, role: "owner" });
  });
  await sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    await tx`set local statement_timeout = 0`;
    await tx`
      insert into estimates (
        company_id, id, number_year, number_sequence, title, status, date, vat, price_kind,
        payment_terms, warranty, note, internal_note, foreman_id, created_by, total_amount, line_count,
        created_at, updated_at
      )
      select
        ${companyId}, uuidv7(), 2026, number, 'Ремонт ' || number,
        (array['draft', 'submitted', 'approved', 'returned'])[1 + number % 4], '2026-11-01',
        '{"kind": "none"}', 'firm', '', '', '', '', ${actor.userId}, ${actor.userId},
        (random() * 1e6)::numeric(16, 2), number % 200, now(),
        now() - number * interval '1 minute'
      from generate_series(1, ${ESTIMATES}) as number
    `;
  });
  await sql`vacuum analyze estimates`;
  return companyId;
}

async function measureDepth(sql: Sql, companyId: Id, order: EstimateOrder) {
  const filter = (after: EstimateReportFilter["after"]): EstimateReportFilter => ({
    ids: null,
    status: null,
    foremanId: null,
    projectId: null,
    clientId: null,
    order,
    after,
    limit: PAGE,
  });
  return tenantTransaction(sql, companyId, async (tx) => {
    const key = { newest: "id", sum: "total_amount", changed: "updated_at" }[order];
    const [place] = await tx<{ id: string; place: string }[]>`
      select id, ${tx(key)}::text as place
      from estimates
      where company_id = ${companyId}
      order by ${tx(key)} desc, id desc
      offset ${PAGE * 999 - 1}
      limit 1
    `;
    const cpu = await readBackendCpu(tx);
    const times = { first: [] as number[], deep: [] as number[] };
    const read = async (name: "first" | "deep") => {
      const before = cpu();
      const found = await listEstimateReports(
        tx,
        companyId,
        filter(name === "deep" ? (place ?? null) : null),
      );
      if (found.length < PAGE) throw new Error(`a page of ${found.length} rows`);
      times[name].push(cpu() - before);
    };
    for (let round = 0; round < ROUNDS; round += 1) {
      await read("first");
      await read("deep");
    }
    const index = await explain(tx, companyId, key);
    return { first: median(times.first), deep: median(times.deep), index };
  });
}

/** Names of the indexes by which a page of the order is read. */
async function explain(tx: Transaction, companyId: Id, key: string): Promise<string> {
  const rows = await tx`
    explain
    select id
    from estimates
    where company_id = ${companyId} and removed_at is null and status <> 'archived'
    order by ${tx(key)} desc, id desc
    limit ${PAGE}
  `;
  const text = rows.map((row) => String(row["QUERY PLAN"])).join("\n");
  const names = [...text.matchAll(/(?:using|on) (estimates_\w+)/g)].map(([, name]) => name);
  return [...new Set(names)].join(", ") || "the whole table";
}

/** What an index for the orders without one would cost each change of an estimate. */
async function measureOrderIndex(sql: Sql, companyId: Id): Promise<Row> {
  const without = await changeAll(sql, companyId);
  await sql`create index bench_estimates_changed on estimates (company_id, updated_at desc, id desc)`;
  await sql`create index bench_estimates_sum on estimates (company_id, total_amount desc, id desc)`;
  const indexed = await changeAll(sql, companyId);
  await sql`drop index bench_estimates_changed, bench_estimates_sum`;
  return {
    work: "CPU of the database for one change of an estimate's sum, with indexes for both orders",
    ours: milliseconds(indexed),
    peer: `as it is, without them: ${milliseconds(without)}`,
    ratio: indexed / without,
    goal: null,
  };
}

/** Milliseconds of the database's processor for a change; the median of many. */
async function changeAll(sql: Sql, companyId: Id): Promise<number> {
  await sql`vacuum estimates`;
  const ids = await sql<{ id: string }[]>`
    select id from estimates where company_id = ${companyId} limit ${CHANGES}
  `;
  return sql.begin(async (tx) => {
    await tx`set local session_replication_role = replica`;
    const cpu = await readBackendCpu(tx);
    const times: number[] = [];
    for (const { id } of ids) {
      const before = cpu();
      await tx`
        update estimates
        set total_amount = total_amount + 1, updated_at = clock_timestamp(), version = version + 1
        where company_id = ${companyId} and id = ${id}
      `;
      times.push(cpu() - before);
    }
    return median(times);
  });
}
