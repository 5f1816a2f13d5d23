import { z } from "zod";
import type { Queryable, Sql } from "./client.ts";

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

/** The bucket of every account of one kind of system. */
export interface NamedBucket extends Bucket {
  /** With what the keys of its accounts begin: "amocrm", and then the account. */
  readonly name: string;
}

/** What the limits of all accounts of one kind of system come to. */
export interface CrmLimits {
  readonly name: string;
  readonly accounts: number;
  /** Accounts and methods that asked for a pause. */
  readonly paused: number;
  /** Accounts that are closed for good, until a person mends it there. */
  readonly blocked: number;
  /** Seconds left of the longest pause. */
  readonly pause: number;
  /** Requests that may go at once to the account that has fewest left; below 0: promised already. */
  readonly budget: number;
  readonly perSecond: number;
}

const limitRows = z.array(
  z.object({
    name: z.string(),
    accounts: z.number(),
    paused: z.number(),
    blocked: z.number(),
    pause: z.number(),
    budget: z.number(),
    perSecond: z.number(),
  }),
);

/** Sums over all accounts, for those who run the program. */
export async function readCrmLimits(
  sql: Queryable,
  buckets: readonly NamedBucket[],
): Promise<CrmLimits[]> {
  const rows = await sql`
    select
      bucket.name,
      count(held.key) filter (where held.is_account)::int as accounts,
      count(held.key) filter (where held.pause > 0 and held.pause <= ${DAY})::int as paused,
      count(held.key) filter (where held.is_account and held.pause > ${DAY})::int as blocked,
      coalesce(max(held.pause) filter (where held.pause <= ${DAY}), 0)::float8 as pause,
      least(
        bucket.capacity,
        min(held.tokens + bucket.per_second * held.age) filter (where held.is_account)
      )::float8 as budget,
      bucket.per_second as "perSecond"
    from unnest(
      ${buckets.map(({ name }) => name)}::text[],
      ${buckets.map(({ capacity }) => capacity)}::float8[],
      ${buckets.map(({ perSecond }) => perSecond)}::float8[]
    ) as bucket (name, capacity, per_second)
    left join lateral (
      select
        key,
        tokens,
        -- Methods have keys of their own behind that of their account.
        key not like '% % %' as is_account,
        greatest(0, extract(epoch from clock_timestamp() - refilled_at))::float8 as age,
        greatest(0, extract(epoch from blocked_until - clock_timestamp()))::float8 as pause
      from rate_limits
      where starts_with(key, bucket.name || ' ')
    ) as held on true
    group by bucket.name, bucket.capacity, bucket.per_second
    order by bucket.name
    limit 20
  `;
  return limitRows.parse(rows);
}

/** Nobody asks for a longer pause: who does has blocked us. */
const DAY = 86_400; // s
