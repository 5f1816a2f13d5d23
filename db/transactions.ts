import type { Sql, Transaction } from "./client.ts";
import type { KeptConnection } from "./kept_connection.ts";
import { createKeptPool, type KeptPool } from "./kept_pool.ts";

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

/** See `inTransaction`. */
export interface Transactions {
  run<Result>(work: (tx: Transaction) => Promise<Result>, mode: string): Promise<Result>;
}

const known = new WeakMap<Sql, Transactions>();

/** The transactions of a pool. Opens nothing before the first of them. */
export function transactionsOf(pool: Sql): Transactions {
  const made = known.get(pool) ?? createTransactions(createKeptPool(pool));
  known.set(pool, made);
  return made;
}

/** Runs those of a pool in another way: for tests of what happens when it fails. */
export function setTransactions(pool: Sql, transactions: Transactions): void {
  known.set(pool, transactions);
}

/**
 * postgres.js' own `begin` waits for the server's answer before anything else is sent. Here the first
 * queries travel in the same packet behind it: a fourth of the round trips of a small transaction.
 */
function createTransactions(connections: KeptPool): Transactions {
  return {
    run: async (work, mode) => {
      const connection = await connections.take();
      try {
        return await runOn(connection, work, mode);
      } finally {
        connections.giveBack(connection);
      }
    },
  };
}

async function runOn<Result>(
  connection: KeptConnection,
  work: (tx: Transaction) => Promise<Result>,
  mode: string,
): Promise<Result> {
  const { sql } = connection;
  const state: State = { isOver: false, failure: null };
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined);
  const forget = connection.onLost(() => {
    state.isOver = true;
    // A query that was under way knows the reason: that is told first.
    setImmediate(() => lost.reject(createLostError()));
  });
  // The server runs it before all that follows. It fails only together with the connection.
  sql
    .unsafe(`begin ${mode}`, [], AS_STATEMENT)
    .execute()
    .catch(() => connection.close());
  const working = attempt(work, guard(sql, state), state);
  working.catch(() => undefined);
  try {
    const value = await Promise.race([working, lost.promise]);
    await commit(sql, state);
    return value;
  } catch (error) {
    if (!connection.isLost()) await rollBack(connection);
    throw error;
  } finally {
    forget();
  }
}

/** Together with what was sent just before it: then the server takes it or passes it over. */
const AS_STATEMENT = { prepare: true, simple: false };

/** Rejects with what failed first, also where nobody cared or could know yet. */
async function commit(sql: Sql, state: State): Promise<void> {
  const { command } = await sql`commit`.catch((error: unknown) => {
    throw state.failure ?? error;
  });
  if (command !== "COMMIT") throw state.failure ?? new Error("rolled back instead of committed");
}

interface State {
  isOver: boolean;
  /** Of the first query that failed. */
  failure: unknown;
}

async function attempt<Result>(
  work: (tx: Transaction) => Promise<Result>,
  tx: Transaction,
  state: State,
): Promise<Result> {
  try {
    return await work(tx);
  } finally {
    state.isOver = true;
  }
}

/** Says nothing where nothing is open any more. */
async function rollBack(connection: KeptConnection): Promise<void> {
  try {
    // By itself: it may not be passed over because of what failed before it.
    await connection.sql.unsafe("rollback");
  } catch {
    // Nobody may take a connection on which something is still open.
    connection.close();
  }
}

/** What postgres.js needs of a query only until it is answered, and V8 would keep for long: see decision 0040. */
const SENT = { args: null, parameters: null, string: null, signature: null };

/**
 * Refuses what comes late: it would run on the released connection, outside any transaction and as the
 * owner of the tables.
 */
function guard(sql: Sql, state: State): Transaction {
  let savepoints = 0;
  const note = <Query>(query: Query): Query => {
    if (!(query instanceof Promise)) return query;
    // Not its own `then`, by which it would be sent: a part of another query never is.
    void Promise.prototype.then.call(
      query,
      () => void Object.assign(query, SENT),
      (error: unknown) => {
        state.failure ??= error;
      },
    );
    return query;
  };
  const unsafe: Sql["unsafe"] = (...given) => {
    refuseLate();
    return note(sql.unsafe(...given));
  };
  const refuseLate = () => {
    if (state.isOver) throw new Error("the transaction is over");
  };
  const tx: Transaction = new Proxy(sql as unknown as Transaction, {
    apply: (target, thisArgument, parameters) => {
      refuseLate();
      return note(Reflect.apply(target, thisArgument, parameters));
    },
    get: (target, key) => {
      if (key === "savepoint") return savepoint;
      if (key === "unsafe") return unsafe;
      return Reflect.get(target, key) as unknown;
    },
  });
  async function savepoint<Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> {
    savepoints += 1;
    const name = `savepoint_${savepoints}`;
    await tx.unsafe(`savepoint ${name}`);
    try {
      return await work(tx);
    } catch (error) {
      await tx.unsafe(`rollback to savepoint ${name}`);
      throw error;
    }
  }
  return tx;
}

/** With the code that postgres.js gives. */
function createLostError(): Error {
  return Object.assign(new Error("the connection was lost in a transaction"), {
    code: "CONNECTION_CLOSED",
  });
}
