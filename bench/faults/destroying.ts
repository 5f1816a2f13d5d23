import { pino } from "pino";
import { connect } from "../../db/pools.ts";
import type { Stage } from "./stage.ts";

/** Nothing is left of the database but an empty one of the same name. */
export async function destroy({ database }: Stage): Promise<void> {
  const url = new URL(database.directUrl);
  const name = url.pathname.slice(1);
  url.pathname = "/postgres";
  const log = pino({ level: "silent" });
  const sql = connect({ url: url.href, max: 1, applicationName: "judge", log });
  try {
    await sql.unsafe(`drop database ${name} with (force)`);
    await sql.unsafe(`create database ${name} encoding 'UTF8' locale 'C.UTF-8' template template0`);
  } finally {
    await sql.end({ timeout: 1 });
  }
  await database.ready();
}
