import { join } from "node:path";
import type { Fault } from "./fault.ts";
import type { ProgramName, Stage } from "./stage.ts";

const CLOCK = join(import.meta.dirname, "shifted_clock.ts");
const TEN_MINUTES = 600_000; // ms
/** What was begun is done or given back by then. */
const LONGEST_END = 10; // s

/** What happens to processes that nobody kills. */
export const processFaults: readonly Fault[] = [
  {
    id: "5",
    name: "SIGTERM under load, one process after another",
    isShort: false,
    run: async (stage, { progress }) => {
      const codes: (number | null)[] = [];
      const failed = () =>
        [...stage.foremen, stage.manager].reduce(
          (sum, { door }) => sum + door.troubles().failed,
          0,
        );
      const before = failed();
      let slowest = 0;
      for (const name of ["worker", "web", "bot"] as const) {
        await progress(1);
        const asked = performance.now();
        codes.push(await stage.end(name, "SIGTERM"));
        slowest = Math.max(slowest, (performance.now() - asked) / 1000);
        await stage.start(name);
      }
      if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes.join(", ")}`);
      const refusals = failed() - before;
      if (refusals > 0) throw new Error(`${refusals} answers of 5xx or 429`);
      if (slowest > LONGEST_END) throw new Error(`one ended after ${slowest.toFixed(1)} s`);
      return `exit codes 0, 0, 0 within ${slowest.toFixed(1)} s; no answer of 5xx`;
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
];

async function restart(stage: Stage, name: ProgramName, shift: number): Promise<void> {
  await stage.end(name, "SIGTERM");
  const clock = { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SHIFT: String(shift) };
  await stage.start(name, shift === 0 ? {} : clock);
}
