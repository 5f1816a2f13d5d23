import { setTimeout as sleep } from "node:timers/promises";
import type { Sql } from "./client.ts";
import { keepConnection, type KeptConnection } from "./kept_connection.ts";
import { limitTransactions, poolOf } from "./pools.ts";

/** Connections that one taker at a time has for itself, and for one transaction. */
export interface KeptPool {
  /** One that is open. Waits where all are taken; rejects where the server can't be reached. */
  take(): Promise<KeptConnection>;
  giveBack(connection: KeptConnection): void;
}

/** What a session of PostgreSQL remembers only grows, so none lives for ever. */
const LIFETIME = 30 * 60 * 1000; // ms

/** As many connections beside the pool as it has itself, to the same database; they end with it. */
export function createKeptPool(pool: Sql): KeptPool {
  const known = poolOf(pool);
  const { options, finishers } = known;
  const bornAt = new Map<KeptConnection, number>();
  const idle: KeptConnection[] = [];
  /** Called with null where a connection was lost: there is room for a new one. */
  const waiting: ((connection: KeptConnection | null) => void)[] = [];
  let opening = 0;
  let isEnding = false;
  let onAllBack = (): void => undefined;

  const wakeNext = (): void => waiting.shift()?.(null);

  async function open(): Promise<KeptConnection> {
    opening += 1;
    const onLost = (): void => {
      if (bornAt.delete(connection)) wakeNext();
    };
    const connection = keepConnection(pool, { onLost, isPipelined: true });
    try {
      // What is sent before the connection stands would be sent again, one by one, if it failed.
      await limitTransactions(connection.sql);
      bornAt.set(connection, performance.now());
      return connection;
    } catch (error) {
      connection.close();
      // Only now is there room again: who is woken earlier finds none.
      setImmediate(wakeNext);
      throw error;
    } finally {
      opening -= 1;
    }
  }

  function giveBack(connection: KeptConnection): void {
    const isOld = performance.now() - (bornAt.get(connection) ?? 0) > LIFETIME;
    if (isEnding || isOld) connection.close();
    if (!connection.isLost()) {
      const next = waiting.shift();
      if (next) next(connection);
      else idle.push(connection);
    }
    if (bornAt.size === 0) onAllBack();
  }

  finishers.add(async (patience) => {
    isEnding = true;
    while (waiting.length > 0) wakeNext();
    for (const connection of idle.splice(0)) connection.close();
    const areBack = new Promise<void>((resolve) => {
      onAllBack = resolve;
      if (bornAt.size === 0) resolve();
    });
    await (patience === undefined ? areBack : Promise.race([areBack, sleep(patience * 1000)]));
  });

  known.transactions = () => ({
    size: options.max,
    open: bornAt.size,
    inUse: bornAt.size - idle.filter((connection) => bornAt.has(connection)).length,
    waiting: waiting.length + opening,
  });

  return {
    take: async () => {
      for (;;) {
        if (isEnding) throw Object.assign(new Error("the pool is closed"), { code: ENDED });
        const free = idle.pop();
        if (free && !free.isLost()) return free;
        if (free) continue;
        if (bornAt.size + opening < options.max) return open();
        const given = await new Promise<KeptConnection | null>((resolve) => waiting.push(resolve));
        if (given) return given;
      }
    },
    giveBack,
  };
}

/** As postgres.js calls it. */
const ENDED = "CONNECTION_ENDED";
