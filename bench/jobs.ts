import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./database.ts";
import { addUrgent, type Engine, type EngineName, startEngine } from "./jobs_engines.ts";
import { median, milliseconds, percentile, type Row } from "./measure.ts";
import { type Redis, startRedis } from "./redis.ts";

/** Numbers of jobs that are timed begin here; see jobs_process.ts. */
const PROBES = 1_000_000;
const SAMPLES = 300;
const ROUNDS = 5;
const JOBS = 3_000;
const BETWEEN_URGENT = 500; // ms
const BETWEEN_COUNTS = 500; // ms
const REPORTING = 500; // ms
const RESUMING = 1_000; // ms

/**
 * Jobs beside BullMQ and graphile-worker, one working process each, forty at once, and the same body: one
 * inserted row. While one engine is measured the others are stopped.
 * @param backlog jobs that an outage left behind
 */
export async function measureJobs(bench: Bench, backlog = 100_000): Promise<Row[]> {
  await bench.sql`
    create table bench_effects (
      engine text not null, number int not null, at timestamptz not null default clock_timestamp()
    )
  `;
  await bench.sql`create table bench_raw (number int primary key)`;
  const redis = await startRedis();
  const names: EngineName[] = ["ours", "raw", "bodies", "graphile"];
  if (redis) names.push("bullmq");
  const engines: Engine[] = [];
  try {
    for (const name of names) {
      const engine = await startEngine(name, bench, redis?.port ?? 0);
      engine.pause();
      engines.push(engine);
    }
    const ours = pick(engines, "ours");
    const beginnings = await measureBeginnings([ours, pick(engines, "raw")]);
    const rates = await measureRates(
      bench,
      engines.filter(({ name }) => name !== "raw"),
    );
    const drained = await measureBacklog(bench, ours, backlog);
    return [
      ...beginningRows(beginnings.ours, beginnings.raw),
      peerRow("BullMQ on Redis", rates.ours, redis && rates.bullmq, 1.5),
      peerRow("graphile-worker with its local queue", rates.ours, rates.graphile, 1.3),
      floorRow(rates),
      ...backlogRows(backlog, drained, rates.ours),
    ];
  } finally {
    await end(engines, redis);
  }
}

async function end(engines: readonly Engine[], redis: Redis | null): Promise<void> {
  for (const engine of engines) await engine.stop();
  await redis?.stop();
}

function pick(engines: readonly Engine[], name: EngineName): Engine {
  const found = engines.find((engine) => engine.name === name);
  if (!found) throw new Error(`no engine ${name}`);
  return found;
}

type Beginnings = Record<"ours" | "raw", number[]>;

/** One job at a time into an idle queue: ms from before its transaction to its beginning elsewhere. */
async function measureBeginnings(engines: readonly Engine[]): Promise<Beginnings> {
  const times: Beginnings = { ours: [], raw: [] };
  let number = PROBES;
  for (const engine of engines) engine.resume();
  for (let sample = -20; sample < SAMPLES; sample += 1) {
    for (const engine of engines) {
      number += 1;
      const start = performance.timeOrigin + performance.now();
      await engine.addOne(number);
      const took = (await engine.began(number)) - start;
      if (sample >= 0) times[engine.name as "ours" | "raw"].push(took);
      await sleep(10);
    }
  }
  await sleep(REPORTING);
  for (const engine of engines) engine.pause();
  return times;
}

function beginningRows(ours: readonly number[], raw: readonly number[]): Row[] {
  const [half, p99] = [median(ours), percentile(ours, 0.99)];
  const shown = `p50 ${milliseconds(half)}, p99 ${milliseconds(p99)}`;
  const work = "jobs: from enqueueing in a transaction to the start in another process";
  return [
    {
      work,
      ours: shown,
      peer: "goal p50 6 ms, p99 25 ms",
      ratio: Math.max(half / 6, p99 / 25),
      goal: { at: "most", ratio: 1 },
    },
    {
      work: `${work}, beside the floor`,
      ours: shown,
      peer: `raw insert + NOTIFY + claim: p50 ${milliseconds(median(raw))}, p99 ${milliseconds(percentile(raw, 0.99))}`,
      ratio: half / median(raw),
      goal: { at: "most", ratio: 3 },
    },
  ];
}

type Rates = Record<EngineName, number>;

