import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { programEnvironment } from "../../db/testing_environment.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import type { Id } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import { createCrmJobs } from "../jobs/crm_jobs.ts";
import type { Handlers } from "../jobs/queues.ts";
import { startWorkers } from "../jobs/job_workers.ts";
import { pushEstimate } from "./pushing.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf, testSecretKey } from "./testing_crm.ts";
import { type CrmStage, stageAmocrm, stageBitrix24, testFile, testSignal } from "./testing.ts";
import type { WorkerTask } from "./testing_worker.ts";

/** Real processes, killed by the system in the middle of a call or behind it: nothing of them runs on. */

const KILLS = 5;

let crm: CrmWork;
const waiting: ChildProcess[] = [];

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(async () => {
  for (const child of waiting) child.kill("SIGKILL");
  await crm.work.close();
});

function startWorker(): ChildProcess {
  const url = new URL("./testing_worker.ts", import.meta.url);
  return fork(url, { execArgv: [], env: programEnvironment({}), serialization: "advanced" });
}

/** A warm one; the next warms up while this one works. */
function nextWorker(): ChildProcess {
  waiting.push(startWorker());
  return waiting.length > 1 ? (waiting.shift() ?? startWorker()) : startWorker();
}

interface Run {
  readonly worker: ChildProcess;
  /** What it said last, and null when it was killed before it said anything. */
  readonly outcome: Promise<unknown>;
}

function runWorker(
  connectionId: Id,
  approved: ApprovedEstimate | null,
  onPage: (worker: ChildProcess) => void = () => undefined,
): Run {
  const worker = nextWorker();
  let said: unknown = null;
  worker.on("message", (message) => {
    if (message === "ready") return;
    if (message === "page") return onPage(worker);
    said = message;
  });
  const task: WorkerTask = {
    databaseUrl: crm.work.database.url,
    secretKey: testSecretKey,
    now: crm.work.clock.now,
    companyId: crm.actor.companyId,
    connectionId,
    approved,
    file: testFile,
  };
  worker.send(task);
  return { worker, outcome: once(worker, "exit").then(() => said) };
}

/** The lease of the dead runs out, without the wait of every test. */
async function waitForLeases(): Promise<void> {
  await crm.work.database.sql`update crm_pushes set lease_until = '2000-01-01'`;
  await crm.work.database.sql`update crm_syncs set lease_until = '2000-01-01'`;
}

/** How long the lease of the dead run still holds. Its time passes at once, but for the end of it. */
async function endLeasesSoon(): Promise<number> {
  const [row] = await crm.work.database.sql<{ left: number }[]>`
    with held as (
      select lease_until from crm_pushes where lease_until > now()
      union all
      select lease_until from crm_syncs where lease_until > now()
    ), pushes as (
      update crm_pushes set lease_until = now() + interval '2 s' where lease_until > now()
    ), syncs as (
      update crm_syncs set lease_until = now() + interval '2 s' where lease_until > now()
    )
    select extract(epoch from max(lease_until) - now())::float8 as left from held
  `;
  return row?.left ?? 0;
}

function expectSoon(seconds: number): void {
  expect(seconds).toBeGreaterThan(0);
  expect(seconds).toBeLessThan(15);
}

type Faults = Awaited<ReturnType<typeof stageBitrix24>>["portal"]["faults"];
interface Connected {
  readonly stage: CrmStage;
  readonly faults: Faults;
  readonly connectionId: Id;
  /** Whether doing it twice could be seen there. */
  readonly isWrite: (operation: string) => boolean;
  /** Not a command inside of one. */
  readonly isRequest: (operation: string) => boolean;
}

async function connectBitrix24(contacts: number): Promise<Connected> {
  const stage = await stageBitrix24({ contacts });
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: stage.portal.webhookUrl });
  return {
    stage,
    faults: stage.portal.faults,
    connectionId,
    isWrite: (operation) => /\.(add|update|set)$/.test(operation),
    isRequest: (operation) => contacts === 0 || operation === "batch",
  };
}

async function connectAmocrm(contacts: number): Promise<Connected> {
  const stage = await stageAmocrm({ contacts, options: { price: "minorUnits", rate: 1_000_000 } });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
  return {
    stage,
    faults: stage.account.faults,
    connectionId,
    isWrite: (operation) => !operation.startsWith("GET "),
    isRequest: () => true,
  };
}

/**
 * Kills the worker in its call number `fatal`: what it asked for is done, nobody hears the answer. The
 * same as death before the next call, but for what the answer would have changed. Returns which call.
 */
function killAt(
  { faults, isRequest }: Connected,
  fatal: number,
  worker: ChildProcess,
): () => string | null {
  let calls = 0;
  let struck: string | null = null;
  const on = (operation: string): boolean => {
    if (!isRequest(operation)) return false;
    calls += 1;
    if (calls !== fatal) return false;
    worker.kill("SIGKILL");
    struck = operation;
    return true;
  };
  faults.add({ on, fault: { kind: "commitThenDrop" } });
  return () => struck;
}

async function readSync(connectionId: Id) {
  const [row] = await crm.work.database.sql`
    select state, lease_holder as holder
    from crm_syncs
    where connection_id = ${connectionId}
  `;
  return row;
}

/** Everybody of the CRM, and how many of them there are twice. */
async function countContacts(connectionId: Id) {
  const [row] = await crm.work.database.sql`
    select count(*)::int as count, count(distinct remote_id)::int as distinct
    from crm_clients
    where connection_id = ${connectionId} and entity = 'contact'
  `;
  return row;
}

