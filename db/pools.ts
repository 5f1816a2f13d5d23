import type { Logger } from "pino";
import postgres from "postgres";
import type { DatabaseTypes, Sql, Transaction } from "./client.ts";
import { type DatabaseSocket, openSocket, type Server } from "./client_socket.ts";
import { createPipeline } from "./pipeline.ts";
import { countQueries, type PoolFigures } from "./pool_figures.ts";

export interface ConnectOptions {
  url: string;
  /** Most transactions at once, each on a connection of its own. */
  max: number;
  /** Most connections for single queries; `max` by default. One carries many, so few are enough. */
  maxSingle?: number;
  /**
   * Whether a pooler such as PgBouncer (transaction mode) stands between: it takes no settings with the
   * connection, so `giveDefaults` must have written them into the database.
   */
  isPooled?: boolean;
  /** Whether all that is asked at once belongs to one transaction: see `pipeline.ts`. */
  isPipelined?: boolean;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  log: Logger;
  /** For a connection that listens: see `client_listener.ts`. */
  listening?: {
    /** Each socket as it is opened. */
    readonly onSocket: (socket: DatabaseSocket) => void;
    readonly onNotify: (channel: string, payload: string) => void;
  };
}

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
 * Of a whole transaction: an update of the chat may take 25 s, a statement 30 s. A process that stands still
 * between the two halves of a query counts as working, and none of the limits above ends it.
 */
const transactionTimeout = 60_000; // ms

/**
 * Opens a pool. Nothing connects before the first query.
 * Rows come back as: bigint and numeric: string (exact; the row schemas make kopecks of them);
 * date: string 'YYYY-MM-DD' (a Date would shift it by the time zone); timestamptz: Date; json and
 * jsonb: parsed. Pass json as `sql.json(value)`, never as a string: it would be encoded twice.
 */
export function connect(given: ConnectOptions): Sql {
  const { url, max, maxSingle = max, applicationName, log, isPooled, isPipelined } = given;
  const { listening } = given;
  const openOne = (server: Server): DatabaseSocket =>
    openSocket(server, isPipelined ? createPipeline() : undefined);
  let open = 0;
  const options = {
    max: maxSingle,
    connect_timeout: connectTimeout,
    backoff: () => reconnectPause,
    socket: (server: Server) => {
      const socket = openOne(server);
      open += 1;
      socket.whenClosed(() => (open -= 1));
      return socket;
    },
    ...(listening ? listeningOptions(listening, openOne) : {}),
    types: exactTypes,
    connection: {
      application_name: applicationName,
      ...(isPooled ? {} : sessionSettings),
    },
    onnotice: (notice: postgres.Notice) =>
      log.debug({ code: notice["code"], notice: notice["message"] }, "database notice"),
  };
  const own = postgres<typeof exactTypes>(url, options);
  // Who keeps a connection for himself knows what he asks on it.
  const { sql, underway } = listening ? { sql: own, underway: () => 0 } : countQueries(own);
  const companions = new Set<() => void>();
  const end = own.end.bind(own);
  const finishers: Pool["finishers"] = new Set();
  sql.end = async (ending) => {
    await Promise.all([...finishers].map((finish) => finish(ending?.timeout)));
    for (const close of companions) close();
    await end(ending);
  };
  pools.set(sql, {
    options: given,
    companions,
    finishers,
    singles: () => ({
      size: maxSingle,
      open,
      inUse: Math.min(underway(), open),
      // The others travel at once, too, but are answered behind those.
      waiting: Math.max(0, underway() - open),
    }),
    transactions: () => ({ size: max, open: 0, inUse: 0, waiting: 0 }),
  });
  return sql;
}

interface Pool {
  readonly options: ConnectOptions;
  /** Closes a connection beside the pool; called when the pool ends. */
  readonly companions: Set<() => void>;
  /** Called before: work that goes on may end within so many seconds, or as late as it likes. */
  readonly finishers: Set<(patience: number | undefined) => Promise<void>>;
  /** The connections for single queries. */
  readonly singles: () => PoolFigures;
  /** Those for transactions: `kept_pool.ts` tells, once there is one. */
  transactions: () => PoolFigures;
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

/**
 * Makes the settings of `connect` the defaults of this role in this database, for pooled connections. Processes
 * that start at once do so one after another: PostgreSQL refuses the second one of two that write the same row.
 */
export async function giveDefaults(sql: Sql): Promise<void> {
  await sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${DEFAULTS})`;
    const [server] = await tx<{ version: number }[]>`
      select current_setting('server_version_num')::int as version
    `;
    const isLimiting = (server?.version ?? 0) >= limitingSince;
    const limit = isLimiting ? { [transactionLimit]: transactionTimeout } : {};
    for (const [name, value] of Object.entries({ ...sessionSettings, ...limit })) {
      // A utility statement takes no parameters: the server quotes them.
      const [row] = await tx`
        select format(
          'alter role %I in database %I set %I to %L',
          current_user, current_database(), ${name}::text, ${String(value)}::text
        ) as statement
      `;
      await tx.unsafe(String(row?.["statement"]));
    }
  });
}

/** An advisory lock of this database. */
const DEFAULTS = 4_117_306_522_091_736n;

/**
 * Ends the transactions of this session that last too long, where the server can (PostgreSQL >= 17). An older
 * one refuses a connection that asks for it, so it is asked for behind the version.
 */
export async function limitTransactions(sql: Sql): Promise<void> {
  await sql`
    select set_config(${transactionLimit}, ${String(transactionTimeout)}, false)
    where current_setting('server_version_num')::int >= ${limitingSince}
  `;
}

/** For the one transaction that has to read or write a great deal. */
export async function allowLongTransaction(tx: Transaction): Promise<void> {
  await tx`
    select set_config(${transactionLimit}, '0', true)
    where current_setting('server_version_num')::int >= ${limitingSince}
  `;
}

const transactionLimit = "transaction_timeout";
const limitingSince = 170_000; // as `server_version_num`

/** postgres.js' own `listen` hides its connection, so that nobody can ask whether it still lives. */
function listeningOptions(
  { onSocket, onNotify }: NonNullable<ConnectOptions["listening"]>,
  openOne: (server: Server) => DatabaseSocket,
) {
  return {
    max_lifetime: null,
    socket: (server: Server) => {
      const socket = openOne(server);
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