/** Jobs a second, the engines in turn. */
async function measureRates(bench: Bench, engines: readonly Engine[]): Promise<Rates> {
  const rates: Record<EngineName, number[]> = {
    ours: [],
    bullmq: [],
    graphile: [],
    raw: [],
    bodies: [],
  };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const engine of engines) {
      await bench.sql`truncate bench_effects`;
      engine.resume();
      // What it waited for while it was stopped is over.
      await sleep(RESUMING);
      await engine.add(0, JOBS);
      await untilDone(bench, JOBS);
      if (round > 0) rates[engine.name].push(await readRate(bench));
      // What is done is yet to be reported.
      await sleep(REPORTING);
      engine.pause();
    }
  }
  return {
    ours: median(rates.ours),
    bullmq: median(rates.bullmq),
    graphile: median(rates.graphile),
    raw: 0,
    bodies: median(rates.bodies),
  };
}

/** Counting takes the longer the more there are: `between` (ms) keeps it from those that work. */
async function untilDone({ sql }: Bench, wanted: number, between = 20): Promise<void> {
  for (;;) {
    const [row] = await sql`select count(*)::int as done from bench_effects`;
    const done = Number(row?.["done"]);
    if (done > wanted) throw new Error(`${done} effects of ${wanted} jobs`);
    if (done === wanted) return;
    await sleep(between);
  }
}

/** Jobs a second from the first effect to the last one. */
async function readRate({ sql }: Bench): Promise<number> {
  const [row] = await sql`
    select (count(*) / extract(epoch from max(at) - min(at)))::float8 as rate from bench_effects
  `;
  return Number(row?.["rate"]);
}

function peerRow(peer: string, ours: number, theirs: number | null, least: number): Row {
  const work = `jobs a second: one inserted row each, beside ${peer}`;
  const shown = `${ours.toFixed(0)}/s`;
  if (theirs === null) {
    return {
      work,
      ours: shown,
      peer: "skipped: no redis-server or no ioredis here",
      ratio: Number.NaN,
      goal: null,
    };
  }
  const ratio = ours / theirs;
  return {
    work,
    ours: shown,
    peer: `${theirs.toFixed(0)}/s`,
    ratio,
    goal: { at: "least", ratio: least },
  };
}

/** Nothing can be quicker: how far each queue is from it says what the queue itself takes. */
function floorRow({ ours, graphile, bodies }: Rates): Row {
  return {
    work: "jobs a second: one inserted row each, beside the same rows without a queue",
    ours: `${ours.toFixed(0)}/s`,
    peer: `no queue: ${bodies.toFixed(0)}/s (graphile-worker ${(graphile / bodies).toFixed(2)} of it)`,
    ratio: ours / bodies,
    goal: null,
  };
}

interface Drained {
  /** Jobs a second. */
  readonly rate: number;
  /** Milliseconds from before the transaction to the start, of urgent jobs of another queue. */
  readonly urgent: readonly number[];
}

/** The working process was away while jobs gathered; then it comes back. */
async function measureBacklog(bench: Bench, ours: Engine, backlog: number): Promise<Drained> {
  await bench.sql`truncate bench_effects`;
  const batch = 10_000;
  for (let first = 0; first < backlog; first += batch) {
    await ours.add(first, Math.min(batch, backlog - first));
  }
  await bench.sql`analyze pgboss.job`;
  ours.resume();
  const life = { isOver: false };
  const drained = untilDone(bench, backlog, BETWEEN_COUNTS).finally(() => {
    life.isOver = true;
  });
  const urgent: number[] = [];
  let number = PROBES * 2;
  while (!life.isOver) {
    number += 1;
    const added = performance.timeOrigin + performance.now();
    await addUrgent(bench, number);
    urgent.push((await ours.began(number)) - added);
    await sleep(BETWEEN_URGENT);
  }
  await drained;
  const rate = await readRate(bench);
  ours.pause();
  return { rate, urgent };
}

function backlogRows(backlog: number, { rate, urgent }: Drained, steady: number): Row[] {
  const longest = Math.max(...urgent);
  const name = `jobs: a backlog of ${backlog.toLocaleString("en-US")}`;
  return [
    {
      work: `${name} drains`,
      ours: `${rate.toFixed(0)}/s, none lost, none twice`,
      peer: `steady: ${steady.toFixed(0)}/s`,
      ratio: rate / steady,
      goal: { at: "least", ratio: 0.8 },
    },
    {
      work: `${name}: a new urgent job starts meanwhile`,
      ours: `p50 ${milliseconds(median(urgent))}, at most ${milliseconds(longest)} of ${urgent.length}`,
      peer: "the promise: 2 000 ms",
      ratio: longest / 2000,
      goal: { at: "most", ratio: 1 },
    },
  ];
}
