import type postgres from "postgres";

/** A pool of connections. Dates and times: see `connect` in `pools.ts`. */
export type Sql = postgres.Sql<DatabaseTypes>;

/** One open transaction. Queries that lock or that must not stand alone take this type. */
export type Transaction = postgres.TransactionSql<DatabaseTypes>;

/** Whatever can run a query: the pool or a transaction. */
export type Queryable = postgres.ISql<DatabaseTypes>;

/** What may be a parameter besides postgres.js' own types; see `exactTypes` in `pools.ts`. */
export type DatabaseTypes = { day: string; bigint: bigint | string };