/** The queues of CRMs, worked off in this process. */
function startCrmWorkers() {
  const sources = { approved: async () => null, pdf: async () => null };
  // Nobody watches.
  const chat = {} as never;
  const handlers = createCrmJobs({ ...crm.crm.dependencies, sources, chat }) as Handlers;
  const { board, database } = crm.work;
  return startWorkers({ sql: database.sql, board, handlers, log: pino({ level: "silent" }) });
}

async function newClient(): Promise<Id> {
  const { id } = await crm.work.asActor(crm.actor, ({ clients }) =>
    clients.create({
      name: "Анна",
      kind: "person",
      phones: [{ raw: `8 912 ${String(Date.now()).slice(-7)}`, e164: null }],
      emails: [],
      inn: "",
      address: "",
      note: "",
    }),
  );
  return id;
}

/** One estimate whose push is killed there, then repeated. Returns the call; null: there were fewer. */
async function killPush(connected: Connected, fatal: number): Promise<string | null> {
  const { stage, faults, connectionId } = connected;
  const { companyId } = crm.actor;
  const approved = await addApproved(crm, { clientId: await newClient() });
  const { estimateId, revision } = approved;
  await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
    requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
  );
  const run = runWorker(connectionId, approved);
  const struck = killAt(connected, fatal, run.worker);
  const outcome = await run.outcome;
  faults.clear();
  expect([struck(), outcome]).toEqual([struck(), struck() === null ? "done" : null]);
  await waitForLeases();
  const sources = { approved: async () => approved, pdf: testPdf };
  const request = { companyId, connectionId, estimateId, signal: testSignal };
  expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
  const right = {
    key: estimateId,
    total: Number(formatMoney(approved.total)),
    lines: 3,
    files: [testFile.fileName],
    clients: 1,
  };
  const deals = stage.deals().filter(({ key }) => key === estimateId);
  expect([struck(), deals]).toMatchObject([struck(), [right]]);
  return struck();
}

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("%s, a worker killed with SIGKILL", (_, connect) => {
  it("in every call of a push, done already and unanswered, leaves one right deal", async () => {
    const connected = await connect(0);
    const killed: string[] = [];
    for (let fatal = 1; ; fatal += 1) {
      const operation = await killPush(connected, fatal);
      if (operation === null) break;
      killed.push(operation);
    }
    const { stage } = connected;
    expect(killed.filter(connected.isWrite).length).toBeGreaterThan(3);
    expect(killed.length).toBeGreaterThan(8);
    expect(stage.duplicates()).toBe(0);
    const [row] = await crm.work.database.sql`
      select count(*)::int as count from crm_pushes where state <> 'done' or error is not null
    `;
    expect(row).toEqual({ count: 0 });
  }, 300_000);

  it("in the middle of a push leaves it to another one within fifteen seconds, by itself", async () => {
    const connected = await connect(0);
    const { stage, faults, connectionId } = connected;
    const { companyId } = crm.actor;
    const approved = await addApproved(crm);
    const { estimateId, revision } = approved;
    await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
      requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
    );
    const run = runWorker(connectionId, approved);
    killAt(connected, 2, run.worker);
    expect(await run.outcome).toBeNull();
    faults.clear();
    const sources = { approved: async () => approved, pdf: testPdf };
    const request = { companyId, connectionId, estimateId, signal: testSignal };
    const push = () => pushEstimate(crm.crm.dependencies, sources, request);
    expect(await push()).toBe("busy");
    expectSoon(await endLeasesSoon());
    await expect.poll(push, { timeout: 15_000, interval: 500 }).toBe("done");
    expect(stage.deals().filter(({ key }) => key === estimateId)).toHaveLength(1);
  }, 120_000);

  it("in the middle of a scan leaves the rest to another one within fifteen seconds, by itself", async () => {
    const contacts = 6_000;
    const connected = await connect(contacts);
    const { faults, connectionId } = connected;
    const run = runWorker(connectionId, null);
    killAt(connected, 2, run.worker);
    expect(await run.outcome).toBeNull();
    faults.clear();
    const left = await readSync(connectionId);
    expect(left).toMatchObject({ state: "running", holder: expect.any(String) });
    const workers = startCrmWorkers();
    try {
      // Its job comes here as every job of the dead does.
      const { companyId } = crm.actor;
      await crm.work.board.boss.send("crm.sync", { companyId, connectionId });
      expectSoon(await endLeasesSoon());
      const holder = async () => (await readSync(connectionId))?.["holder"];
      await expect.poll(holder, { timeout: 15_000 }).not.toBe(left?.["holder"]);
      const state = async () => (await readSync(connectionId))?.["state"];
      await expect.poll(state, { timeout: 60_000 }).toBe("done");
    } finally {
      await workers.stop(1_000);
    }
    expect(await countContacts(connectionId)).toEqual({ count: contacts, distinct: contacts });
  }, 120_000);

  it("in a call or while it stores what it read, five times, brings everybody once", async () => {
    // Three answers of Bitrix24: after each kill there is something left to read.
    const contacts = 6_000;
    const connected = await connect(contacts);
    const { faults, connectionId } = connected;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const isInCall = kill % 2 === 0;
      const run = runWorker(connectionId, null, (one) => {
        // At another place of the work behind a stored page each time.
        if (!isInCall) setTimeout(() => one.kill("SIGKILL"), kill * 5);
      });
      if (isInCall) killAt(connected, kill === 0 ? 2 : 1, run.worker);
      expect(await run.outcome).toBeNull();
      faults.clear();
      await waitForLeases();
    }
    expect(await runWorker(connectionId, null).outcome).toBe("done");
    expect(await countContacts(connectionId)).toEqual({ count: contacts, distinct: contacts });
  }, 300_000);
});
