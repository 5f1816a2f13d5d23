import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { z } from "zod";
import type { Sql } from "../db/client.ts";
import { tenantTransaction } from "../db/transactions.ts";
import { connect } from "../db/pools.ts";
import { insertMembership } from "../db/memberships.ts";
import { insertSession } from "../db/sessions.ts";
import { makeToken } from "../server/auth/tokens.ts";
import { createHearing } from "../server/hearing.ts";
import { type Live, startLive } from "../server/live/live.ts";
import { newId } from "../server/new_id.ts";
import { createAsActor } from "../server/services/work.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, percentile, type Row } from "./measure.ts";
import { readCpu, spawnProgram } from "./processes.ts";

const PEOPLE = 50;
const WRITERS = 32;
const TURN = 1500; // ms
/** Changes that do not wait for each other. */
const FLOOD = 300;

/** Live updates: from the commit to the arrival at the other end, which is another process. */
export async function measureLive(bench: Bench): Promise<Row[]> {
  const log = pino({ level: "silent" });
  const hearing = createHearing({ url: bench.url, log });
  const live = startLive({
    sql: bench.sql,
    hearing,
    publicUrl: null,
    clock: () => new Date(),
    log,
  });
  const server = createServer((_, response) => response.end());
  live.attach(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/api/v1/live`;
  const clients = await spawnProgram("live_clients.ts", {});
  try {
    const tokens = await makeTokens(bench);
    const scene = await createScene(bench, live, clients.url);
    const open = (count: number) => ask(clients.url, "/open", { url, tokens, count });

    const alone = await scene.change({ times: 60, every: 20, sockets: 0 });
    await open(200);
    const few = await scene.change({ times: 60, every: 20, sockets: 200 });
    const flood = await scene.change({ times: FLOOD, every: 10, sockets: 200, isFlood: true });
    await open(1000);
    const many = await scene.change({ times: 40, every: 50, sockets: 1000 });
    const cpu = ((many.cpu / 40 - alone.cpu / 60) / 1000) * 1000; // µs
    // Nobody listens: what is measured is the writing, and the reading of the outbox beside it.
    await ask(clients.url, "/close", null);
    const rates = await measureWriting(bench, live);
    return [
      latency("200 sockets, one change after another", few.latencies, { half: 8, most: 25 }),
      latency("1 000 sockets, one change after another", many.latencies, { half: null, most: 80 }),
      {
        work: "live: 100 changes a second to 200 sockets, the writing included",
        ours: `${flood.rate.toFixed(0)}/s, p50 ${milliseconds(median(flood.latencies))}, p99 ${milliseconds(percentile(flood.latencies, 0.99))}; ${milliseconds(flood.cpu / FLOOD)} of CPU for each`,
        peer: "asked for: 100/s",
        ratio: flood.rate / 100,
        goal: null,
      },
      {
        work: "live: CPU of one frame among 1 000, beside the same change with no socket",
        ours: `${cpu.toFixed(1)} µs`,
        peer: "goal 25 µs",
        ratio: cpu / 25,
        goal: { at: "most", ratio: 1 },
      },
      {
        work: `live: commits of ${WRITERS} writers that are told`,
        ours: `${rates.told.toFixed(0)}/s`,
        peer: `the same commits without events: ${rates.plain.toFixed(0)}/s`,
        ratio: rates.told / rates.plain,
        goal: { at: "least", ratio: 0.55 },
      },
    ];
  } finally {
    await clients.end();
    await live.stop();
    await hearing.stop();
    server.close();
  }
}

function latency(
  work: string,
  values: readonly number[],
  goal: { half: number | null; most: number },
): Row {
  const half = median(values);
  const p99 = percentile(values, 0.99);
  // The worse of the two is what is judged.
  const ratio = Math.max(p99 / goal.most, goal.half === null ? 0 : half / goal.half);
  const p50 = goal.half === null ? "" : `p50 ${goal.half} ms, `;
  return {
    work: `live: from commit to arrival, ${work}`,
    ours: `p50 ${milliseconds(half)}, p99 ${milliseconds(p99)}`,
    peer: `goal ${p50}p99 ${goal.most} ms`,
    ratio,
    goal: { at: "most", ratio: 1 },
  };
}

/** A person has at most twenty sockets. */
async function makeTokens({ sql, actor }: Bench): Promise<string[]> {
  const { companyId } = actor;
  const tokens: string[] = [];
  for (let index = 0; index < PEOPLE; index += 1) {
    const userId = newId();
    await sql`insert into users (user_id, name) values (${userId}, 'Начальник')`;
    await tenantTransaction(sql, companyId, (tx) =>
      insertMembership(tx, companyId, { userId, role: "manager" }),
    );
    const token = makeToken();
    const expiresAt = new Date(Date.now() + 3_600_000);
    await insertSession(sql, token, { companyId, userId, kind: "miniapp", expiresAt });
    tokens.push(token);
  }
  return tokens;
}

interface Order {
  readonly times: number;
  /** Milliseconds from one change to the next. */
  readonly every: number;
  readonly sockets: number;
  /** Changes do not wait for each other. */
  readonly isFlood?: boolean;
}

interface Run {
  /** Milliseconds from a commit to each arrival. */
  readonly latencies: readonly number[];
  /** Milliseconds of this process. */
  readonly cpu: number;
  /** Changes a second. */
  readonly rate: number;
}

/** Ten estimates in turn, so that changes do not wait for each other's row. */
async function createScene(bench: Bench, live: Live, clientsUrl: string) {
  const ids = await Promise.all(
    Array.from({ length: 10 }, () =>
      bench.asActor(bench.actor, ({ estimates }) => estimates.create({ projectId: null })),
    ),
  );
  const changeOne = async (index: number): Promise<[string, number]> => {
    const id = ids[index % ids.length]?.id ?? "";
    const set = { note: `Заметка ${index}` };
    let committedAt = 0;
    const asActor = createAsActor({
      sql: bench.sql,
      board: bench.board,
      onCommitted: (woken) => {
        committedAt = performance.timeOrigin + performance.now();
        if (woken.has("live")) live.poke();
      },
      clock: () => new Date(),
      newId,
    });
    const { version } = await asActor(bench.actor, ({ estimates }) =>
      estimates.change(id, {
        baseVersion: null,
        source: "miniapp",
        changes: [{ id: newId(), type: "estimate.set", set }],
      }),
    );
    return [`${id}/${version}`, committedAt];
  };
  return {
    change: async (order: Order): Promise<Run> => {
      await ask(clientsUrl, "/arrivals", null);
      const cpuBefore = await readCpu(process.pid);
      const start = performance.now();
      const changes: Promise<[string, number]>[] = [];
      for (let index = 0; index < order.times; index += 1) {
        const wait = start + index * order.every - performance.now();
        if (wait > 0) await sleep(wait);
        const change = changeOne(index);
        changes.push(change);
        if (!order.isFlood) await change;
      }
      const commits = new Map(await Promise.all(changes));
      const rate = order.times / ((performance.now() - start) / 1000);
      const latencies: number[] = [];
      const deadline = performance.now() + 20_000;
      const expected = order.times * order.sockets;
      // A frame about a later version speaks for the earlier one, too: bursts are told once.
      while (performance.now() < deadline) {
        await sleep(200);
        const arrivals = arrivalsSchema.parse(await ask(clientsUrl, "/arrivals", null));
        for (const [key, at] of arrivals) {
          const committed = commits.get(key);
          if (committed !== undefined) latencies.push(at - committed);
        }
        if (latencies.length >= expected || (arrivals.length === 0 && latencies.length > 0)) break;
        if (expected === 0) break;
      }
      if (order.sockets > 0 && latencies.length < expected / 2) {
        throw new Error(`${latencies.length} of ${expected} frames came`);
      }
      return { latencies, cpu: (await readCpu(process.pid)) - cpuBefore, rate };
    },
  };
}

const arrivalsSchema = z.array(z.tuple([z.string(), z.number()]));

async function ask(url: string, path: string, body: unknown): Promise<unknown> {
  const response = await fetch(url + path, { method: "POST", body: JSON.stringify(body) });
  if (!response.ok) throw new Error(await response.text());
  return response.json();
}

/**
 * The least that a change writes, the estimate's version and a row of its log, committed one by one: with
 * the trigger that tells of it and without.
 */
async function measureWriting(bench: Bench, live: Live): Promise<{ told: number; plain: number }> {
  const sql = connect({
    url: bench.url,
    max: WRITERS,
    applicationName: "smetka bench writers",
    log: pino({ level: "silent" }),
  });
  const turns: { told: number[]; plain: number[] } = { told: [], plain: [] };
  try {
    const ids = await Promise.all(
      Array.from({ length: WRITERS }, () =>
        bench.asActor(bench.actor, ({ estimates }) => estimates.create({ projectId: null })),
      ),
    );
    for (let turn = 0; turn < 4; turn += 1) {
      for (const kind of ["plain", "told"] as const) {
        await sql.unsafe(
          `alter table estimate_changes ${kind === "told" ? "enable" : "disable"} trigger estimate_changes_are_told`,
        );
        const until = performance.now() + TURN;
        const counts = await Promise.all(
          ids.map(({ id }) =>
            writeUntil(sql, { companyId: bench.actor.companyId, id, until }, () => {
              if (kind === "told") live.poke();
            }),
          ),
        );
        const commits = counts.reduce((sum, count) => sum + count, 0);
        if (turn > 0) turns[kind].push(commits / (TURN / 1000));
      }
    }
  } finally {
    await sql.end();
  }
  return { told: median(turns.told), plain: median(turns.plain) };
}

async function writeUntil(
  sql: Sql,
  { companyId, id, until }: { companyId: string; id: string; until: number },
  onCommitted: () => void,
): Promise<number> {
  let count = 0;
  while (performance.now() < until) {
    await sql`
      with changed as (
        update estimates
        set version = version + 1, updated_at = now()
        where company_id = ${companyId} and id = ${id}
        returning version
      )
      insert into estimate_changes (
        company_id, estimate_id, change_id, version, ordinal, change, source
      )
      select
        ${companyId}, ${id}, ${newId()}, version, 0,
        '{"type": "estimate.set", "set": {"note": "x"}}', 'miniapp'
      from changed
    `;
    onCommitted();
    count += 1;
  }
  return count;
}
