import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, until } from "./fault.ts";
import type { Journal } from "./dialogue.ts";
import { editAndTell } from "./crm_webhook_faults.ts";
import { restart, type Stage } from "./stage.ts";

const any = /./;
/** Of the calls from now on. */
const STORM = [
  { on: any, nth: 1, times: 2, fault: { kind: "html", status: 502 } },
  { on: any, nth: 4, fault: { kind: "reset" } },
  { on: any, nth: 6, fault: { kind: "truncate" } },
  { on: any, nth: 8, fault: { kind: "reply", status: 500, body: "" } },
  { on: any, nth: 10, fault: { kind: "delay", milliseconds: 3000 } },
] as const;
const LOST_DEALS = {
  on: "crm.item.add",
  times: 2,
  fault: { kind: "commitThenDrop" },
} as const;
const LOOKS = 240;
const SLOW = { burst: 2, drainPerSecond: 2 };

/** Far more than the CRM lets through at once. */
const MANY_REQUESTS = 40;

/** What a CRM does to us while approved estimates go there. */
export const crmFaults: readonly Fault[] = [
  {
    id: "19",
    name: "the CRM answers 500 and 502, breaks off and stays silent",
    isShort: false,
    run: async ({ portal, ...stage }, { progress, during }) => {
      portal.faults.add(...STORM);
      await progress(12);
      await during(untilStruck({ portal, ...stage }));
      return "502 twice, a reset, half an answer, 500, 3 s of silence";
    },
  },
  {
    id: "20",
    name: "the CRM makes the deal, but its answer is lost",
    isShort: true,
    run: async ({ portal, ...stage }, { progress, during }) => {
      portal.faults.add(LOST_DEALS);
      await progress(6);
      await during(untilStruck({ portal, ...stage }));
      return "twice";
    },
  },
  {
    id: "18",
    name: "the CRM lets through two requests a second and refuses the rest",
    isShort: false,
    run: async (stage, { during, journal }) => {
      const { portal } = stage;
      const { burst } = portal.options;
      const before = portal.journal.count();
      Object.assign(portal.options, SLOW);
      const start = performance.now();
      // People are quick, and their deals come later.
      const isBusy = () => portal.journal.count() - before >= MANY_REQUESTS;
      await during(until("the CRM was asked much", isBusy, { limit: 180_000 }));
      await allDealsAreMade(stage, journal);
      const seconds = (performance.now() - start) / 1000;
      const calls = portal.journal.entries().filter((call) => call.number > before);
      portal.options.burst = burst;
      const refused = calls.filter(({ status }) => status === 503).length;
      return `${calls.length} requests in ${seconds.toFixed(0)} s, ${refused} of them refused`;
    },
  },
  {
    id: "20b",
    name: "the CRM does all of this at once, tells of edits doubled and in any order, and the worker is killed in it",
    isShort: false,
    run: async (stage, work) => {
      const { portal, random } = stage;
      const { burst } = portal.options;
      Object.assign(portal.options, SLOW);
      portal.faults.add(...STORM, LOST_DEALS);
      try {
        const killing = async () => {
          await work.progress(6);
          await sleep(random.between(0, 3000));
          await restart(stage, "worker");
        };
        const [told] = await Promise.all([
          editAndTell(stage, work),
          work.progress(14),
          killing(),
          work.during(untilStruck(stage)),
        ]);
        await work.during(allDealsAreMade(stage, work.journal));
        return told;
      } finally {
        portal.options.burst = burst;
        portal.faults.clear();
      }
    },
  },
];

/** Of what is approved by now. */
async function allDealsAreMade(stage: Stage, { approved }: Journal): Promise<void> {
  const { length } = approved;
  const isSo = async () => {
    await stage.hasten();
    return (await countDone(stage)) >= length;
  };
  await until("all deals are made", isSo, { limit: 240_000, pause: 500 });
}

async function countDone({ database, companyId }: Pick<Stage, "database" | "companyId">) {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from crm_pushes
    where company_id = ${companyId} and state = 'done'
  `;
  return row?.count ?? 0;
}

/** Jobs that failed come again at once here; the faults end when they have struck. */
async function untilStruck({ portal, hasten }: Pick<Stage, "portal" | "hasten">): Promise<void> {
  for (let look = 0; look < LOOKS && portal.faults.pending() > 0; look += 1) {
    await hasten();
    await sleep(250);
  }
  portal.faults.clear();
}
