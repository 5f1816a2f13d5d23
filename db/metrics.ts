import { z } from "zod";
import type { Queryable } from "./client.ts";
import { type CrmLimits, type NamedBucket, readCrmLimits } from "./rate_limits.ts";

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
  /** Seconds left of the longest pause that Telegram asked for; 0: none. */
  readonly telegramPause: number;
  /** By what the program calls its sessions; "other": those of somebody else. */
  readonly connections: readonly NamedCount[];
  /** CRM connections that stopped and wait for a person. */
  readonly stoppedCrms: number;
  readonly crmConnections: readonly NamedCount[];
  readonly crmLimits: readonly CrmLimits[];
}

interface NamedCount {
  readonly name: string;
  readonly state: string;
  readonly count: number;
}

const queueRows = z.array(
  z.object({ queue: z.string(), state: z.string(), jobs: z.number(), oldest: z.number() }),
);
const waitingRow = z.object({ waiting: z.number(), oldest: z.number() });
const pauseRow = z.object({ pause: z.number() });
const countRows = z.array(z.object({ name: z.string(), state: z.string(), count: z.number() }));

/** Runs as the owner of the tables: it counts over all companies. @param buckets the paces of CRMs */
export async function readDatabaseFigures(
  sql: Queryable,
  buckets: readonly NamedBucket[],
): Promise<DatabaseFigures> {
  const [queues, notifications, pauses, connections, crms, crmLimits] = await Promise.all([
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
      select coalesce(greatest(0,
        max(extract(epoch from paused_until - clock_timestamp()))
          filter (where paused_until > clock_timestamp())
      ), 0)::float8 as pause
      from telegram_pace
    `,
    sql`
      select
        coalesce(substring(application_name from '^smetka(?: [a-z]+)*'), 'other') as name,
        coalesce(state, 'background') as state,
        count(*)::int as count
      from pg_stat_activity
      where datname = current_database()
      group by 1, 2
      order by 1, 2
      limit 100
    `,
    sql`
      select kind as name, state, count(*)::int as count
      from crm_connections
      group by kind, state
      order by kind, state
      limit 100
    `,
    readCrmLimits(sql, buckets),
  ]);
  const crmConnections = countRows.parse(crms);
  const stopped = crmConnections.filter(({ state }) => state === "stopped");
  return {
    queues: queueRows.parse(queues),
    notifications: waitingRow.parse(notifications[0]),
    telegramPause: pauseRow.parse(pauses[0]).pause,
    connections: countRows.parse(connections),
    stoppedCrms: stopped.reduce((sum, { count }) => sum + count, 0),
    crmConnections,
    crmLimits,
  };
}
