import { setTimeout as sleep } from "node:timers/promises";
import type { Bench } from "./database.ts";
import { type DaySize, type DayStage, openDay, sizeOfDay } from "./day_stage.ts";
import { type Diary, liveThroughDay } from "./day_work.ts";
import { median, milliseconds, percentile, type Row } from "./measure.ts";
import { readRss, spawnProgram } from "./processes.ts";

const HOURS = 10;
const SETTLING = 600_000; // ms
const MEGABYTE = 1024 * 1024;

type ProgramName = keyof DayStage["programs"];
type Memory = Readonly<Record<ProgramName, number>>;

/**
 * The day of a big customer in ten minutes, with the program as three processes: foremen change their
 * estimates, managers look and approve, files are ordered, the portal is read every hour.
 * @param share how much of the day, 0.05 for a trial: people, work and time alike
 */
export async function measureDay(bench: Bench, share: number): Promise<Row[]> {
  const size = sizeOfDay(share);
  const stage = await openDay(bench, size);
  const pages = await spawnProgram("live_clients.ts", {});
  try {
    await openSockets(stage, pages.url, size);
    const life = { isOver: false };
    const hours = syncHourly(bench, stage, size, life);
    // By then everything has been done that is done in a day.
    const early = sleep(size.length * 0.6).then(() => readMemory(stage));
    const diary = await liveThroughDay(bench, stage, size);
    life.isOver = true;
    await hours;
    const told = await untilQuiet(bench, stage);
    const late = await readMemory(stage);
    const kept = await countKept(bench, stage, diary);
    return [
      ...answerRows(diary),
      troubleRow(size, stage, diary, { told, kept }),
      ...memoryRows(await early, late),
      ...(await sizeRows(bench, stage, size)),
    ];
  } finally {
    await pages.end();
    await stage.close();
  }
}

async function openSockets(
  { managers, programs }: DayStage,
  clientsUrl: string,
  { pages }: DaySize,
): Promise<void> {
  const order = {
    url: `${programs.web.url.replace("http", "ws")}/api/v1/live`,
    tokens: managers.map(({ token }) => token),
    count: pages,
  };
  const answer = await fetch(`${clientsUrl}/open`, { method: "POST", body: JSON.stringify(order) });
  if (!answer.ok) throw new Error(await answer.text());
}

/** Connecting has begun the first scan; an hour of the day is a tenth of it. */
async function syncHourly(
  { board }: Bench,
  { companyId, connectionId }: DayStage,
  { length }: DaySize,
  life: { readonly isOver: boolean },
): Promise<void> {
  while (!life.isOver) {
    await sleep(length / HOURS);
    await board.boss.send("crm.sync", { companyId, connectionId }, { singletonKey: connectionId });
  }
}

async function readMemory({ programs }: DayStage): Promise<Memory> {
  return {
    web: await readRss(programs.web.process.pid),
    bot: await readRss(programs.bot.process.pid),
    worker: await readRss(programs.worker.process.pid),
  };
}

interface Told {
  readonly sent: number;
  /** Waiting for ever, given up, or in the wrong state. */
  readonly unsent: number;
}

/** Until everything that was told has been sent. */
async function untilQuiet({ sql }: Bench, { companyId }: DayStage): Promise<Told> {
  const count = async (): Promise<Told & { readonly waiting: number }> => {
    const [row] = await sql`
      select
        count(*) filter (where status = 'sent')::int as sent,
        count(*) filter (where status <> 'sent')::int as unsent,
        count(*) filter (where status = 'waiting')::int as waiting
      from telegram_notifications
      where company_id = ${companyId}
    `;
    const of = (name: string): number => Number(row?.[name]);
    return { sent: of("sent"), unsent: of("unsent"), waiting: of("waiting") };
  };
  const deadline = performance.now() + SETTLING;
  let counted = await count();
  while (counted.waiting > 0 && performance.now() < deadline) {
    await sleep(500);
    counted = await count();
  }
  return counted;
}

/** How many of the changes that were answered are in the log, each once. */
async function countKept({ sql }: Bench, { companyId }: DayStage, diary: Diary): Promise<number> {
  const [row] = await sql`
    select count(*)::int as kept
    from estimate_changes
    where company_id = ${companyId} and change_id = any(${[...diary.changes]}::uuid[])
  `;
  return Number(row?.["kept"]);
}

function answerRows({ times }: Diary): Row[] {
  return [...times].map(([kind, taken]) => ({
    work: `day, ${kind}: p95`,
    ours: `${milliseconds(percentile(taken, 0.95))} of ${taken.length}`,
    peer: `p50 ${milliseconds(median(taken))}`,
    ratio: percentile(taken, 0.95) / median(taken),
    goal: null,
  }));
}

function troubleRow(
  size: DaySize,
  { programs }: DayStage,
  { times, troubles, changes }: Diary,
  { told, kept }: { told: Told; kept: number },
): Row {
  const asked = [...times.values()].reduce((sum, taken) => sum + taken.length, 0);
  const complaints = Object.values(programs).flatMap((program) =>
    program
      .output()
      .split("\n")
      .filter((line) => /"level":(?:50|60|"error"|"fatal")/.test(line)),
  );
  for (const trouble of [...troubles, ...complaints].slice(0, 20)) console.log(trouble);
  const wrong = troubles.length + complaints.length + told.unsent + (changes.length - kept);
  return {
    work: `day of ${size.foremen} foremen in ${(size.length / 60_000).toFixed(1)} min: what went wrong`,
    ours: `${troubles.length} refused, ${complaints.length} errors in logs, ${told.unsent} of ${told.sent + told.unsent} notifications not sent, ${changes.length - kept} of ${changes.length} changes lost`,
    peer: `${asked} requests`,
    ratio: wrong / asked,
    goal: { at: "most", ratio: 0 },
  };
}

function memoryRows(early: Memory, late: Memory): Row[] {
  return (Object.keys(early) as ProgramName[]).map((name) => ({
    work: `day: memory of ${name} at the end`,
    ours: `${(late[name] / MEGABYTE).toFixed(0)} MB`,
    peer: `after six tenths of the day: ${(early[name] / MEGABYTE).toFixed(0)} MB`,
    ratio: late[name] / early[name],
    goal: { at: "most", ratio: 1.2 },
  }));
}

/** With the log, the revisions, the papers, the search and the notifications, without the CRM's records. */
async function sizeRows(
  { sql }: Bench,
  { companyId }: DayStage,
  { changes }: DaySize,
): Promise<Row[]> {
  const [row] = await sql`
    select
      pg_database_size(current_database())::float8 as whole,
      sum(pg_total_relation_size(oid))::float8 as papers,
      (select count(*)::int from estimates where company_id = ${companyId}) as estimates
    from pg_class
    where relkind = 'r' and relnamespace = 'public'::regnamespace
      and relname ~ '^(estimate|document|revision|approval|telegram_notification|live_event)'
  `;
  const [papers, estimates, whole] = ["papers", "estimates", "whole"].map((name) =>
    Number(row?.[name]),
  ) as [number, number, number];
  return [
    {
      work: "day: the database for one estimate, its log, papers and notifications",
      ours: `${(papers / estimates / 1024).toFixed(0)} KB of each of ${estimates}, ${(changes / estimates).toFixed(0)} changes`,
      peer: `the whole database: ${(whole / MEGABYTE).toFixed(0)} MB`,
      ratio: papers / whole,
      goal: null,
    },
  ];
}
