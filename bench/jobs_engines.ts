import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Queue } from "bullmq";
import { Logger, makeWorkerUtils } from "graphile-worker";
import { pino } from "pino";
import { tenantTransaction } from "../db/transactions.ts";
import { programEnvironment } from "../db/testing_environment.ts";
import { createJobCaller } from "../server/jobs/job_calls.ts";
import type { Bench } from "./database.ts";

export type EngineName = "ours" | "bullmq" | "graphile" | "raw" | "bodies";

/** One engine: its working process, and how jobs get to it. */
export interface Engine {
  readonly name: EngineName;
  /** Many at once, numbered from `first`. */
  add(first: number, count: number): Promise<void>;
  /** One, in a transaction of its own. */
  addOne(number: number): Promise<void>;
  /** Resolves with the time at which the job with this number began, in ms of the epoch. */
  began(number: number): Promise<number>;
  /** Lets the process rest, so that it takes nothing from the one that is measured. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
}

type Adding = Pick<Engine, "add" | "addOne"> & { readonly close: () => Promise<void> };

const ADDING: Readonly<
  Record<EngineName, (bench: Bench, redisPort: number) => Promise<Adding> | Adding>
> = {
  ours: addOurs,
  bullmq: addToBullmq,
  graphile: addToGraphile,
  raw: addRaw,
  bodies: addBodies,
};

export async function startEngine(
  name: EngineName,
  bench: Bench,
  redisPort: number,
): Promise<Engine> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "jobs_process.ts"), name], {
    env: programEnvironment({
      NODE_PATH: process.env["NODE_PATH"],
      DATABASE_URL: bench.url,
      REDIS_PORT: String(redisPort),
    }),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const beginnings = await readBeginnings(child);
  const { add, addOne, close } = await ADDING[name](bench, redisPort);
  return {
    name,
    add,
    addOne,
    began: (number) => {
      const known = beginnings.get(number) ?? Promise.withResolvers<number>();
      beginnings.set(number, known);
      return known.promise;
    },
    pause: () => void child.kill("SIGSTOP"),
    resume: () => void child.kill("SIGCONT"),
    stop: async () => {
      await close();
      const gone = once(child, "exit");
      child.kill("SIGCONT");
      child.kill("SIGTERM");
      await gone;
    },
  };
}

/** Resolves when the process is ready. */
async function readBeginnings(
  child: ChildProcess,
): Promise<Map<number, PromiseWithResolvers<number>>> {
  const beginnings = new Map<number, PromiseWithResolvers<number>>();
  const ready = Promise.withResolvers<void>();
  child.once("exit", (code) => ready.reject(new Error(`the engine ended: ${code}`)));
  if (!child.stdout) throw new Error("no output");
  createInterface({ input: child.stdout }).on("line", (line) => {
    if (line === "ready") return ready.resolve();
    const [number = 0, at = 0] = line.split(" ").map(Number);
    const known = beginnings.get(number) ?? Promise.withResolvers<number>();
    beginnings.set(number, known);
    known.resolve(at);
  });
  await ready.promise;
  return beginnings;
}

function numbers(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => first + index);
}

/** As the program enqueues: in the transaction of a company, with a call to the workers after it. */
function addOurs({ sql, board, actor }: Bench): Adding {
  const caller = createJobCaller({ sql, log: pino({ level: "silent" }) });
  return {
    add: async (first, count) => {
      // Of jobs with one key only one waits.
      const jobs = numbers(first, count).map((telegramId) => ({
        data: { telegramId },
        singletonKey: String(telegramId),
      }));
      await board.boss.insert("telegram.notify", jobs);
      caller.call("telegram.notify");
    },
    addOne: async (telegramId) => {
      await tenantTransaction(sql, actor.companyId, (tx) =>
        board.enqueueIn(tx, () => undefined)(
          "telegram.notify",
          { telegramId },
          { singletonKey: String(telegramId) },
        ),
      );
      caller.call("telegram.notify");
    },
    close: () => caller.stop(),
  };
}

/** The urgent job of another queue; see jobs_process.ts. */
export async function addUrgent({ sql, board, actor }: Bench, number: number): Promise<void> {
  const documentId = `00000000-0000-7000-8000-${String(number).padStart(12, "0")}`;
  const caller = createJobCaller({ sql, log: pino({ level: "silent" }) });
  await tenantTransaction(sql, actor.companyId, (tx) =>
    board.enqueueIn(tx, () => undefined)("document.render", {
      companyId: actor.companyId,
      documentId,
    }),
  );
  caller.call("document.render");
  await caller.stop();
}

function addToBullmq(_: Bench, port: number): Adding {
  const queue = new Queue("bench", {
    connection: { host: "127.0.0.1", port },
    defaultJobOptions: { removeOnComplete: true },
  });
  return {
    add: async (first, count) => {
      await queue.addBulk(
        numbers(first, count).map((number) => ({ name: "bench", data: { number } })),
      );
    },
    addOne: async (number) => {
      await queue.add("bench", { number });
    },
    close: () => queue.close(),
  };
}

async function addToGraphile({ url }: Bench): Promise<Adding> {
  const logger = new Logger(() => () => undefined);
  const utils = await makeWorkerUtils({ connectionString: url, logger });
  return {
    add: async (first, count) => {
      const specs = numbers(first, count).map((number) => ({
        identifier: "bench",
        payload: { number },
      }));
      await utils.addJobs(specs);
    },
    addOne: async (number) => {
      await utils.addJob("bench", { number });
    },
    close: async () => utils.release(),
  };
}

/** The least that a queue in PostgreSQL does. */
function addRaw({ sql }: Bench): Adding {
  const addOne = async (number: number): Promise<void> => {
    await sql.begin(async (tx) => {
      await tx`insert into bench_raw (number) values (${number})`;
      await tx`select pg_notify('bench_raw', '')`;
    });
  };
  return {
    add: async (first, count) => {
      for (const number of numbers(first, count)) await addOne(number);
    },
    addOne,
    close: async () => undefined,
  };
}

/** What the jobs do, without any queue around it. */
function addBodies({ sql }: Bench): Adding {
  const add = async (first: number, count: number): Promise<void> => {
    await sql`select pg_notify('bench_bodies', ${`${first} ${count}`})`;
  };
  return { add, addOne: (number) => add(number, 1), close: async () => undefined };
}
