import { setTimeout as sleep } from "node:timers/promises";
import type { Fault, Work } from "./fault.ts";
import { readMemory } from "./memory.ts";
import { options } from "./options.ts";
import type { ProgramName, Stage } from "./stage.ts";

const TIME = options.soakSeconds;
/** The first part fills caches. */
const WARM_UP = 0.33;
const MOST_WAITING = 4; // deals

interface Sample {
  /** Minutes since the beginning. */
  readonly minute: number;
  /** MB by process. */
  readonly memory: ReadonlyMap<ProgramName, number>;
  readonly connections: number;
}

/** Nothing is broken, for long. */
export const soakFaults: readonly Fault[] = [
  {
    id: "31",
    name: `mixed work for ${TIME} s: memory and connections`,
    isShort: false,
    run: async (stage, work) => {
      const samples = await watch(stage, work);
      const warm = samples.slice(Math.floor(samples.length * WARM_UP));
      const connections = warm.map((sample) => sample.connections);
      return [
        ...[...stage.running().keys()].map((name) => tell(name, warm)),
        `connections ${Math.min(...connections)}–${Math.max(...connections)}`,
      ].join("; ");
    },
  },
];

/** People begin no more than the CRM takes at two requests a second: else work piles up, not memory. */
async function watch(stage: Stage, { during }: Work): Promise<Sample[]> {
  const samples: Sample[] = [];
  const start = performance.now();
  while (performance.now() - start < TIME * 1000) {
    samples.push(await take(stage, start));
    const second = sleep(1000);
    await ((await countWaiting(stage)) < MOST_WAITING ? during(second) : second);
  }
  return samples;
}

async function countWaiting({ database, companyId }: Stage): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count
    from crm_pushes
    where company_id = ${companyId} and state <> 'done'
  `;
  return row?.count ?? 0;
}

async function take(stage: Stage, start: number): Promise<Sample> {
  const memory = await readMemory(stage);
  const [row] = await stage.database.sql<{ count: number }[]>`
    select count(*)::int as count
    from pg_stat_activity
    where datname = current_database() and application_name <> 'judge'
  `;
  const minute = (performance.now() - start) / 60_000;
  return { minute, memory, connections: row?.count ?? 0 };
}

function tell(name: ProgramName, samples: readonly Sample[]): string {
  const points = samples.map(({ minute, memory }) => [minute, memory.get(name) ?? 0] as const);
  const slope = slopeOf(points);
  const sign = slope < 0 ? "−" : "+";
  return `${name} ${points.at(-1)?.[1].toFixed(0)} MB, ${sign}${Math.abs(slope).toFixed(1)} MB/min`;
}

/** By least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) =>
    points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [meanX, meanY] = [mean(0), mean(1)];
  const above = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0);
  const below = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  return above / below;
}
