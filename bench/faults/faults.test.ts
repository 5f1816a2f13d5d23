import { afterAll, beforeAll, expect, it } from "vitest";
import { allFaults } from "./all.ts";
import { createJournal, type Journal } from "./dialogue.ts";
import { suffer } from "./fault.ts";
import { openStage, type Stage } from "./stage.ts";

/**
 * The short form of `npm run faults`: real processes, a few quick faults one after another, everything
 * judged. FAULTS_SEED repeats the choices of a run.
 */
const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const QUICK = new Set(["1", "3", "4", "7", "8b", "20", "21d"]);
/** What is lost or doubled is asked, not how quick a busy machine is. */
const DEADLINE = 200_000; // ms
/** Else a hundred deals follow at the pace that the CRM allows. */
const PAUSE = 3_000; // ms

let stage: Stage | null = null;
let journal: Journal;

beforeAll(async () => {
  console.log(`FAULTS_SEED=${seed}`);
  stage = await openStage({ seed, foremen: 2, kills: 1 });
  journal = createJournal();
}, 300_000);

afterAll(() => stage?.close());

it("loses and doubles nothing when processes are killed, and PostgreSQL, the CRM and Telegram fail", async () => {
  if (!stage) throw new Error("no stage");
  const outcome = await suffer(
    stage,
    {
      id: "short",
      name: "a few of the quick faults",
      isShort: false,
      run: async (broken, work) => {
        const order = broken.random.shuffle(allFaults.filter(({ id }) => QUICK.has(id)));
        for (const fault of order) await fault.run(broken, work);
        return order.map(({ id }) => id).join(", ");
      },
    },
    journal,
    { estimates: 2, pause: PAUSE, deadline: DEADLINE, known: new Set() },
  );
  expect(outcome.violations, `seed ${seed}: ${outcome.words}`).toEqual([]);
  expect(outcome.acknowledged).toBeGreaterThan(10);
}, 1_200_000);
