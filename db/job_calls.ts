import type { Queryable } from "./client.ts";

/** Wakes whoever listens on the channel; `queues` are names without commas. */
export async function callWorkers(
  sql: Queryable,
  channel: string,
  queues: readonly string[],
): Promise<void> {
  await sql`select pg_notify(${channel}, ${queues.join(",")})`;
}
