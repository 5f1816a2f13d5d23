import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "./fault.ts";
import { type ProgramName, restart } from "./stage.ts";

/** SIGKILL at random moments of the work, and a new process at once. */
function killAgainAndAgain(id: string, name: ProgramName): Fault {
  return {
    id,
    name: `kill -9 of the process «${name}» at random points`,
    isShort: true,
    run: async (stage, { progress }) => {
      for (let kill = 0; kill < stage.kills; kill += 1) {
        await progress(1);
        await sleep(stage.random.between(0, 400));
        await restart(stage, name);
      }
      return `${stage.kills} kills`;
    },
  };
}

/** Nothing is broken: what the others are held against. */
const nothing: Fault = {
  id: "0",
  name: "nothing",
  isShort: false,
  run: async () => "people work undisturbed",
};

export const killed: readonly Fault[] = [
  nothing,
  killAgainAndAgain("1", "worker"),
  killAgainAndAgain("3", "web"),
  killAgainAndAgain("4", "bot"),
];
