import { Agent } from "node:http";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startProgram } from "../server/testing_program.ts";
import { type ApiStage, type Kept, prepareApi } from "./api_data.ts";
import type { Bench } from "./database.ts";
import { type Asked, askMany } from "./http_load.ts";
import { median, milliseconds, type Row } from "./measure.ts";
import { readCpu, readDatabaseCpu, type Spawned, spawnProgram } from "./processes.ts";

const TOKEN = "5000000004:bench";
const ROUNDS = 5;
/** Many, so that both programs are as warm as in the middle of a day. */
const REQUESTS = 1500;
const CONNECTIONS = 16;

/** As every browser asks for a page. */
const BROWSER = {
  Accept: "text/html",
  "Accept-Encoding": "gzip, deflate, br",
  "User-Agent": "Mozilla/5.0",
};

interface Target {
  readonly url: string;
  readonly pid: number | undefined;
  /** Of its connections to the database. */
  readonly applicationName: string;
}

interface Measured {
  /** Milliseconds of CPU of the process and of the database for one request. */
  readonly process: number;
  readonly database: number;
  readonly perSecond: number;
}

/** The doors through which estimates are read, beside Hono with the same queries and nothing else. */
export async function measureApi(bench: Bench): Promise<Row[]> {
  const stage = await prepareApi(bench);
  const simulator = await spawnProgram("simulator_process.ts", { BOT_TOKEN: TOKEN, PEOPLE: "1" });
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-data-"));
  await chmod(dataDir, 0o711);
  const program = await startProgram({
    BOT_TOKEN: TOKEN,
    TELEGRAM_API_ROOT: simulator.url,
    TELEGRAM_MODE: "webhook",
    PUBLIC_URL: "http://127.0.0.1:1",
    DATABASE_URL: bench.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: "error",
    ROLES: "web",
  });
  let bare: Spawned | null = null;
  try {
    await program.ready();
    bare = await spawnProgram("bare_api.ts", { DATABASE_URL: bench.url });
    const ours: Target = {
      url: program.url,
      pid: program.process.pid,
      applicationName: "smetka",
    };
    const floor: Target = {
      url: bare.url,
      pid: bare.process.pid,
      applicationName: "smetka bare",
    };
    return await measureDoors(bench, stage, { ours, floor });
  } finally {
    await bare?.end();
    await program.end("SIGTERM");
    await simulator.end();
    await rm(dataDir, { recursive: true, force: true });
  }
}

async function measureDoors(
  bench: Bench,
  { drafts, frozen, people, companyId }: ApiStage,
  targets: { ours: Target; floor: Target },
): Promise<Row[]> {
  const { ours, floor } = targets;
  const pick = (kept: readonly Kept[], index: number): Kept => {
    const found = kept[index % kept.length];
    if (!found) throw new Error("nothing was prepared");
    return found;
  };
  // Everybody has an address and a session of his own: the limits are not what is measured.
  const asPerson = (index: number): Record<string, string> => {
    const token = people[index % people.length] ?? "";
    const address = `198.51.${Math.floor(index / 200) % 200}.${(index % 200) + 1}`;
    return { Authorization: `Bearer ${token}`, "X-Forwarded-For": address };
  };
  const bare = (path: string, kept: readonly Kept[]) => (index: number) => ({
    url: `${floor.url}/${path}/${companyId}/${pick(kept, index).id}`,
  });
  const revisions = frozen.map((kept) => ({ ...kept, id: kept.revisionId }));

  const draft = await compare(bench, targets, {
    ours: (index) => ({
      url: `${ours.url}/api/v1/estimates/${pick(drafts, index).id}`,
      headers: asPerson(index),
    }),
    floor: bare("draft", drafts),
    status: { ours: 200, floor: 200 },
  });
  const changed = await compare(bench, targets, {
    before: async () => {
      await bench.sql`
        update estimates
        set updated_at = now()
        where company_id = ${companyId} and status = 'draft'
      `;
    },
    count: drafts.length,
    ours: (index) => ({
      url: `${ours.url}/api/v1/estimates/${pick(drafts, index).id}`,
      headers: asPerson(index),
    }),
    floor: bare("draft", drafts),
    status: { ours: 200, floor: 200 },
  });
  const tags = await readTags(ours.url, drafts, asPerson);
  const unchanged = await compare(bench, targets, {
    ours: (index) => ({
      url: `${ours.url}/api/v1/estimates/${pick(drafts, index).id}`,
      headers: { ...asPerson(index), "If-None-Match": tags.get(pick(drafts, index).id) ?? "" },
    }),
    floor: bare("small", drafts),
    status: { ours: 304, floor: 204 },
  });
  const page = await compare(bench, targets, {
    ours: (index) => ({
      url: ours.url + pick(frozen, index).path,
      headers: { ...asPerson(index), ...BROWSER },
    }),
    floor: bare("stored", revisions),
    status: { ours: 200, floor: 204 },
  });
  const revision = await compare(bench, targets, {
    ours: (index) => ({
      url: `${ours.url}/api/v1/estimates/${pick(frozen, index).id}/revisions/${pick(frozen, index).revisionId}`,
      headers: asPerson(index),
    }),
    floor: bare("stored", revisions),
    status: { ours: 200, floor: 204 },
  });
  return [
    rateRow("API: GET of a draft of 100 lines, read again", draft),
    rateRow("API: GET of a draft of 100 lines, first reading after a change", changed),
    cpuRow("API: a frozen revision of 100 lines", revision, "one read by primary key", 2),
    cpuRow(
      "the client's page of 100 lines, as browsers ask for it",
      page,
      "one read by primary key",
      2,
    ),
    cpuRow("API: 304 for a draft that did not change", unchanged, "one small read", 1.5),
  ];
}

