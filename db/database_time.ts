import { z } from "zod";
import type { Queryable } from "./client.ts";

/** The moment by the clock that all processes share. */
export async function readDatabaseTime(sql: Queryable): Promise<Date> {
  const [row] = await sql`select clock_timestamp() as now`;
  return z.object({ now: z.date() }).parse(row).now;
}
