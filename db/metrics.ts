import { z } from "zod";
import type { Queryable } from "./client.ts";

/** What all processes together have to do; for those who run the program. Sums, no rows of companies. */
export interface DatabaseFigures {
  readonly queues: readonly {
    readonly queue: string;
    readonly state: string;
    readonly jobs: number;
    /** Seconds since the oldest of them could have started; 0 for those of the future. */
    readonly oldest: number;
  }[];
  readonly notifications: { readonly waiting: number; readonly oldest: number };
  readonly connections: readonly { readonly state: string; readonly count: number }[];
  /** CRM connections that stopped and wait for a person. */
  readonly stoppedCrms: number;
}

const queueRows = z.array(
  z.object({ queue: z.string(), state: z.string(), jobs: z.number(), oldest: z.number() }),
);
const waitingRow = z.object({ waiting: z.number(), oldest: z.number() });
const connectionRows = z.array(z.object({ state: z.string(), count: z.number() }));

/** Runs as the owner of the tables: it counts over all companies. */
export async function readDatabaseFigures(sql: Queryable): Promise<DatabaseFigures> {
  const [queues, notifications, connections, stopped] = await Promise.all([
    sql`
      select
        name as queue,
        state::text as state,
        count(*)::int as jobs,
        greatest(0, extract(epoch from clock_timestamp() - min(start_after)))::float8 as oldest
      from pgboss.job
      where state in ('created', 'retry', 'active')
      group by name, state
      order by name, state
      limit 200
    `,
    sql`
      select
        count(*)::int as waiting,
        coalesce(greatest(0, extract(epoch from clock_timestamp() - min(not_before))), 0)::float8
          as oldest
      from telegram_notifications
      where status = 'waiting'
    `,
    sql`
      select coalesce(state, 'background') as state, count(*)::int as count
      from pg_stat_activity
      where datname = current_database()
      group by 1
      order by 1
      limit 20
    `,
    sql`
      select count(*)::int as count
      from crm_connections
      where state = 'stopped'
    `,
  ]);
  return {
    queues: queueRows.parse(queues),
    notifications: waitingRow.parse(notifications[0]),
    connections: connectionRows.parse(connections),
    stoppedCrms: Number(stopped[0]?.["count"] ?? 0),
  };
}
