import { join } from "node:path";
import { SESSION_LIFETIME } from "../../server/auth/sessions.ts";
import type { Fault } from "./fault.ts";
import type { ProgramName, Stage } from "./stage.ts";

const CLOCK = join(import.meta.dirname, "shifted_clock.ts");
const HOUR = 3_600_000; // ms
/** Between a process' look at its clock and the row. */
const TOLERANCE = 60; // s
const NAMES = ["worker", "bot", "web"] as const;
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
      const people = () => [...stage.foremen, stage.manager];
      const before = new Map(people().map(({ door }) => [door, door.troubles().failed.length]));
      let slowest = 0;
      for (const name of ["worker", "web", "bot"] as const) {
        await progress(1);
        const asked = performance.now();
        codes.push(await stage.end(name, "SIGTERM"));
        slowest = Math.max(slowest, (performance.now() - asked) / 1000);
        await stage.start(name);
      }
      if (codes.some((code) => code !== 0)) throw new Error(`exit codes ${codes.join(", ")}`);
      const refusals = people().flatMap(({ door }) =>
        door.troubles().failed.slice(before.get(door) ?? 0),
      );
      if (refusals.length > 0) throw new Error(`refused: ${refusals.join(", ")}`);
      if (slowest > LONGEST_END) throw new Error(`one ended after ${slowest.toFixed(1)} s`);
      return `exit codes 0, 0, 0 within ${slowest.toFixed(1)} s; no answer of 5xx`;
    },
  },
  {
    id: "23",
    name: "the clocks of all processes are an hour off, each in another direction",
    isShort: false,
    run: async (stage, { progress }) => {
      const first = await withShifts(stage, { worker: HOUR, bot: -HOUR, web: HOUR }, progress);
      const second = await withShifts(stage, { worker: -HOUR, bot: HOUR, web: -HOUR }, progress);
      for (const name of NAMES) await restart(stage, name, 0);
      return (
        "worker and web +1 h, bot −1 h, then the other way round; " +
        `${first + second} times written meanwhile, all of them of the database's clock`
      );
    },
  },
];

/** Returns how many times processes wrote whose clocks are so; throws where one is not the database's. */
async function withShifts(
  stage: Stage,
  shifts: Readonly<Record<(typeof NAMES)[number], number>>,
  progress: (count: number) => Promise<void>,
): Promise<number> {
  for (const name of NAMES) await restart(stage, name, shifts[name]);
  const [began] = await stage.database.sql<{ now: Date }[]>`select now() as now`;
  // A session of somebody new, and all that the others do.
  await (await stage.enlist("foreman")).door.token();
  await progress(8);
  const written = await writtenSince(stage, began?.now ?? new Date());
  const wrong = written.filter(({ off }) => Math.abs(off) > TOLERANCE);
  if (wrong.length > 0) {
    const words = wrong.map(({ what, off }) => `${what} ${off.toFixed(0)} s`);
    throw new Error(`times of another clock: ${[...new Set(words)].join(", ")}`);
  }
  return written.length;
}

/** What processes wrote by their clock, with how far it is from the database's in seconds: ids carry a time, too. */
function writtenSince({ database, companyId }: Stage, since: Date) {
  return database.sql<{ what: string; off: number }[]>`
    select 'id of an estimate' as what,
      extract(epoch from uuid_extract_timestamp(id) - created_at)::float8 as off
    from estimates
    where company_id = ${companyId} and created_at > ${since}
    union all
    select 'id of a notice',
      extract(epoch from uuid_extract_timestamp(id) - created_at)::float8
    from telegram_notifications
    where company_id = ${companyId} and created_at > ${since}
    union all
    select 'id of a revision',
      extract(epoch from uuid_extract_timestamp(id) - submitted_at)::float8
    from estimate_revisions
    where company_id = ${companyId} and submitted_at > ${since}
    union all
    select 'end of a session',
      extract(epoch from expires_at - created_at)::float8 - ${SESSION_LIFETIME / 1000}::float8
    from sessions
    where company_id = ${companyId} and created_at > ${since} and kind = 'miniapp'
  `;
}

async function restart(stage: Stage, name: ProgramName, shift: number): Promise<void> {
  await stage.end(name, "SIGTERM");
  const clock = { NODE_OPTIONS: `--import=${CLOCK}`, CLOCK_SHIFT: String(shift) };
  await stage.start(name, shift === 0 ? {} : clock);
}
