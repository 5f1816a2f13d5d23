import { allFaults } from "./all.ts";
import { createJournal } from "./dialogue.ts";
import { type Fault, notOpened, notRun, type Outcome, suffer } from "./fault.ts";
import { forgetProven, judge } from "./invariants.ts";
import { keepRows, writeRow } from "./report.ts";
import { options as asked } from "./options.ts";
import { openStage, type Stage } from "./stage.ts";

/**
 * `npm run faults`: breaks everything in turn while people work, prints the table and keeps its rows in
 * docs/faults.md. FAULTS_SEED repeats the choices of a run; FAULTS_ONLY names some faults ("7,13b"); the
 * rows of the others stay. FAULTS_KILLS: how often each process is killed. `npm run faults -- soak 30`:
 * nothing is broken, for thirty minutes.
 */
const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const kills = Number(process.env["FAULTS_KILLS"] ?? 34);
const { only } = asked;
const estimates = Number(process.env["FAULTS_ESTIMATES"] ?? 3);
/** Longer than any job may take before it is begun again. */
const DEADLINE = 300_000; // ms
/** Else hundreds of deals wait for the CRM after a fault that lasted. */
const PAUSE = 1_000; // ms
const limits = () => ({ estimates, pause: PAUSE, deadline: DEADLINE, known: new Set<string>() });

console.log(`seed ${seed}: FAULTS_SEED=${seed} npm run faults`);
const run = `${new Date().toISOString().slice(0, 10)}, seed ${seed}`;
const outcomes: Outcome[] = [];
const options = { seed, foremen: 3, kills, logFile: process.env["FAULTS_LOG"] };
const stage = await openStage(options);
// Ended by hand it leaves no processes and no database behind.
process.once("SIGINT", () => void stage.close().then(() => process.exit(130)));
const journal = createJournal();
const ownLimits = limits();

async function sufferOn(fault: Fault): Promise<Outcome> {
  if (!fault.openStage) return suffer(stage, fault, journal, ownLimits);
  let own: Stage | null;
  try {
    own = await fault.openStage(options);
  } catch (error) {
    return notOpened(fault, error);
  }
  if (!own) return notRun(fault, "what it needs is not here");
  try {
    return await suffer(own, fault, createJournal(), limits());
  } finally {
    await own.close();
  }
}

try {
  for (const fault of allFaults) {
    if (only && !only.includes(fault.id)) continue;
    const outcome = await sufferOn(fault);
    outcomes.push(outcome);
    const row = writeRow(outcome, run);
    console.log(row);
    await keepRows([row]);
    for (const { kind, what } of outcome.violations) console.log(`  ${kind}: ${what}`);
  }
  forgetProven(stage);
  const { violations } = await judge(stage, journal);
  console.log(`everything judged anew at the end: ${violations.length} violations`);
  for (const { kind, what } of violations) console.log(`  ${kind}: ${what}`);
  if (violations.length > 0) process.exitCode = 1;
} finally {
  await stage.close();
}
if (outcomes.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
