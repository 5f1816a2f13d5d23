import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "grammy/types";
import { tenantTransaction } from "../db/transactions.ts";
import { createDocumentRenderer } from "../server/documents/renderer.ts";
import { readDocumentSource } from "../server/jobs/document_source.ts";
import { newId } from "../server/new_id.ts";
import {
  type Chat,
  beginEstimate,
  fillEstimate,
  findBegun,
  type Person,
  startChat,
} from "./chat.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, type Row, time } from "./measure.ts";
import { readRss } from "./processes.ts";

const FIRST_PERSON = 840_000_000;
const LENGTHS = [100, 2000] as const;
const FILES = 5;
const PATIENCE = 120_000; // ms
const MEGABYTE = 1024 * 1024;
const LAG_GOAL = 0.05; // s

/** «📄 PDF» in the chat of a program that is web, bot and worker at once: when the file is there. */
export async function measurePdf(bench: Bench): Promise<Row[]> {
  const chat = await startChat(bench, "web,bot,worker");
  try {
    const rows: Row[] = [];
    for (const [index, lines] of LENGTHS.entries()) {
      const person = chat.telegram.person({ id: FIRST_PERSON + index, firstName: "Прораб" });
      await beginEstimate(person);
      await chat.telegram.settle();
      await fillEstimate(bench, person.id, lines - 1);
      rows.push(...(await measureLength(bench, chat, person, lines)));
    }
    return rows;
  } finally {
    await chat.close();
  }
}

async function measureLength(
  bench: Bench,
  chat: Chat,
  person: Person,
  lines: number,
): Promise<Row[]> {
  const { pid } = chat.program.process;
  await orderPdf(person);
  await untilMarked(bench);
  const alone = await measureRendering(bench, person.id);
  const before = await readRss(pid);
  await readLag(chat);
  const memory = watchMemory(pid);
  const times: number[] = [];
  for (let file = 0; file < FILES; file += 1) {
    times.push(await time(() => orderPdf(person)));
    await untilMarked(bench);
  }
  const lag = await readLag(chat);
  const peak = memory.stop();
  const name = `PDF of ${lines.toLocaleString("en-US")} lines`;
  const growth = (peak - before) / MEGABYTE;
  return [
    {
      work: `${name}: from the press to the file in the chat`,
      ours: milliseconds(median(times)),
      peer: `rendering it, alone in a thread: ${milliseconds(alone)}`,
      ratio: median(times) / alone,
      goal: null,
    },
    {
      work: `${name}: memory of the process at its highest`,
      ours: `${(peak / MEGABYTE).toFixed(0)} MB, ${growth.toFixed(0)} more than before`,
      peer: "allowed for the thread: 1 024 MB",
      ratio: growth / 1024,
      goal: { at: "most", ratio: 1 },
    },
    {
      work: `${name}: lag of the event loop of the web role meanwhile, p99`,
      ours: milliseconds(lag * 1000),
      peer: `goal ${LAG_GOAL * 1000} ms`,
      ratio: lag / LAG_GOAL,
      goal: { at: "most", ratio: 1 },
    },
  ];
}

async function orderPdf(person: Person): Promise<void> {
  person.press("📄 PDF");
  const hasFile = (message: Message): boolean => message.document !== undefined;
  await person.waitFor(hasFile, { limitMs: PATIENCE });
}

/** Until then a press counts as the second tap of the one before. */
async function untilMarked({ sql }: Bench): Promise<void> {
  const countOpen = async (): Promise<number> => {
    const [row] = await sql`select count(*)::int as open from documents where status <> 'sent'`;
    return Number(row?.["open"]);
  };
  while ((await countOpen()) > 0) await sleep(5);
}

/** The same document without the chat, the job and the database. */
async function measureRendering(bench: Bench, telegramId: number): Promise<number> {
  const { actor, estimateId } = await findBegun(bench, telegramId);
  const { document } = await tenantTransaction(bench.sql, actor.companyId, (tx) =>
    readDocumentSource(tx, actor.companyId, { id: newId(), estimateId }, null),
  );
  const renderer = createDocumentRenderer();
  const times: number[] = [];
  for (let file = 0; file <= FILES; file += 1) {
    times.push(await time(() => renderer.render(document, "pdf")));
  }
  await renderer.close();
  return median(times.slice(1));
}

/** Seconds; of the time since the last reading. */
async function readLag({ program }: Chat): Promise<number> {
  const text = await (await fetch(`${program.url}/metrics`)).text();
  const found = /^smetka_nodejs_eventloop_lag_p99_seconds (\S+)$/m.exec(text)?.[1];
  return Number(found ?? Number.NaN);
}

function watchMemory(pid: number | undefined): { readonly stop: () => number } {
  let peak = 0;
  const life = { isOver: false };
  const watch = async (): Promise<void> => {
    while (!life.isOver) {
      peak = Math.max(peak, await readRss(pid));
      await sleep(20);
    }
  };
  // Without the process there is nothing to watch, and who waits for its answers says why.
  watch().catch(() => undefined);
  return {
    stop: () => {
      life.isOver = true;
      return peak;
    },
  };
}
