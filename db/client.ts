import type { Socket } from "node:net";
import type { Logger } from "pino";
import postgres from "postgres";
import { openSocket } from "./client_socket.ts";

/** A pool of connections. Dates and times: see `connect`. */
export type Sql = postgres.Sql<DatabaseTypes>;

/** One open transaction. Queries that lock or that must not stand alone take this type. */
export type Transaction = postgres.TransactionSql<DatabaseTypes>;

/** Whatever can run a query: the pool or a transaction. */
export type Queryable = postgres.ISql<DatabaseTypes>;

/** What may be a parameter besides postgres.js' own types; see `exactTypes`. */
type DatabaseTypes = { day: string; bigint: bigint | string };

export interface ConnectOptions {
  url: string;
  /** Most connections at once. One carries many queries at a time, so few are enough. */
  max: number;
  /**
   * Whether a pooler such as PgBouncer (transaction mode) stands between: it takes no settings with the
   * connection, so `giveDefaults` must have written them into the database.
   */
  isPooled?: boolean;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  log: Logger;
  /** For a connection that listens: see `client_listener.ts`. */
  listening?: {
    /** Each socket as it is opened. */
    readonly onSocket: (socket: Socket) => void;
    readonly onNotify: (channel: string, payload: string) => void;
  };
}

/** The role of all tenant queries: it does not own the tables, so row-level security binds it. */
export const tenantRole = "smetka_app";

const connectTimeout = 10; // s
/**
 * Before a connection is opened again. postgres.js' own pause grows with every connection that was lost: when
 * a whole pool was, everybody waits for up to 20 s.
 */
const reconnectPause = 0.2; // s
const statementTimeout = 30_000; // ms
const lockTimeout = 10_000; // ms
const idleInTransactionTimeout = 60_000; // ms

/**
 * Opens a pool. Nothing connects before the first query.
 * Rows come back as: bigint and numeric: string (exact; the row schemas make kopecks of them);
 * date: string 'YYYY-MM-DD' (a Date would shift it by the time zone); timestamptz: Date; json and
 * jsonb: parsed. Pass json as `sql.json(value)`, never as a string: it would be encoded twice.
 */
export function connect(given: ConnectOptions): Sql {
  const { url, max, applicationName, log, isPooled, listening } = given;
  const options = {
    max,
    connect_timeout: connectTimeout,
    backoff: () => reconnectPause,
    socket: openSocket,
    ...(listening ? listeningOptions(listening) : {}),
    types: exactTypes,
    connection: {
      application_name: applicationName,
      ...(isPooled ? {} : sessionSettings),
    },
    onnotice: (notice: postgres.Notice) =>
      log.debug({ code: notice["code"], notice: notice["message"] }, "database notice"),
  };
  const sql = postgres<typeof exactTypes>(url, options);
  const companions = new Set<() => void>();
  const end = sql.end.bind(sql);
  sql.end = async (ending) => {
    for (const close of companions) close();
    await end(ending);
  };
  pools.set(sql, { options: given, companions });
  return sql;
}

interface Pool {
  readonly options: ConnectOptions;
  /** Closes a connection beside the pool; called when the pool ends. */
  readonly companions: Set<() => void>;
}

const pools = new WeakMap<Sql, Pool>();

/** What the pool was opened with and what ends with it: see `kept_connection.ts`. */
export function poolOf(sql: Sql): Pool {
  const pool = pools.get(sql);
  if (!pool) throw new TypeError("not a pool of `connect`");
  return pool;
}

/** Ours is UTC and impatient, whatever the server's defaults are. */
const sessionSettings = {
  TimeZone: "UTC",
  statement_timeout: statementTimeout,
  lock_timeout: lockTimeout,
  idle_in_transaction_session_timeout: idleInTransactionTimeout,
};

/** Makes the settings of `connect` the defaults of this role in this database, for pooled connections. */
export async function giveDefaults(sql: Sql): Promise<void> {
  for (const [name, value] of Object.entries(sessionSettings)) {
    // A utility statement takes no parameters: the server quotes them.
    const [row] = await sql`
      select format(
        'alter role %I in database %I set %I to %L',
        current_user, current_database(), ${name}::text, ${String(value)}::text
      ) as statement
    `;
    await sql.unsafe(String(row?.["statement"]));
  }
}

/** postgres.js' own `listen` hides its connection, so that nobody can ask whether it still lives. */
function listeningOptions({ onSocket, onNotify }: NonNullable<ConnectOptions["listening"]>) {
  return {
    max_lifetime: null,
    socket: (server: Parameters<typeof openSocket>[0]) => {
      const socket = openSocket(server);
      onSocket(socket);
      return socket;
    },
    onnotify: onNotify,
  };
}

const asText = (text: string) => text;

const exactTypes: { [Name in keyof DatabaseTypes]: postgres.PostgresType<DatabaseTypes[Name]> } = {
  day: { to: 1082, from: [1082], serialize: asText, parse: asText },
  bigint: { to: 20, from: [20], serialize: String, parse: asText },
};

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
 * Runs `work` in a transaction: commits when it resolves, rolls back when it throws. Once it is over its
 * `tx` refuses everything: a late query would otherwise run on the released connection, outside any
 * transaction and as the owner of the tables.
 */
export async function inTransaction<Result>(
  sql: Sql,
  work: (tx: Transaction) => Promise<Result>,
  mode = "",
): Promise<Result> {
  let isOver = false;
  const refuseLate = () => {
    if (isOver) throw new Error("the transaction is over");
  };
  const begun = sql.begin(mode, async (tx) => {
    const guarded = new Proxy(tx, {
      apply: (target, thisArgument, parameters) => {
        refuseLate();
        return Reflect.apply(target, thisArgument, parameters) as unknown;
      },
      get: (target, key) => {
        if (key === "unsafe" || key === "file") refuseLate();
        return Reflect.get(target, key) as unknown;
      },
    });
    try {
      const value = await work(guarded);
      if (isOver) await never;
      return { value };
    } catch (error) {
      // Its connection may be the reason: that is known a turn later.
      await new Promise(setImmediate);
      if (isOver) await never;
      throw error;
    } finally {
      isOver = true;
    }
  });
  // Rejects at once when the connection is lost, while the work may go on for long.
  begun.catch(() => {
    isOver = true;
  });
  return (await begun).value;
}

/**
 * What postgres.js gets to wait for when the connection of a transaction is lost: else it would send a
 * rollback or a commit there, which ends the process, or to the session that took its place.
 */
const never = new Promise<never>(() => undefined);
