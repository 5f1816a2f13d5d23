import type { Sql } from "../../db/client.ts";
import type { PoolFigures } from "../../db/pool_figures.ts";
import { poolOf } from "../../db/pools.ts";
import type { Metrics } from "./metrics.ts";

const SHOWN = {
  size: "Most connections to the database of this process, by pool",
  open: "Connections to the database of this process that are open, by pool",
  inUse: "Connections to the database of this process with work on them, by pool",
  waiting: "Work of this process that waits for a connection to the database, by pool",
} as const satisfies Record<keyof PoolFigures, string>;

const NAMES = {
  size: "database_pool_size",
  open: "database_pool_open",
  inUse: "database_pool_in_use",
  waiting: "database_pool_waiting",
} as const satisfies Record<keyof PoolFigures, string>;

/**
 * How busy the process' own connections are. Each pool has two kinds: those for transactions, one piece of
 * work at a time, and those for single queries, which carry many at once.
 */
export function showPools(
  pools: Readonly<Record<string, Sql | null>>,
  { gauges }: Pick<Metrics, "gauges">,
): void {
  const kinds = Object.entries(pools).flatMap(([name, sql]) => {
    if (sql === null) return [];
    const pool = poolOf(sql);
    return [
      { pool: name, use: "queries", read: pool.singles },
      { pool: name, use: "transactions", read: () => pool.transactions() },
    ];
  });
  for (const figure of ["size", "open", "inUse", "waiting"] as const) {
    gauges(NAMES[figure], SHOWN[figure], ["pool", "use"], () =>
      kinds.map(({ pool, use, read }) => ({ labels: { pool, use }, value: read()[figure] })),
    );
  }
}
