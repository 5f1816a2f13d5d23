import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import type { Sql } from "../../db/client.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { connect } from "../../db/pools.ts";
import { insertMembership } from "../../db/memberships.ts";
import { insertSession } from "../../db/sessions.ts";
import { makeToken } from "../../server/auth/tokens.ts";
import { newId } from "../../server/new_id.ts";
import { changeNote, createEstimate } from "./door.ts";
import { type Fault, until } from "./fault.ts";
import { demandEach } from "./listening_faults.ts";
import { type LiveClient, openLiveClient } from "./live_client.ts";
import type { Member, Stage } from "./stage.ts";

const WRITERS = 32;
const CHANGES_OF_EACH = 5;
const PEOPLE = 50;
const SOCKETS_OF_EACH = 20;
const HELD = 8_000; // ms
/** Connections that are asked for at the same time. */
const AT_ONCE = 8;

/** Too many at once. */
export const crowdFaults: readonly Fault[] = [
  {
    id: "12",
    name: "PostgreSQL has no connection left, and the program's own are ended",
    isShort: false,
    run: async (stage, { progress }) => {
      await progress(1);
      return exhaustConnections(stage);
    },
  },
  {
    id: "14",
    name: `${WRITERS} writers on one estimate, on two processes`,
    isShort: false,
    run: async (stage, { journal }) => {
      const foreman = firstOf(stage.foremen);
      await stage.start("web 2");
      const doors = [foreman.door, foreman.doorAt(stage.urlOf("web 2"))];
      const { id } = await createEstimate(foreman.door);
      const start = performance.now();
      await Promise.all(
        Array.from({ length: WRITERS }, async (_, index) => {
          for (let count = 0; count < CHANGES_OF_EACH; count += 1) {
            const door = doors[index % doors.length] ?? foreman.door;
            journal.changes.push(await changeNote(door, id));
            journal.acknowledgedAt.push(performance.now());
          }
        }),
      );
      const seconds = (performance.now() - start) / 1000;
      await stage.end("web 2", "SIGTERM");
      return `${WRITERS * CHANGES_OF_EACH} changes in ${seconds.toFixed(1)} s`;
    },
  },
  {
    id: "27",
    name: `${PEOPLE * SOCKETS_OF_EACH} sockets when the web process is killed: all come back at once`,
    isShort: false,
    isAlone: true,
    run: async (stage, { journal }) => {
      const foreman = firstOf(stage.foremen);
      await stage.start("web 2");
      const other = foreman.doorAt(stage.urlOf("web 2"));
      const { id, version } = await createEstimate(other);
      const pages = await openPages(stage, id, version);
      const change = async () => {
        const made = await changeNote(other, id);
        journal.changes.push(made);
        journal.acknowledgedAt.push(performance.now());
        await until(
          "all know",
          () => pages.every(({ versions }) => versions.at(-1) === made.version),
          { limit: 180_000 },
        );
      };
      try {
        await change();
        await stage.end("web", "SIGKILL");
        const during = await Promise.all([changeNote(other, id), changeNote(other, id)]);
        journal.changes.push(...during);
        await stage.start("web");
        const start = performance.now();
        const last = Math.max(...during.map((made) => made.version));
        await until(
          () => `all know what they missed: ${tellLate(pages, last)}`,
          () => pages.every((page) => page.isReady() && page.versions.at(-1) === last),
          { limit: 180_000 },
        );
        const seconds = (performance.now() - start) / 1000;
        await change();
        for (const page of pages) demandEach(page, version);
        return `all knew everything ${seconds.toFixed(1)} s after it was ready, each version once`;
      } finally {
        for (const page of pages) page.close();
        await stage.end("web 2", "SIGTERM");
      }
    },
  },
];

function tellLate(pages: readonly LiveClient[], last: number): string {
  const ready = pages.filter((page) => page.isReady());
  const behind = ready.filter(({ versions }) => versions.at(-1) !== last);
  return `${ready.length} of ${pages.length} are signed in, ${behind.length} of these are behind`;
}

function firstOf(members: readonly Member[]): Member {
  const [member] = members;
  if (!member) throw new Error("nobody works here");
  return member;
}

/** Takes every connection that is free, ends those of the program, and takes these too. */
async function exhaustConnections(stage: Stage): Promise<string> {
  const held: Sql[] = [];
  const life = { isOver: false };
  const taking = Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (!life.isOver) if (!(await takeOne(stage, held))) await sleep(20);
    }),
  );
  const slowest = { health: 0, answer: 0 };
  const statuses = new Set<number>();
  try {
    await until("all connections are taken", async () => !(await takeOne(stage, held)));
    await stage.database.endConnections();
    const token = await stage.manager.door.token();
    for (const end = performance.now() + HELD; performance.now() < end; await sleep(200)) {
      slowest.health = Math.max(slowest.health, await timed(`${stage.urlOf("web")}/healthz`));
      const start = performance.now();
      const { status } = await fetch(`${stage.urlOf("web")}/api/v1/me`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      statuses.add(status);
      slowest.answer = Math.max(slowest.answer, performance.now() - start);
    }
  } finally {
    life.isOver = true;
    await taking;
    await Promise.all(held.map((sql) => sql.end({ timeout: 1 })));
  }
  return (
    `${held.length} connections held for ${HELD / 1000} s: the API answers ${[...statuses].join(", ")}` +
    ` within ${seconds(slowest.answer)}, /healthz within ${seconds(slowest.health)}`
  );
}

async function takeOne(stage: Stage, held: Sql[]): Promise<boolean> {
  const log = pino({ level: "silent" });
  const sql = connect({ url: stage.database.directUrl, max: 1, applicationName: "judge", log });
  try {
    await sql`select 1`;
    held.push(sql);
    return true;
  } catch {
    await sql.end({ timeout: 0 });
    return false;
  }
}

async function timed(url: string): Promise<number> {
  const start = performance.now();
  const { status } = await fetch(url);
  if (status !== 200) throw new Error(`${url}: ${status}`);
  return performance.now() - start;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}

/** Twenty sockets of each of fifty people, all of them signed in. */
async function openPages(stage: Stage, estimateId: string, version: number): Promise<LiveClient[]> {
  const { database, companyId } = stage;
  const pages: LiveClient[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const userId = newId();
    await database.sql`insert into users (user_id, name) values (${userId}, 'Начальник')`;
    await tenantTransaction(database.sql, companyId, (tx) =>
      insertMembership(tx, companyId, { userId, role: "manager" }),
    );
    const token = makeToken();
    const expiresAt = new Date(Date.now() + 3_600_000);
    await insertSession(database.sql, token, { companyId, userId, kind: "miniapp", expiresAt });
    for (let socket = 0; socket < SOCKETS_OF_EACH; socket += 1) {
      pages.push(openLiveClient({ url: stage.urlOf("web"), token, estimateId, version }));
    }
  }
  await until("all pages are signed in", () => pages.every((page) => page.isReady()), {
    limit: 180_000,
  });
  return pages;
}
