import { z } from "zod";
import type { Sql } from "./client.ts";

export interface Bucket {
  /** Requests that may come at once. */
  readonly capacity: number;
  readonly perSecond: number;
}

const takenRow = z.object({ wait: z.number(), blocked: z.number() });

/**
 * Takes a token of a bucket that all processes share; it may be one of the future. Returns the ms to
 * wait for it, and the ms that this key or `methodKey` is blocked for.
 */
export async function takeToken(
  sql: Sql,
  key: string,
  methodKey: string,
  { capacity, perSecond }: Bucket,
): Promise<{ wait: number; blocked: number }> {
  const [row] = await sql`
    with taken as (
      insert into rate_limits as bucket (key, tokens, refilled_at)
      values (${key}, ${capacity - 1}, clock_timestamp())
      on conflict (key) do update
      set
        tokens = least(
          ${capacity}::float8,
          bucket.tokens + ${perSecond}::float8
            * extract(epoch from greatest(clock_timestamp() - bucket.refilled_at, '0'))::float8
        ) - 1,
        refilled_at = greatest(clock_timestamp(), bucket.refilled_at)
      returning tokens, blocked_until
    )
    select
      greatest(0, -taken.tokens / ${perSecond}::float8 * 1000)::float8 as wait,
      greatest(0, extract(epoch from greatest(
        taken.blocked_until,
        (select blocked_until from rate_limits where key = ${methodKey})
      ) - clock_timestamp()) * 1000)::float8 as blocked
    from taken
  `;
  return takenRow.parse(row);
}

/** Nobody calls under this key before `until`; never shortens a longer block. */
export async function blockKey(sql: Sql, key: string, until: Date): Promise<void> {
  await sql`
    insert into rate_limits as bucket (key, tokens, refilled_at, blocked_until)
    values (${key}, 0, clock_timestamp(), ${until})
    on conflict (key) do update
    set blocked_until = greatest(bucket.blocked_until, ${until})
  `;
}

/** A person has mended it there. */
export async function unblockKey(sql: Sql, key: string): Promise<void> {
  await sql`
    update rate_limits
    set blocked_until = null
    where key = ${key}
  `;
}
