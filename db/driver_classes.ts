import type { Sql } from "./client.ts";

/**
 * Lets V8 compile what makes a query and its rows. Both classes of postgres.js have a static accessor under a
 * symbol (`Symbol.species`); V8 keeps the properties of such a class in a dictionary until one of them is read,
 * and as long it gives up whatever it compiles that makes an instance, and tries again: forever.
 * Once per process, for all its pools; asks the database for nothing.
 */
export async function settleDriverClasses(sql: Sql): Promise<void> {
  const query = sql`select`;
  const rows = await query;
  readName(query);
  readName(rows);
}

/** Not through `Reflect`: only an ordinary read of a property makes V8 tidy up its holder. */
function readName({ constructor }: object): string {
  return constructor.name;
}
