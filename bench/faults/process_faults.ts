import { join } from "node:path";
import type { Fault } from "./fault.ts";
import type { ProgramName, Stage } from "./stage.ts";

const CLOCK = join(import.meta.dirname, "shifted_clock.ts");
const TEN_MINUTES = 600_000; // ms

/** What happens to processes that nobody kills. */
export const processFaults: readonly Fault[] = [
  {
    id: "5",
    name: "SIGTERM under load, one process after another",
    isShort: false,
    run: async (stage, { progress }) => {
      const codes: (number | null)[] = [];
      for (const name of ["worker", "web", "bot"] as const) {
        await progress(1);
        codes.push(await stage.end(name, "SIGTERM"));
        await stage.start(name);
      }
      if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes.join(", ")}`);
      return "exit codes 0, 0, 0";
    },
  },
  {
    id: "23",
    name: "the clocks of the worker and the bot are 10 minutes off",
    isShort: false,
    run: async (stage, { progress }) => {
      await restart(stage, "worker", TEN_MINUTES);
      await restart(stage, "bot", -TEN_MINUTES);
      await progress(8);
      await restart(stage, "worker", 0);
      await restart(stage, "bot", 0);
      return "worker +10 min, bot −10 min";
    },
  },
  {
    id: "26",
    name: "old and new processes side by side during an update",
    isShort: false,
    run: async (stage, { progress }) => {
      for (const [name, other] of [
        ["worker", "worker 2"],
        ["web", "web 2"],
      ] as const) {
        await stage.start(other);
        await progress(2);
        await stage.end(name, "SIGTERM");
        await stage.start(name);
        await progress(2);
        await stage.end(other, "SIGTERM");
      }
      return "worker and web, each twice for a while";
    },
  },
];

async function restart(stage: Stage, name: ProgramName, shift: number): Promise<void> {
  await stage.end(name, "SIGTERM");
  const clock = { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SHIFT: String(shift) };
  await stage.start(name, shift === 0 ? {} : clock);
}
