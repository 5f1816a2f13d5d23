import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pino } from "pino";
import { newId } from "../../server/new_id.ts";
import { type JobBoard, startJobBoard } from "../../server/jobs/job_board.ts";
import { type Fault, until, type Work } from "./fault.ts";
import { judge, type Violation } from "./invariants.ts";
import type { Stage } from "./stage.ts";
import { withWebhook } from "./webhook_mode.ts";

const FLOOD = 100_000;
const BATCH = 2000;
const LOOKS = 240;
const GREEDY_JOB = join(import.meta.dirname, "greedy_job.ts");
/** What a worker needs for itself, and a little more. */
const SMALL_HEAP = 128; // MB
/** The expiry of a push, and until somebody looks at it. */
const LONGEST_JOB = 420_000; // ms

/** Work that can't be done, and too much of it. */
export const jobFaults: readonly Fault[] = [
  {
    id: "22",
    name: "a poison job: it fails whatever is done",
    isShort: false,
    run: async (stage, { progress }) => {
      stage.deadLettersExpected += 1;
      await withBoard(stage, async ({ boss }) => {
        // Its own queue can't read it.
        await boss.send("document.render", { companyId: stage.companyId, documentId: "poison" });
      });
      await progress(4);
      for (let look = 0; look < LOOKS; look += 1) {
        await stage.hasten();
        const [row] = await stage.database.sql`
          select count(*)::int as count from dead_letters where company_id = ${stage.companyId}
        `;
        if (Number(row?.["count"]) >= stage.deadLettersExpected) return "given up, and told so";
        await sleep(250);
      }
      throw new Error("the poison job was not given up");
    },
  },
  {
    id: "22d",
    name: "a job that eats all memory: whatever worker takes it dies of its heap limit",
    isShort: false,
    run: eatMemory,
  },
  {
    id: "22b",
    name: "a poison update: it fails whatever is done",
    isShort: false,
    run: async (stage, { progress }) =>
      withWebhook(stage, async () => {
        const statuses: number[] = [];
        // A message without a chat: nobody can even be answered.
        const update = {
          update_id: 900_000_000 + Math.floor(stage.random.between(0, 1e6)),
          message: {},
        };
        while (statuses.at(-1) !== 200 && statuses.length < 10) {
          const answer = await fetch(`${stage.urlOf("web")}/telegram/webhook`, {
            method: "POST",
            headers: {
              "Content-Type": "application/json",
              "X-Telegram-Bot-Api-Secret-Token": stage.webhookSecret,
            },
            body: JSON.stringify(update),
          });
          statuses.push(answer.status);
        }
        await progress(4);
        if (statuses.at(-1) !== 200) throw new Error(`never taken: ${statuses.join(", ")}`);
        return `answers ${statuses.join(", ")}`;
      }),
  },
  {
    id: "22c",
    name: "a job that never ends: its worker stands still (SIGSTOP); another one works, and at last both",
    isShort: false,
    run: standStill,
  },
  {
    id: "25",
    name: `a queue is flooded with ${FLOOD} jobs`,
    isShort: false,
    run: async (stage, { progress }) => {
      await withBoard(stage, async ({ boss }) => {
        for (let done = 0; done < FLOOD; done += BATCH) {
          const jobs = Array.from({ length: BATCH }, () => ({
            data: { companyId: stage.companyId, estimateId: newId() },
            singletonKey: newId(),
          }));
          await boss.insert("catalogue.learn", jobs);
        }
      });
      const start = performance.now();
      const before = await countJobs(stage);
      await progress(6);
      const seconds = (performance.now() - start) / 1000;
      const rate = (before - (await countJobs(stage))) / seconds;
      // How long the rest takes is what `npm run bench` measures.
      await withBoard(stage, ({ boss }) => boss.deleteQueuedJobs("catalogue.learn"));
      return (
        `people go on: 6 steps in ${seconds.toFixed(1)} s; meanwhile ${rate.toFixed(0)} of them a ` +
        "second are done; the rest is taken away"
      );
    },
  },
];

