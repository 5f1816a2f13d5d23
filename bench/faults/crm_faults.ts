import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import type { Stage } from "./stage.ts";

/** What a CRM does to us while approved estimates go there. */
export const crmFaults: readonly Fault[] = [
  {
    id: "19",
    name: "the CRM answers 500 and 502, breaks off and stays silent",
    isShort: false,
    run: async ({ portal, ...stage }, { progress }) => {
      const any = /./;
      portal.faults.add(
        { on: any, nth: 1, times: 2, fault: { kind: "html", status: 502 } },
        { on: any, nth: 4, fault: { kind: "reset" } },
        { on: any, nth: 6, fault: { kind: "truncate" } },
        { on: any, nth: 8, fault: { kind: "reply", status: 500, body: "" } },
        { on: any, nth: 10, fault: { kind: "delay", milliseconds: 3000 } },
      );
      await progress(12);
      await untilStruck({ portal, ...stage });
      return "502 twice, a reset, half an answer, 500, 3 s of silence";
    },
  },
  {
    id: "20",
    name: "the CRM makes the deal, but its answer is lost",
    isShort: true,
    run: async ({ portal, ...stage }, { progress }) => {
      portal.faults.add({ on: "crm.item.add", times: 2, fault: { kind: "commitThenDrop" } });
      await progress(12);
      await untilStruck({ portal, ...stage });
      return "twice";
    },
  },
];

/** Jobs that failed come again at once here; the faults end when they have struck. */
async function untilStruck({ portal, hasten }: Pick<Stage, "portal" | "hasten">): Promise<void> {
  for (let look = 0; look < 60 && portal.faults.pending() > 0; look += 1) {
    await hasten();
    await sleep(250);
  }
  portal.faults.clear();
}
