import { pino } from "pino";
import type { Actor, Role } from "../domain/access.ts";
import type { Id } from "../domain/ids.ts";
import type { Updates } from "../domain/services.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { insertCompany } from "../db/companies.ts";
import { insertMembership } from "../db/memberships.ts";
import { createTestDatabase, createTestTemplate, type TestDatabase } from "../db/testing.ts";
import { type JobBoard, startJobBoard } from "./jobs/job_board.ts";
import type { QueueName } from "./jobs/queues.ts";
import { newId } from "./new_id.ts";
import { createUpdates } from "./services/updates.ts";
import { type AsActor, createAsActor, type WorkDependencies } from "./services/work.ts";

/** The services on a real PostgreSQL with real queues, for tests of the rooms above them. */
export interface TestWork {
  readonly database: TestDatabase;
  readonly board: JobBoard;
  readonly dependencies: WorkDependencies;
  readonly asActor: AsActor;
  readonly updates: Updates;
  /** Set it to move the services' time. */
  readonly clock: { now: Date };
  /** Queues that got jobs, one entry per commit. */
  readonly committed: QueueName[][];
  /** A person of a company; without one, the owner of a new company. */
  newActor(options?: { companyId?: string; role?: Role; name?: string }): Promise<Actor>;
  close(): Promise<void>;
}

export async function createTestWork(): Promise<TestWork> {
  withQueues ??= createTestTemplate(async (url) => {
    const board = await startJobBoard({ url, log: pino({ level: "silent" }), supervises: false });
    await board.stop();
  });
  return await createWorkOn(await createTestDatabase(await withQueues));
}

/** A template in which pg-boss has its tables already: made once in each process of tests. */
let withQueues: Promise<string> | null = null;

/** On a migrated database that is there already, which `close` drops. */
export async function createWorkOn(
  database: TestDatabase,
  options: { readonly noteWrite?: (companyId: Id) => void } = {},
): Promise<TestWork> {
  const log = pino({ level: "silent" });
  const board = await startJobBoard({ url: database.url, log, supervises: false });
  const clock = { now: new Date("2026-11-22T09:00:00Z") };
  const committed: QueueName[][] = [];
  const dependencies: WorkDependencies = {
    sql: database.sql,
    board,
    onCommitted: (woken) => committed.push([...woken].filter((name) => name !== "live")),
    ...(options.noteWrite ? { noteWrite: options.noteWrite } : {}),
    clock: () => clock.now,
    newId,
  };
  return {
    database,
    board,
    dependencies,
    asActor: createAsActor(dependencies),
    updates: createUpdates({ ...dependencies, log }),
    clock,
    committed,
    newActor: async ({ companyId, role = "owner", name = "Иван Прорабов" } = {}) => {
      const userId = newId();
      const company = companyId ?? newId();
      await database.sql`insert into users (user_id, name) values (${userId}, ${name})`;
      await tenantTransaction(database.sql, company, async (tx) => {
        if (!companyId) await insertCompany(tx, company, { name: "Ромашка" });
        await insertMembership(tx, company, { userId, role });
      });
      return { companyId: company, userId, role };
    },
    close: async () => {
      await board.stop();
      await database.drop();
    },
  };
}
