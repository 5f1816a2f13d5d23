import type postgres from "postgres";
import { transactionsOf } from "./transactions.ts";

/** A pool of connections. Dates and times: see `connect` in `pools.ts`. */
export type Sql = postgres.Sql<DatabaseTypes>;

/** One open transaction. Queries that lock or that must not stand alone take this type. */
export type Transaction = postgres.TransactionSql<DatabaseTypes>;

/** Whatever can run a query: the pool or a transaction. */
export type Queryable = postgres.ISql<DatabaseTypes>;

/** What may be a parameter besides postgres.js' own types; see `exactTypes` in `pools.ts`. */
export type DatabaseTypes = { day: string; bigint: bigint | string };

/** The role of all tenant queries: it does not own the tables, so row-level security binds it. */
export const tenantRole = "smetka_app";

/**
 * `tenantTransaction` that PostgreSQL itself lets change nothing; every query in it sees the same
 * moment. Also for a replica.
 */
export async function readTenant<Result>(
  sql: Sql,
  companyId: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(sql, (tx) => asTenant(tx, companyId, work), READ_ONLY);
}

const READ_ONLY = "isolation level repeatable read read only";

/**
 * Runs `work` in a transaction that sees and changes the rows of one company only (row-level
 * security by `app.company_id`). Commits when `work` resolves, rolls back when it throws.
 */
export async function tenantTransaction<Result>(
  sql: Sql,
  companyId: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  return inTransaction(sql, (tx) => asTenant(tx, companyId, work));
}

async function asTenant<Result>(
  tx: Transaction,
  companyId: string,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  // Not awaited alone: the first query of `work` travels in the same packet behind it. The server
  // runs them in order, and if this one fails the transaction refuses all that follow.
  const scope = tx`
    select
      set_config('role', ${tenantRole}, true),
      set_config('app.company_id', ${companyId}, true)
  `.execute();
  const [scoped, worked] = await Promise.allSettled([scope, work(tx)]);
  if (scoped.status === "rejected") throw scoped.reason;
  if (worked.status === "rejected") throw worked.reason;
  return worked.value;
}

/**
 * Runs `work` in a transaction: commits when it resolves, rolls back when it throws or when a query
 * failed in it. Once it is over its `tx` refuses everything. Rejects at once when its connection is lost.
 */
export async function inTransaction<Result>(
  sql: Sql,
  work: (tx: Transaction) => Promise<Result>,
  mode = "",
): Promise<Result> {
  return transactionsOf(sql).run(work, mode);
}