/** Two workers with little memory take the job in turn; a supervisor begins them again: see `watch`. */
async function eatMemory(stage: Stage, { journal, during }: Work): Promise<string> {
  const greedy = newId();
  const small = {
    NODE_OPTIONS: `--import=${GREEDY_JOB} --max-old-space-size=${SMALL_HEAP}`,
    GREEDY_ESTIMATE: greedy,
  };
  stage.deadLettersExpected += 1;
  let deaths = 0;
  const before = journal.acknowledgedAt.length;
  const start = performance.now();
  await stage.end("worker", "SIGTERM");
  await withBoard(stage, async ({ boss }) => {
    const payload = { companyId: stage.companyId, estimateId: greedy };
    await boss.send("catalogue.learn", payload, { singletonKey: newId() });
  });
  const isGivenUp = async (): Promise<boolean> => {
    const [row] = await stage.database.sql`
      select count(*)::int as count
      from dead_letters
      where company_id = ${stage.companyId} and payload ->> 'estimateId' = ${greedy}
    `;
    return Number(row?.["count"]) > 0;
  };
  try {
    await during(
      (async () => {
        while (!(await isGivenUp())) {
          if (performance.now() - start > LONGEST_JOB) throw new Error("it was not given up");
          const died = await stage.startMortal("worker", small);
          // It works until it dies, or until the job is no longer there.
          while (!died() && !(await isGivenUp())) {
            await stage.hasten();
            await sleep(250);
          }
          if (!died()) break;
          deaths += 1;
          await stage.end("worker", "SIGKILL");
        }
      })(),
    );
  } finally {
    await stage.end("worker", "SIGKILL");
    await stage.start("worker");
  }
  const seconds = (performance.now() - start) / 1000;
  const steps = journal.acknowledgedAt.length - before;
  return (
    `${SMALL_HEAP} MB of heap: ${deaths} workers died of it, then it was given up and told, after ` +
    `${seconds.toFixed(0)} s; meanwhile ${steps} steps of people`
  );
}

/** It stops between the making of a deal and the answer: the worst moment to begin the job anew. */
async function standStill(stage: Stage, { journal, during }: Work): Promise<string> {
  const fault = { kind: "commitThenDelay", milliseconds: 3000 } as const;
  // Ready, and out of the way: the deal should be of the one that stops then.
  await stage.start("worker 2");
  const [pid, other] = [stage.running().get("worker"), stage.running().get("worker 2")];
  if (pid === undefined || other === undefined) throw new Error("nobody works here");
  process.kill(other, "SIGSTOP");
  stage.portal.faults.add({ on: "crm.item.add", fault });
  await during(until("a deal was made", () => stage.portal.faults.pending() === 0));
  process.kill(pid, "SIGSTOP");
  process.kill(other, "SIGCONT");
  const start = performance.now();
  let seconds = 0;
  let left: readonly Violation[] = [];
  try {
    await until(
      () => `what it held is done: ${left.map(({ what }) => what).join(", ")}`,
      async () => {
        await stage.hasten();
        left = (await judge(stage, journal)).violations.filter(({ kind }) => kind === "waiting");
        return left.length === 0;
      },
      { limit: LONGEST_JOB, pause: 500 },
    );
    seconds = (performance.now() - start) / 1000;
  } finally {
    process.kill(pid, "SIGCONT");
    // It goes on with what it had in hand.
    await sleep(5000);
    await stage.end("worker 2", "SIGTERM");
  }
  return `all was done by the other after ${seconds.toFixed(0)} s; then it went on, and did nothing twice`;
}

async function countJobs({ database }: Stage): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from pgboss.job
    where name = 'catalogue.learn' and state in ('created', 'retry', 'active')
  `;
  return row?.count ?? 0;
}

/** The queues, as a process without workers has them. */
export async function withBoard(
  stage: Stage,
  work: (board: JobBoard) => Promise<unknown>,
): Promise<void> {
  const log = pino({ level: "silent" });
  const board = await startJobBoard({ url: stage.database.directUrl, log, supervises: false });
  try {
    await work(board);
  } finally {
    await board.stop();
  }
}