function rateRow(
  work: string,
  { ours, floor }: { readonly ours: Measured; readonly floor: Measured },
): Row {
  const show = (measured: Measured) =>
    `${measured.perSecond.toFixed(0)}/s; CPU ${describe(measured)}`;
  return {
    work,
    ours: show(ours),
    peer: `bare Hono with the same two queries: ${show(floor)}`,
    ratio: ours.perSecond / floor.perSecond,
    goal: { at: "least", ratio: 0.7 },
  };
}

function cpuRow(
  work: string,
  { ours, floor }: { ours: Measured; floor: Measured },
  read: string,
  most: number,
): Row {
  return {
    work: `${work}: CPU`,
    ours: describe(ours),
    peer: `bare Hono, empty answer, ${read}: ${describe(floor)}`,
    ratio: (ours.process + ours.database) / (floor.process + floor.database),
    goal: { at: "most", ratio: most },
  };
}

function describe({ process, database }: Measured): string {
  return `${milliseconds(process)} + ${milliseconds(database)} of the database`;
}

async function compare(
  bench: Bench,
  targets: Readonly<Record<"ours" | "floor", Target>>,
  asking: {
    readonly ours: (index: number) => Asked;
    readonly floor: (index: number) => Asked;
    readonly status: Readonly<Record<"ours" | "floor", number>>;
    /** Called before each round. */
    readonly before?: () => Promise<void>;
    /** Requests of a round. */
    readonly count?: number;
  },
): Promise<Record<"ours" | "floor", Measured>> {
  const { count = REQUESTS } = asking;
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const rounds: Record<"ours" | "floor", Measured[]> = { ours: [], floor: [] };
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const name of ["ours", "floor"] as const) {
      const { pid, applicationName } = targets[name];
      const readAll = async () => ({
        process: await readCpu(pid),
        database: await readDatabaseCpu(bench.sql, applicationName),
      });
      await asking.before?.();
      const before = await readAll();
      const { seconds } = await askMany(agent, {
        count,
        connections: CONNECTIONS,
        status: asking.status[name],
        next: (index) => asking[name](round * count + index),
      });
      const after = await readAll();
      // The first round warms up.
      if (round === 0) continue;
      rounds[name].push({
        process: (after.process - before.process) / count,
        database: (after.database - before.database) / count,
        perSecond: count / seconds,
      });
    }
  }
  agent.destroy();
  const typical = (measured: readonly Measured[]): Measured => ({
    process: median(measured.map((each) => each.process)),
    database: median(measured.map((each) => each.database)),
    perSecond: median(measured.map((each) => each.perSecond)),
  });
  return { ours: typical(rounds.ours), floor: typical(rounds.floor) };
}

/** What each draft's answer says of its version, as a program would have kept it. */
async function readTags(
  url: string,
  drafts: readonly Kept[],
  asPerson: (index: number) => Record<string, string>,
): Promise<Map<string, string>> {
  const tags = new Map<string, string>();
  for (const [index, { id }] of drafts.entries()) {
    const answer = await fetch(`${url}/api/v1/estimates/${id}`, { headers: asPerson(index) });
    await answer.arrayBuffer();
    tags.set(id, answer.headers.get("ETag") ?? "");
  }
  return tags;
}
