import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import type { Sql } from "../db/client.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { connect } from "../db/pools.ts";
import { insertCompany } from "../db/companies.ts";
import { startEmbeddedPostgres } from "../db/embedded.ts";
import { insertMembership } from "../db/memberships.ts";
import { migrate } from "../db/migrate.ts";
import type { Actor } from "../domain/access.ts";
import { type JobBoard, startJobBoard } from "../server/jobs/job_board.ts";
import { newId } from "../server/new_id.ts";
import { type AsActor, createAsActor } from "../server/services/work.ts";

/** A database as `npm start` makes it, durable settings included, with one company in it. */
export interface Bench {
  readonly url: string;
  readonly sql: Sql;
  readonly board: JobBoard;
  readonly actor: Actor;
  readonly asActor: AsActor;
  close(): Promise<void>;
}

export async function openBench(): Promise<Bench> {
  const log = pino({ level: "silent" });
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-"));
  await chmod(dataDir, 0o711);
  const server = await startEmbeddedPostgres({ dataDir, log });
  await migrate({
    url: server.url,
    directory: join(import.meta.dirname, "../db/migrations"),
    log,
  });
  const sql = connect({ url: server.url, max: 8, applicationName: "smetka bench", log });
  const board = await startJobBoard({ url: server.url, log, supervises: false });
  const actor: Actor = { companyId: newId(), userId: newId(), role: "owner" };
  await sql`insert into users (user_id, name) values (${actor.userId}, 'Прораб')`;
  await tenantTransaction(sql, actor.companyId, async (tx) => {
    await insertCompany(tx, actor.companyId, { name: "Замер" });
    await insertMembership(tx, actor.companyId, { userId: actor.userId, role: "owner" });
  });
  const asActor = createAsActor({
    sql,
    board,
    onCommitted: () => undefined,
    clock: () => new Date(),
    newId,
  });
  return {
    url: server.url,
    sql,
    board,
    actor,
    asActor,
    close: async () => {
      await board.stop();
      await sql.end();
      await server.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
