import { setTimeout as sleep } from "node:timers/promises";
import { type Fault, until } from "./fault.ts";
import type { Stage } from "./stage.ts";

/** What a CRM does to us while approved estimates go there. */
export const crmFaults: readonly Fault[] = [
  {
    id: "19",
    name: "the CRM answers 500 and 502, breaks off and stays silent",
    isShort: false,
    run: async ({ portal, ...stage }, { progress, during }) => {
      const any = /./;
      portal.faults.add(
        { on: any, nth: 1, times: 2, fault: { kind: "html", status: 502 } },
        { on: any, nth: 4, fault: { kind: "reset" } },
        { on: any, nth: 6, fault: { kind: "truncate" } },
        { on: any, nth: 8, fault: { kind: "reply", status: 500, body: "" } },
        { on: any, nth: 10, fault: { kind: "delay", milliseconds: 3000 } },
      );
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
      portal.faults.add({ on: "crm.item.add", times: 2, fault: { kind: "commitThenDrop" } });
      await progress(6);
      await during(untilStruck({ portal, ...stage }));
      return "twice";
    },
  },
  {
    id: "18",
    name: "the CRM lets through two requests a second and refuses the rest",
    isShort: false,
    run: async ({ portal, ...stage }, { progress, journal }) => {
      const { burst } = portal.options;
      const before = portal.journal.count();
      Object.assign(portal.options, { burst: 2, drainPerSecond: 2 });
      const start = performance.now();
      await progress(14);
      await until(
        "all deals are made",
        async () => (await countDone(stage)) >= journal.approved.length,
        {
          limit: 120_000,
          pause: 500,
        },
      );
      const seconds = (performance.now() - start) / 1000;
      const calls = portal.journal.entries().filter((call) => call.number > before);
      portal.options.burst = burst;
      const refused = calls.filter(({ status }) => status === 503).length;
      return `${calls.length} requests in ${seconds.toFixed(0)} s, ${refused} of them refused`;
    },
  },
];

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
  for (let look = 0; look < 60 && portal.faults.pending() > 0; look += 1) {
    await hasten();
    await sleep(250);
  }
  portal.faults.clear();
}
