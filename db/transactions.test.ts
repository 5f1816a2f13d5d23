import { once } from "node:events";
import { connect as connectSocket, createServer, type Server, type Socket } from "node:net";
import fc from "fast-check";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import type { Sql, Transaction } from "./client.ts";
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

/** Stands between, and notes what comes from the program and from the server in one piece. */
async function openProxy(): Promise<Proxy> {
  const target = new URL(database.url);
  const pieces: string[] = [];
  const answers: string[] = [];
  const server = createServer((client: Socket) => {
    const upstream = connectSocket(Number(target.port), target.hostname);
    client.on("data", (piece) => pieces.push(piece.toString("latin1")));
    upstream.on("data", (piece) => answers.push(piece.toString("latin1")));
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
  return { url: url.href, server, pieces, answers };
}

interface Proxy {
  readonly url: string;
  readonly server: Server;
  readonly pieces: string[];
  readonly answers: string[];
}

it("begins in the packet of its first queries, and is answered once", async () => {
  const { url, server, pieces, answers } = await openProxy();
  const proxied = open(url, 1);
  const work = () =>
    inTransaction(proxied, async (tx) => {
      await Promise.all([tx`select 1 as one`, tx`select 2 as two`]);
    });
  // Once to connect, once to prepare.
  await work();
  await work();
  pieces.length = 0;
  answers.length = 0;
  await work();
  expect(pieces).toHaveLength(2);
  const begun = answers.join("");
  expect(begun).toMatch(/BEGIN[^]*SELECT 1[^]*SELECT 1[^]*COMMIT/);
  // ReadyForQuery: in the transaction and behind it.
  expect(begun.split("Z\0\0\0\u0005")).toHaveLength(1 + 2);
  await proxied.end();
  server.close();
});

it("fails where one of the queries sent together did, and its connection goes on", async () => {
  const single = open(database.url, 1);
  const prepare = () =>
    inTransaction(single, async (tx) => void (await Promise.all(queriesOf(tx, 1))));
  const queriesOf = (tx: Transaction, divisor: number) => [
    tx`insert into steps (id) values (${divisor})`,
    tx`select 1 / ${divisor}::int`,
    tx`select pg_backend_pid() as pid`,
  ];
  await prepare();
  let pid: unknown;
  const failing = inTransaction(single, async (tx) => {
    const [inserted, divided, behind] = await Promise.allSettled(queriesOf(tx, 0));
    expect(inserted?.status).toBe("fulfilled");
    expect(divided).toMatchObject({ reason: { code: "22012" } });
    expect(behind).toMatchObject({ reason: { code: "25P02" } });
  });
  await expect(failing).rejects.toMatchObject({ code: "22012" });
  expect(await ids()).toEqual([1]);
  await inTransaction(single, async (tx) => {
    [{ pid } = { pid: null }] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
    await tx`insert into steps (id) values (2)`;
  });
  expect(pid).not.toBeNull();
  expect(await ids()).toEqual([1, 2]);
  await single.end();
});

it("rolls back where a query failed that was sent with the commit", async () => {
  const single = open(database.url, 1);
  const work = (id: number, divisor: number) =>
    inTransaction(single, async (tx) => {
      const [server] = await tx<{ pid: number }[]>`select pg_backend_pid() as pid`;
      await tx`insert into steps (id) values (${id})`;
      void tx`select 1 / ${divisor}::int`.execute().catch(() => undefined);
      return server?.pid;
    });
  const before = await work(1, 1);
  await expect(work(2, 0)).rejects.toMatchObject({ code: "22012" });
  expect(await work(3, 1)).toBe(before);
  expect(await ids()).toEqual([1, 3]);
  await single.end();
});

it("rolls back what was still under way when its work failed", async () => {
  const single = open(database.url, 1);
  const failing = (divisor: number) =>
    inTransaction(single, async (tx) => {
      void tx`insert into steps (id) values (9)`.execute();
      void tx`select 1 / ${divisor}::int`.execute().catch(() => undefined);
      throw new Error("changed its mind");
    });
  for (const divisor of [1, 1, 0])
    await expect(failing(divisor)).rejects.toThrow("changed its mind");
  await inTransaction(single, (tx) => tx`insert into steps (id) values (5)`);
  expect(await ids()).toEqual([5]);
  await single.end();
});

it("tells of each query what it tells when they are sent one by one", async () => {
  const step = fc.constantFrom("insert", "read", "rows", "fail", "savepoint");
  const script = fc.array(fc.array(step, { minLength: 1, maxLength: 4 }), { maxLength: 4 });
  const single = open(database.url, 1);
  const run = async (groups: string[][], isTogether: boolean): Promise<unknown[]> => {
    await database.sql`delete from steps`;
    let id = 0;
    const told: unknown[] = [];
    const ask = (tx: Transaction, what: string): Promise<unknown> => {
      id += 1;
      if (what === "insert") return tx`insert into steps (id) values (${id})`;
      if (what === "rows") return tx`select generate_series(1, ${1000}::int) as number`;
      if (what === "fail") return tx`select 1 / ${0}::int`;
      if (what === "read") return tx`select id from steps order by id`;
      return tx.savepoint((inner) => inner`select 1 / ${0}::int`);
    };
    const note = (asked: Promise<unknown>) =>
      asked.then(
        (rows) => told.push(JSON.stringify(rows)),
        (error: unknown) => told.push((error as { code: string }).code),
      );
    const whole = inTransaction(single, async (tx) => {
      for (const group of groups) {
        if (isTogether) await Promise.all(group.map((what) => note(ask(tx, what))));
        else for (const what of group) await note(ask(tx, what));
      }
    });
    await note(whole);
    return [...told, await ids()];
  };
  await fc.assert(
    fc.asyncProperty(script, async (groups) => {
      // A savepoint's own statements go one by one: together with others nobody could tell which it takes back.
      const together = groups.map((group) => (group.includes("savepoint") ? ["savepoint"] : group));
      expect(await run(together, true)).toEqual(await run(together, false));
    }),
    { numRuns: 60 },
  );
  await single.end();
});

it("lets go of what a query was asked with once it is answered, and not before", async () => {
  const { before, after, again } = await inTransaction(sql, async (tx) => {
    const query = tx`select ${"Печь"}::text as name`;
    const before = Object.entries(query);
    await query;
    return { before, after: Object.entries(query), again: [...(await query)] };
  });
  expect(Object.fromEntries(before)).toMatchObject({ args: ["Печь"] });
  expect(Object.fromEntries(after)).toMatchObject({
    args: null,
    parameters: null,
    string: null,
    signature: null,
  });
  expect(again).toEqual([{ name: "Печь" }]);
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
