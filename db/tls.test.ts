import { pino } from "pino";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import type { Sql } from "./client.ts";
import { openListener } from "./client_listener.ts";
import { keepConnection } from "./kept_connection.ts";
import { isOutage } from "./outages.ts";
import { connect, poolOf } from "./pools.ts";
import { createEmptyDatabase, type TestDatabase } from "./testing.ts";
import { openTlsProxy, type TlsProxy } from "./testing_tls.ts";
import { inTransaction } from "./transactions.ts";

/** A database behind TLS, as clouds give it. What nobody catches fails a test. */
let database: TestDatabase;
let proxy: TlsProxy;
let sql: Sql;
const log = pino({ level: "silent" });

beforeAll(async () => {
  database = await createEmptyDatabase();
  proxy = await openTlsProxy(database.url);
});

beforeEach(() => {
  sql = connect({ url: proxy.url, max: 3, applicationName: "tls test", log });
});

afterEach(() => sql.end({ timeout: 0 }));

afterAll(async () => {
  proxy.close();
  await database.drop();
});

it("reads long answers of several transactions at once", async () => {
  const read = (letter: string) =>
    inTransaction(sql, async (tx) => {
      const [row] = await tx`select repeat(${letter}, 300000) as text`;
      return row?.["text"] === letter.repeat(300_000);
    });
  expect(await Promise.all([read("а"), read("б"), read("в")])).toEqual([true, true, true]);
});

it("closes a kept connection that is idle, and one that is asked something", async () => {
  const onLost = vi.fn();
  const idle = keepConnection(sql, { onLost });
  await idle.sql`select 1`;
  idle.close();
  const busy = keepConnection(sql, { onLost });
  await busy.sql`select 1`;
  const slow = busy.sql`select pg_sleep(60)`;
  setTimeout(() => busy.close(), 50);
  expect(await slow.catch(isOutage)).toBe(true);
  expect(onLost).toHaveBeenCalledTimes(2);
  await expect.poll(countConnections).toBe(0);
});

it("ends with all that its transactions keep", async () => {
  await Promise.all([1, 2, 3].map(() => inTransaction(sql, (tx) => tx`select 1`)));
  await sql.end({ timeout: 1 });
  await expect.poll(countConnections).toBe(0);
});

it("tells at once that a kept connection, a listener and a connection of the pool were lost", async () => {
  const onLost = vi.fn();
  const kept = keepConnection(sql, { onLost });
  await kept.sql`select 1`;
  const onDeaf = vi.fn();
  const options = { url: proxy.url, log, onNotify: () => undefined, onLost: onDeaf };
  const listener = await openListener(options, 10_000);
  await sql`select 1`;
  expect(poolOf(sql).singles().open).toBe(1);
  proxy.hangUp();
  await expect.poll(() => onLost.mock.calls.length).toBe(1);
  await expect.poll(() => onDeaf.mock.calls.length).toBe(1);
  expect(kept.isLost()).toBe(true);
  await expect.poll(() => poolOf(sql).singles().open).toBe(0);
  await expect(listener.sql`select 1`).rejects.toThrow("CONNECTION_ENDED");
  expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }]);
});

/** Of this test, as the server knows them; it hears of an end only between two statements. */
async function countConnections(): Promise<unknown> {
  const [row] = await database.sql`
    select count(*)::int as count
    from pg_stat_activity
    where application_name = 'tls test' and state <> 'active'
  `;
  return row?.["count"];
}
