import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runCommand } from "./command.ts";
import { destroy } from "./destroying.ts";
import { createJournal, leadEstimate } from "./dialogue.ts";
import { until, type Work } from "./fault.ts";
import { judgeKept } from "./invariants.ts";
import type { Stage } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../..");
const STEPS = 6;

/**
 * A backup is taken while people work; they work on; then the database is gone, and the program goes back to
 * the backup. What was entered in between is lost, and told of nobody's journal; everything else must hold,
 * and what was under way at that moment must come to its end, with no second deal.
 */
export async function goBack(stage: Stage, { journal }: Work): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "smetka-kept-"));
  const file = join(folder, "smetka.gz");
  const env = { ...stage.environment, DATABASE_URL: stage.database.directUrl };
  try {
    const { atWork, after } = await whileWorking(stage, () =>
      runCommand(ROOT, "backup_command.ts", env, ["backup", file]),
    );
    const names = [...stage.running().keys()];
    await Promise.all(names.map((name) => stage.end(name, "SIGKILL")));
    await destroy(stage);
    await runCommand(ROOT, "backup_command.ts", env, ["restore", file]);
    const [first] = await judgeKept(stage);
    if (first) throw new Error(`restored: ${first.what}`);
    const restored = await count(stage);
    stage.allowAgain(stage.messagesOfManager() - restored.told);
    await Promise.all(names.map((name) => stage.start(name)));
    await Promise.all(
      stage.foremen.map((foreman) => leadEstimate(stage, foreman, journal, { withFile: false })),
    );
    return (
      `${restored.estimates} of ${after.estimates} estimates are back, each with its whole log ` +
      `(${atWork} steps of people had been told by then); ${restored.waiting} jobs were under way, and work goes on`
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** People work before, meanwhile and after. */
async function whileWorking(stage: Stage, backUp: () => Promise<unknown>) {
  const aside = createJournal();
  const stopping = new AbortController();
  const working = Promise.all(
    stage.foremen.map(async (foreman) => {
      while (!stopping.signal.aborted) {
        await leadEstimate(stage, foreman, aside, { withFile: false });
      }
    }),
  );
  const steps = async (wanted: number): Promise<void> => {
    const goal = aside.acknowledgedAt.length + wanted;
    const isThere = () => aside.acknowledgedAt.length >= goal;
    await Promise.race([until("people work", isThere, { limit: 300_000 }), working]);
  };
  try {
    await steps(STEPS);
    await backUp();
    const atWork = aside.acknowledgedAt.length;
    await steps(STEPS);
    stopping.abort();
    await working;
    return { atWork, after: await count(stage) };
  } finally {
    stopping.abort();
  }
}

async function count({ database: { sql }, companyId, manager }: Stage) {
  const [row] = await sql<{ estimates: number; told: number; waiting: number }[]>`
    select
      (select count(*)::int from estimates where company_id = ${companyId}) as estimates,
      (
        select count(*)::int
        from telegram_notifications
        where company_id = ${companyId} and telegram_id = ${manager.person.id} and status = 'sent'
      ) as told,
      (
        select count(*)::int from pgboss.job where state in ('created', 'retry', 'active')
      ) as waiting
  `;
  return row ?? { estimates: 0, told: 0, waiting: 0 };
}
