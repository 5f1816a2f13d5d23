import { once } from "node:events";
import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Sql } from "./client.ts";
import { inTransaction } from "./transactions.ts";
import { connect } from "./pools.ts";
import { createTestDatabase, type TestDatabase } from "./testing.ts";

let database: TestDatabase;
let sql: Sql;

beforeAll(async () => {
  database = await createTestDatabase();
  await database.sql`create table steps (id int primary key)`;
});

beforeEach(async () => {
  await database.sql`delete from steps`;
  sql = open(database.url, 2);
});

afterAll(() => database.drop());

function open(url: string, max: number): Sql {
  const log = pino({ level: "silent" });
  return connect({ url, max, applicationName: "transactions test", log });
}

async function ids(): Promise<number[]> {
  const rows = await database.sql<{ id: number }[]>`select id from steps order by id`;
  return rows.map(({ id }) => id);
}

/** Stands between, and counts what comes from the program in one piece. */
async function openProxy(): Promise<{ url: string; server: Server; pieces: string[] }> {
  const target = new URL(database.url);
  const pieces: string[] = [];
  const server = createServer((client: Socket) => {
    const upstream = connectSocket(Number(target.port), target.hostname);
    client.on("data", (piece) => pieces.push(piece.toString("latin1")));
    client.pipe(upstream).pipe(client);
    client.on("error", () => upstream.destroy());
    upstream.on("error", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = new URL(database.url);
  url.hostname = "127.0.0.1";
  url.port = String(typeof address === "object" ? address?.port : 0);
  return { url: url.href, server, pieces };
}

it("begins in the packet of its first queries", async () => {
  const { url, server, pieces } = await openProxy();
  const proxied = open(url, 1);
  const work = () =>
    inTransaction(proxied, async (tx) => {
      await Promise.all([tx`select 1 as one`, tx`select 2 as two`]);
    });
  // Once to connect, once to prepare.
  await work();
  await work();
  pieces.length = 0;
  await work();
  expect(pieces).toHaveLength(2);
  expect(pieces[0]).toMatch(/begin/);
  await proxied.end();
  server.close();
});

it("keeps nothing when a query failed, even if nobody cared", async () => {
  const careless = inTransaction(sql, async (tx) => {
    await tx`insert into steps (id) values (1)`;
    await tx`select 1 / 0`.catch(() => undefined);
    return "done";
  });
  await expect(careless).rejects.toThrow("division by zero");
  expect(await ids()).toEqual([]);
  await sql.end();
});

it("waits for its turn where all connections are taken, and then has one for itself", async () => {
  const order: string[] = [];
  const step = (name: number) =>
    inTransaction(sql, async (tx) => {
      order.push(`begin ${name}`);
      await tx`insert into steps (id) values (${name})`;
      await tx`select pg_sleep(0.02)`;
      order.push(`end ${name}`);
    });
  await Promise.all([1, 2, 3, 4, 5].map(step));
  expect(await ids()).toEqual([1, 2, 3, 4, 5]);
  let running = 0;
  for (const word of order) {
    running += word.startsWith("begin") ? 1 : -1;
    expect(running).toBeLessThanOrEqual(2);
  }
  await sql.end();
});

it("goes on with a new connection after one was lost while all were taken", async () => {
  const single = open(database.url, 1);
  const taken = inTransaction(single, async (tx) => {
    const [row] = await tx`select pg_backend_pid() as pid`;
    await database.sql`select pg_terminate_backend(${Number(row?.["pid"])}::int)`;
    await tx`select pg_sleep(60)`;
  });
  const waiting = inTransaction(single, (tx) => tx`insert into steps (id) values (7)`);
  await expect(taken).rejects.toMatchObject({
    code: expect.stringMatching(/CLOSED|57P01|ECONNRESET/),
  });
  await waiting;
  expect(await ids()).toEqual([7]);
  await single.end();
});

it("rejects while the server can't be reached, and works when it can", async () => {
  const { url, server } = await openProxy();
  const { port } = new URL(url);
  server.close();
  await once(server, "close");
  const lonely = open(url, 2);
  const work = () => inTransaction(lonely, (tx) => tx`insert into steps (id) values (8)`);
  await expect(work()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  await expect(work()).rejects.toMatchObject({ code: "ECONNREFUSED" });
  const target = new URL(database.url);
  const back = createServer((client) => {
    client.pipe(connectSocket(Number(target.port), target.hostname)).pipe(client);
  });
  back.listen(Number(port), "127.0.0.1");
  await once(back, "listening");
  await work();
  expect(await ids()).toEqual([8]);
  await lonely.end();
  back.close();
});

it("leaves nobody waiting when the server can't be reached or the pool ends", async () => {
  const { url, server } = await openProxy();
  server.close();
  await once(server, "close");
  const lonely = open(url, 1);
  const nothing = () => inTransaction(lonely, async () => null);
  for (const { status } of await Promise.allSettled([nothing(), nothing(), nothing()])) {
    expect(status).toBe("rejected");
  }
  await lonely.end();
  const going = [0, 1, 2, 3, 4].map(() => inTransaction(sql, (tx) => tx`select pg_sleep(0.2)`));
  const settled = Promise.allSettled(going);
  await expect
    .poll(
      () => database.sql`
    select pid from pg_stat_activity
    where application_name = 'transactions test' and query like '%pg_sleep(0.2)%'
  `,
    )
    .toHaveLength(2);
  await sql.end();
  const outcomes = (await settled).map(({ status }) => status);
  expect(outcomes).toEqual(["fulfilled", "fulfilled", "rejected", "rejected", "rejected"]);
});

it("takes back a part of it, and the rest stays", async () => {
  await inTransaction(sql, async (tx) => {
    await tx`insert into steps (id) values (1)`;
    const part = tx.savepoint(async (inner) => {
      await inner`insert into steps (id) values (2)`;
      await inner`select 1 / 0`;
    });
    await expect(part).rejects.toThrow("division by zero");
    await tx.savepoint((inner) => inner`insert into steps (id) values (3)`);
  });
  expect(await ids()).toEqual([1, 3]);
  await sql.end();
});

it("is finished before the pool ends, and none begins after that", async () => {
  const going = inTransaction(sql, async (tx) => {
    await tx`insert into steps (id) values (4)`;
    await tx`select pg_sleep(0.2)`;
  });
  await expect
    .poll(
      () => database.sql`
    select pid from pg_stat_activity
    where application_name = 'transactions test' and query like '%pg_sleep%'
  `,
    )
    .toHaveLength(1);
  await sql.end();
  await going;
  expect(await ids()).toEqual([4]);
  await expect(inTransaction(sql, async () => null)).rejects.toMatchObject({
    code: "CONNECTION_ENDED",
  });
});

it("is cut off where the pool has no more patience", async () => {
  const endless = inTransaction(sql, (tx) => tx`select pg_sleep(60)`);
  endless.catch(() => undefined);
  await expect
    .poll(
      () => database.sql`
    select pid from pg_stat_activity
    where application_name = 'transactions test' and query like '%pg_sleep(60)%'
  `,
    )
    .toHaveLength(1);
  await sql.end({ timeout: 0 });
  await expect(endless).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
});
