import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import type { Sql } from "../../db/client.ts";
import { connect } from "../../db/pools.ts";
import { type EmbeddedPostgres, startEmbeddedPostgres } from "../../db/embedded.ts";
import { migrate } from "../../db/migrate.ts";
import { indexSearch } from "../../db/search.ts";
import { startTestReplica, type TestReplica } from "../../db/testing_replica.ts";
import type { Id } from "../../domain/ids.ts";
import { createAsReader } from "../services/reading.ts";
import { createReadRouting, type ReadRouting } from "../services/replica.ts";
import { createReplicaWatch, type ReplicaWatch } from "../services/replica_watch.ts";
import { createWorkOn } from "../testing.ts";
import { createManagerStage, type ManagerStage } from "./testing.ts";

/*
 * The manager's pages on a real streaming replica, made of the primary's files as pg_basebackup makes it.
 */

const log = pino({ level: "silent" });
const settings = { shared_buffers: "16MB", fsync: "off" };

let folder: string;
let primary: EmbeddedPostgres;
let replica: TestReplica;
let sql: Sql;
let replicaSql: Sql;
let watch: ReplicaWatch;
let routing: ReadRouting;
let stage: ManagerStage;
let cookie: string;
let clientId: Id;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "smetka-replica-"));
  await chmod(folder, 0o711);
  primary = await startEmbeddedPostgres({ dataDir: join(folder, "primary"), log, settings });
  const { url } = primary;
  await migrate({ url, directory: join(import.meta.dirname, "../../db/migrations"), log });
  replica = await startTestReplica(url, folder);
  sql = connect({ url, max: 4, applicationName: "smetka test", log });
  replicaSql = connect({ url: replica.url, max: 2, applicationName: "smetka pages", log });

  const drop = async () => sql.end({ timeout: 1 });
  const work = await createWorkOn(
    { url, sql, drop },
    { noteWrite: (companyId) => routing.noteWrite(companyId) },
  );
  const clock = () => work.clock.now;
  watch = createReplicaWatch({ primary: sql, replica: replicaSql, clock, log });
  routing = createReadRouting({ primary: sql, replica: replicaSql, watch, clock });
  stage = await createManagerStage({ work, read: createAsReader({ ...routing, clock }) });
  cookie = await stage.login(stage.people.manager);
  const client = await work.asActor(stage.people.owner, ({ clients }) =>
    clients.create({
      name: "Иван Первый",
      kind: "person",
      phones: [],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
  clientId = client.id;
  await index();
  await caughtUp();
});

afterAll(async () => {
  await replicaSql.end({ timeout: 1 });
  await stage.close();
  await replica.stop();
  await primary.stop();
  await rm(folder, { recursive: true, force: true });
});

async function index(): Promise<void> {
  const { companyId } = stage.people.owner;
  await sql.begin((tx) => indexSearch(tx, companyId, 200));
}

/** Waits until the replica has replayed all that is written, and is seen to. */
async function caughtUp(): Promise<void> {
  const [row] = await sql`select pg_current_wal_lsn()::text as written`;
  await vi.waitFor(
    async () => {
      const [found] = await replicaSql`
        select pg_last_wal_replay_lsn() >= ${String(row?.["written"])}::pg_lsn as is_here
      `;
      expect(found?.["is_here"]).toBe(true);
    },
    { timeout: 20_000 },
  );
  await watch.look();
}

/** Past every pin. */
async function letTimePass(): Promise<void> {
  const { clock } = stage.work;
  clock.now = new Date(clock.now.getTime() + 60_000);
  await watch.look();
}

/** As another process would, of whose writes this one knows nothing. */
async function rename(name: string): Promise<void> {
  await sql`
    update clients set name = ${name}
    where company_id = ${stage.people.owner.companyId} and id = ${clientId}
  `;
  await index();
}

/** What the manager's page finds. */
async function look(): Promise<string> {
  const page = await stage.get(`/manager/clients?q=${encodeURIComponent("Иван")}`, cookie);
  expect(page.status).toBe(200);
  const text = await page.text();
  return /Иван \S+?(?=[<\s])/.exec(text.slice(text.indexOf("<table")))?.[0] ?? "";
}

it("serves pages and search from the replica, the primary's own people right after a write", async () => {
  await letTimePass();
  expect(routing.readSql(stage.people.owner.companyId)).toBe(replicaSql);
  expect(await look()).toBe("Иван Первый");

  await replicaSql`select pg_wal_replay_pause()`;
  await rename("Иван Второй");
  expect(await look()).toBe("Иван Первый");
  await stage.work.asActor(stage.people.owner, ({ clients }) =>
    clients.set(clientId, { name: "Иван Третий" }),
  );
  await index();
  expect(await look()).toBe("Иван Третий");
});

it("serves them from the primary while the replica is far behind", async () => {
  await watch.look();
  await letTimePass();
  expect(watch.isFresh()).toBe(false);
  expect(await look()).toBe("Иван Третий");
  await replicaSql`select pg_wal_replay_resume()`;
  await caughtUp();
  expect(routing.readSql(stage.people.owner.companyId)).toBe(replicaSql);
  expect(await look()).toBe("Иван Третий");
});

it("changes nothing, whatever a page does", async () => {
  const writing = replicaSql`update clients set name = 'x'`;
  await expect(writing).rejects.toMatchObject({ code: "25006" });
});

it("serves them from the primary when the replica dies, without one failed page", async () => {
  await caughtUp();
  await letTimePass();
  expect(routing.readSql(stage.people.owner.companyId)).toBe(replicaSql);
  await replica.kill();
  await rename("Иван Четвёртый");
  expect(await look()).toBe("Иван Четвёртый");
  expect(watch.isFresh()).toBe(false);
  for (let count = 0; count < 5; count += 1) {
    expect((await stage.get("/manager", cookie)).status).toBe(200);
    await sleep(50);
  }
  await watch.look();
  expect(watch.isFresh()).toBe(false);
});
