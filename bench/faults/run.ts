import { allFaults, mixed } from "./all.ts";
import { createJournal } from "./dialogue.ts";
import { type Outcome, suffer } from "./fault.ts";
import { writeReport, writeRow } from "./report.ts";
import { openStage } from "./stage.ts";

/**
 * `npm run faults`: breaks everything in turn while people work, prints the table and keeps it in
 * docs/faults.md. FAULTS_SEED repeats the choices of a run; FAULTS_ONLY names some faults ("7,13b") and
 * keeps nothing. FAULTS_KILLS: how often each process is killed.
 */
const seed = Number(process.env["FAULTS_SEED"] ?? Date.now() % 1_000_000);
const kills = Number(process.env["FAULTS_KILLS"] ?? 10);
const only = process.env["FAULTS_ONLY"]?.split(",");
const LIMITS = { estimates: Number(process.env["FAULTS_ESTIMATES"] ?? 6), deadline: 120_000 };

console.log(`seed ${seed}: FAULTS_SEED=${seed} npm run faults`);
const outcomes: Outcome[] = [];
const stage = await openStage({ seed, foremen: 3, kills });
try {
  const journal = createJournal();
  for (const fault of [...allFaults, mixed]) {
    if (only && !only.includes(fault.id)) continue;
    const outcome = await suffer(stage, fault, journal, LIMITS);
    outcomes.push(outcome);
    console.log(writeRow(outcome));
    for (const { kind, what } of outcome.violations) console.log(`  ${kind}: ${what}`);
  }
  if (!only) await writeReport(seed, outcomes);
} finally {
  await stage.close();
}
if (outcomes.some(({ violations }) => violations.length > 0)) process.exitCode = 1;
