import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect as connectTcp, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { openSocket } from "./client_socket.ts";
import { connect } from "./pools.ts";
import type { Sql } from "./client.ts";
import { createEmptyDatabase } from "./testing.ts";
import type { TestDatabase } from "./testing.ts";

let database: TestDatabase;
let proxy: Server;
let sql: Sql;
let isDatabaseUp: boolean;
let connections: Socket[];

beforeEach(async () => {
  database = await createEmptyDatabase();
  const { hostname, port } = new URL(database.url);
  isDatabaseUp = true;
  connections = [];
  // Like a container's published port: it takes the connection even when nothing is behind it.
  proxy = createServer((client) => {
    connections.push(client);
    client.on("error", () => undefined);
    if (!isDatabaseUp) {
      client.end();
      return;
    }
    const server = connectTcp(Number(port), hostname);
    server.on("error", () => undefined);
    client.pipe(server).pipe(client);
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const url = new URL(database.url);
  url.port = String((proxy.address() as AddressInfo).port);
  const log = pino({ level: "silent" });
  sql = connect({ url: url.href, max: 2, applicationName: "socket test", log });
});

afterEach(async () => {
  await sql.end({ timeout: 0 });
  for (const connection of connections) connection.destroy();
  proxy.close();
  await database.drop();
});

it("fails a query when the server hangs up before its first word, and tries once only", async () => {
  isDatabaseUp = false;
  await expect(sql`select 1`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  expect(connections).toHaveLength(1);
});

it("works again by itself when the database is back", async () => {
  isDatabaseUp = false;
  for (let query = 0; query < 5; query += 1) {
    await expect(sql`select 1`).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
  }
  isDatabaseUp = true;
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }]);
});

it("works on after the server ended every connection", async () => {
  await Promise.all([sql`select 1`, sql`select 2`]);
  await database.sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where application_name = 'socket test'
  `;
  await expect.poll(() => connections.every(({ destroyed }) => destroyed)).toBe(true);
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }]);
});

it("fails the query that was under way when its connection was cut", async () => {
  const slow = sql`select pg_sleep(60)`.execute();
  // Before that postgres.js asks for types of its own: see `server/lost_connections.ts`.
  await expect.poll(countSleeping).toBe(1);
  connections[0]?.destroy();
  await expect(slow).rejects.toMatchObject({ code: "CONNECTION_CLOSED" });
});

async function countSleeping(): Promise<number> {
  const sleeping = await database.sql`
    select pid
    from pg_stat_activity
    where application_name = 'socket test' and state = 'active' and query like '%pg_sleep%'
  `;
  return sleeping.length;
}

it("keeps apart what several connections read at once, in parts and in messages longer than a read", async () => {
  const read = (letter: string) => sql`
    select repeat(${letter}, 300000) as text, number
    from generate_series(1, 20) as number
  `;
  const letters = ["а", "б", "в", "г"];
  const answers = await Promise.all(letters.map(read));
  for (const [index, rows] of answers.entries()) {
    const whole = (letters[index] ?? "").repeat(300_000);
    expect(rows).toHaveLength(20);
    expect(rows.every(({ text }) => text === whole)).toBe(true);
  }
});

it("reads on after whoever reads from it has paused", async () => {
  const rows: Buffer[] = [];
  const stream =
    await sql`copy (select repeat('я', 3000) from generate_series(1, 3000)) to stdout`.readable();
  for await (const row of stream) {
    rows.push(row as Buffer);
    if (rows.length % 100 === 0) await sleep(1);
  }
  const line = `${"я".repeat(3000)}\n`;
  expect(Buffer.concat(rows).toString("utf8")).toBe(line.repeat(3000));
});

it("goes through a socket of the machine where one is named, whatever host and port say", async () => {
  const folder = await mkdtemp(join(tmpdir(), "smetka-socket-"));
  const path = join(folder, "database.sock");
  const heard = Promise.withResolvers<string>();
  const server = createServer((client) => {
    client.once("data", (data: Buffer) => heard.resolve(data.toString()));
    client.on("error", () => undefined);
  });
  server.listen(path);
  await once(server, "listening");
  const socket = openSocket({ host: [], port: [], path });
  socket.on("error", () => undefined);
  socket.write("asked");
  expect(await heard.promise).toBe("asked");
  socket.destroy();
  server.close();
  await rm(folder, { recursive: true });
});
