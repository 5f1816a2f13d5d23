import { setTimeout as sleep } from "node:timers/promises";
import { insistOnClients } from "./clients.ts";
import type { Fault } from "./fault.ts";
import { readMemory } from "./memory.ts";

const SILENCE = 30_000; // ms
/** Of what waits meanwhile. */
const MOST_GROWN = 50; // MB

/** What happens to PostgreSQL and to the way there. */
export const databaseFaults: readonly Fault[] = [
  {
    id: "6",
    name: "PostgreSQL is stopped for 3 s and started again",
    isShort: false,
    run: async ({ database }, { progress }) => {
      await progress(2);
      await database.stop();
      await sleep(3000);
      await database.start();
      return "fast shutdown";
    },
  },
  {
    id: "7",
    name: "PostgreSQL is killed (-9) and comes back by itself",
    isShort: true,
    run: async ({ database, random }, { progress }) => {
      await progress(2);
      await sleep(random.between(0, 500));
      const start = performance.now();
      await database.kill();
      return `answers again after ${((performance.now() - start) / 1000).toFixed(1)} s`;
    },
  },
  {
    id: "8a",
    name: "connections to PostgreSQL are ended one by one",
    isShort: false,
    run: async ({ database, random }, { progress }) => {
      await progress(1);
      const count = await database.endConnections(() => sleep(random.between(20, 120)));
      return `${count} connections`;
    },
  },
  {
    id: "8b",
    name: "all connections to PostgreSQL are ended at once, three times",
    isShort: true,
    run: async ({ database }, { progress }) => {
      let count = 0;
      for (let round = 0; round < 3; round += 1) {
        await progress(1);
        count += await database.endConnections();
      }
      return `${count} connections`;
    },
  },
  {
    id: "8c",
    name: "the wire to PostgreSQL is cut, again and again",
    isShort: false,
    run: async ({ database, random }, { progress }) => {
      for (let round = 0; round < 5; round += 1) {
        await progress(1);
        if (random.between(0, 1) < 0.5) database.wire.cutAll();
        else database.wire.cutOne();
      }
      return "5 cuts";
    },
  },
  {
    id: "10",
    name: "PostgreSQL is silent for 30 s (black hole)",
    isShort: false,
    run: async (stage, { progress }) => {
      const { wire } = stage.database;
      await progress(1);
      const headers = { Authorization: `Bearer ${await stage.manager.door.token()}` };
      const before = await readMemory(stage);
      const start = performance.now();
      wire.setSilent(true);
      const asked = fetch(`${stage.urlOf("web")}/api/v1/me`, { headers });
      const answered = asked.then(() => (performance.now() - start) / 1000);
      await sleep(SILENCE);
      const after = await readMemory(stage);
      wire.setSilent(false);
      const { status } = await asked;
      const seconds = await answered;
      if (status !== 503 || seconds * 1000 > SILENCE) {
        throw new Error(`the API answered ${status} after ${seconds.toFixed(0)} s`);
      }
      const grown = Math.max(
        ...[...after].map(([name, size]) => size - (before.get(name) ?? size)),
      );
      if (grown > MOST_GROWN) throw new Error(`a process grew by ${grown.toFixed(0)} MB`);
      return `the API answers 503 after ${seconds.toFixed(0)} s; no process grew by more than ${Math.ceil(grown)} MB`;
    },
  },
  {
    id: "11",
    name: "every query takes 200 ms longer, and each second 5 % of the connections break",
    isShort: false,
    run: async (stage, { progress }) => {
      const { wire } = stage.database;
      let cuts = 0;
      wire.setLatency(100);
      const cutting = setInterval(() => {
        cuts += wire.cutSome(() => stage.random.between(0, 1) < 0.05);
      }, 1000);
      try {
        const [told] = await Promise.all([insistOnClients(stage, 300), progress(8)]);
        return `100 ms in each direction, ${cuts} connections broken; ${told}`;
      } finally {
        clearInterval(cutting);
        wire.setLatency(0);
      }
    },
  },
  {
    id: "13a",
    name: "the database is read-only for 3 s",
    isShort: true,
    run: async ({ database }, { progress }) => {
      await progress(2);
      await database.setReadOnly(true);
      await sleep(3000);
      await database.setReadOnly(false);
      return "default_transaction_read_only";
    },
  },
  {
    id: "13b",
    name: "the disk of PostgreSQL is full",
    isShort: false,
    run: async ({ database }, { progress }) => {
      if (!database.disk) return { notRun: "no small disk can be mounted on this machine" };
      await progress(2);
      await database.disk.fill();
      await sleep(5000);
      await database.disk.empty();
      await database.ready();
      return "5 s without a free byte";
    },
  },
];
