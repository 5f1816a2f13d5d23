import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findFreePort, readStartFlags, startProgram } from "../server/testing_program.ts";
import type { Bench } from "./database.ts";
import { median, milliseconds, percentile, type Row } from "./measure.ts";
import { readCpu, type Spawned, spawnProgram } from "./processes.ts";

const TOKEN = "5000000003:bench";
const SECRET = "bench-secret";
/**
 * Of the CPU. A round of either is off by a third, and a machine is quicker for a while; and V8 compiles each
 * process in its own way: two processes of the same program differ by a tenth, however long they run.
 */
const ROUNDS = 21;
const PAIRS = 3;
const UPDATES_PER_ROUND = 200;
/** Before that: for so long V8 still compiles what ours does for a list, beside it and at its cost. */
const WARMING_UPDATES = 15_000;
/** People who have no earlier list to tidy up: one for each update of which the CPU is measured. */
const FRESH_PEOPLE = ROUNDS * UPDATES_PER_ROUND;
const REGULARS = 50;

interface Target {
  readonly name: "ours" | "bare";
  readonly url: string;
  readonly pid: number | undefined;
}

/**
 * Text messages through webhook → transaction → reply, against a simulated Telegram in another process,
 * beside a bare grammY bot that only sends the same answer. Each message is a list of one line: ours finds the person,
 * locks the chat, notes the update, reads and writes the chat's state, keeps the list as a row, replies.
 */
export async function measureTelegram(bench: Bench): Promise<Row[]> {
  const simulator = await spawnProgram("simulator_process.ts", {
    BOT_TOKEN: TOKEN,
    PEOPLE: String(REGULARS + PAIRS * FRESH_PEOPLE),
  });
  try {
    const pairs: Cpu[] = [];
    const rows: Row[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      await withTargets(bench, simulator.url, async (ours, bare) => {
        if (pair === 0) await foundCompanies(ours, 1, REGULARS);
        for (const target of [ours, bare]) await load(target, 8, WARMING_UPDATES);
        pairs.push(await measureCpu(ours, bare, REGULARS + pair * FRESH_PEOPLE + 1));
        if (pair < PAIRS - 1) return;
        rows.push(...(await measureLoad(ours, bare)), await measureLongDialogue(ours));
      });
    }
    return [describeCpu(pairs), ...rows, await measureState(bench)];
  } finally {
    await simulator.end();
  }
}

/** New processes of both programs, with the flags of `npm start`. */
async function withTargets(
  bench: Bench,
  telegramUrl: string,
  work: (ours: Target, bare: Target) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "smetka-bench-data-"));
  await chmod(dataDir, 0o711);
  const port = await findFreePort();
  const telegram = { BOT_TOKEN: TOKEN, TELEGRAM_API_ROOT: telegramUrl };
  const variables = {
    ...telegram,
    TELEGRAM_MODE: "webhook",
    TELEGRAM_WEBHOOK_SECRET: SECRET,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    PORT: String(port),
    DATABASE_URL: bench.url,
    DATA_DIR: dataDir,
    LOG_LEVEL: "error",
    // The worker asks its queues in the background, however many updates come.
    ROLES: "web,bot",
  };
  const flags = readStartFlags();
  const program = await startProgram(variables, undefined, flags);
  let bare: Spawned | null = null;
  try {
    await program.ready();
    bare = await spawnProgram("bare_bot.ts", telegram, flags);
    await work(
      { name: "ours", url: program.url, pid: program.process.pid },
      { name: "bare", url: bare.url, pid: bare.process.pid },
    );
  } finally {
    await bare?.end();
    await program.end("SIGTERM");
    await rm(dataDir, { recursive: true, force: true });
  }
}

let nextUpdate = 1_000_000;

function textUpdate(chatId: number, text: string) {
  nextUpdate += 1;
  const from = { id: chatId, is_bot: false, first_name: `Прораб ${chatId}`, language_code: "ru" };
  return {
    update_id: nextUpdate,
    message: {
      message_id: nextUpdate,
      // Further apart than the parts of one long paste, which the bot would join.
      date: 1_800_000_000 + nextUpdate * 100,
      chat: { id: chatId, type: "private", first_name: from.first_name },
      from,
      text,
      ...(text.startsWith("/")
        ? { entities: [{ type: "bot_command", offset: 0, length: text.length }] }
        : {}),
    },
  };
}

async function post({ url }: Target, update: object): Promise<number> {
  const start = performance.now();
  const response = await fetch(`${url}/telegram/webhook`, {
    method: "POST",
    headers: {
      "Content-Type": "application/json",
      "X-Telegram-Bot-Api-Secret-Token": SECRET,
    },
    body: JSON.stringify(update),
  });
  await response.arrayBuffer();
  if (response.status !== 200) throw new Error(`webhook answered ${response.status}`);
  return performance.now() - start;
}

/** Every person has a company and no open question. */
async function foundCompanies(target: Target, first: number, count: number): Promise<void> {
  const chatIds = Array.from({ length: count }, (_, index) => first + index);
  const found = async (): Promise<void> => {
    for (let chatId = chatIds.pop(); chatId !== undefined; chatId = chatIds.pop()) {
      await post(target, textUpdate(chatId, "/start"));
      await post(target, textUpdate(chatId, `Бригада ${chatId}`));
    }
  };
  await Promise.all(Array.from({ length: 8 }, found));
}

function listText(index: number): string {
  return `Штукатурка стен по маякам ${(index % 90) + 1},5 м2 по ${450 + index}`;
}

/** Sends `count` messages with so many chats at once; returns the milliseconds of each. */
async function load(target: Target, chats: number, count: number): Promise<number[]> {
  const times: number[] = [];
  let sent = 0;
  const talk = async (chatId: number): Promise<void> => {
    while (sent < count) {
      sent += 1;
      times.push(await post(target, textUpdate(chatId, listText(sent))));
    }
  };
  await Promise.all(Array.from({ length: chats }, (_, index) => talk(index + 1)));
  return times;
}

/** One list from each of two hundred people who sent none before, eight at once. */
async function sendFresh(target: Target, first: number): Promise<void> {
  const chatIds = Array.from({ length: UPDATES_PER_ROUND }, (_, index) => first + index);
  const talk = async (): Promise<void> => {
    for (let chatId = chatIds.pop(); chatId !== undefined; chatId = chatIds.pop()) {
      await post(target, textUpdate(chatId, listText(chatId)));
    }
  };
  await Promise.all(Array.from({ length: 8 }, talk));
}

/** Milliseconds of one update, by the medians of the rounds. */
interface Cpu {
  readonly ours: number;
  readonly bare: number;
}

async function measureCpu(ours: Target, bare: Target, firstPerson: number): Promise<Cpu> {
  await foundCompanies(ours, firstPerson, FRESH_PEOPLE);
  const cpu = { ours: [] as number[], bare: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const target of [ours, bare]) {
      const before = await readCpu(target.pid);
      await sendFresh(target, firstPerson + round * UPDATES_PER_ROUND);
      const used = ((await readCpu(target.pid)) - before) / UPDATES_PER_ROUND;
      cpu[target.name].push(used);
    }
  }
  return { ours: median(cpu.ours), bare: median(cpu.bare) };
}

function describeCpu(pairs: readonly Cpu[]): Row {
  const ratios = pairs.map(({ ours, bare }) => ours / bare);
  const each = ratios.map((ratio) => ratio.toFixed(2)).join(", ");
  return {
    work: "CPU of one update over the webhook: dedupe, lock, state, one row, reply",
    ours: `${milliseconds(median(pairs.map(({ ours }) => ours)))} (${PAIRS} pairs of processes: ${each})`,
    peer:
      "bare grammY webhook that sends the same answer, no database: " +
      milliseconds(median(pairs.map(({ bare }) => bare))),
    ratio: median(ratios),
    goal: { at: "most", ratio: 3 },
  };
}

async function measureLoad(ours: Target, bare: Target): Promise<Row[]> {
  const rows: Row[] = [];
  for (const chats of [1, 10, 50]) {
    const rates = { ours: [] as number[], bare: [] as number[] };
    const times = { ours: [] as number[], bare: [] as number[] };
    for (let round = 0; round < 3; round += 1) {
      for (const target of [ours, bare]) {
        const start = performance.now();
        times[target.name].push(...(await load(target, chats, UPDATES_PER_ROUND)));
        rates[target.name].push((UPDATES_PER_ROUND * 1000) / (performance.now() - start));
      }
    }
    const show = (name: "ours" | "bare"): string =>
      `${median(rates[name]).toFixed(0)}/s, p50 ${milliseconds(percentile(times[name], 0.5))}, ` +
      `p95 ${milliseconds(percentile(times[name], 0.95))}`;
    rows.push({
      work: `messages answered with ${chats} chat${chats > 1 ? "s" : ""} at once`,
      ours: show("ours"),
      peer: `bare grammY with the same answer: ${show("bare")}`,
      ratio: median(rates.ours) / median(rates.bare),
      goal: null,
    });
  }
  return rows;
}

/** One chat sends two hundred lists, one after another: the last cost what the first did. */
async function measureLongDialogue(ours: Target): Promise<Row> {
  const first: number[] = [];
  const last: number[] = [];
  for (let chatId = 11; chatId < 21; chatId += 1) {
    const times: number[] = [];
    for (let index = 0; index < 200; index += 1) {
      times.push(await post(ours, textUpdate(chatId, listText(index))));
    }
    first.push(...times.slice(0, 20));
    last.push(...times.slice(-20));
  }
  return {
    work: "the 200th message of a dialogue",
    ours: milliseconds(median(last)),
    peer: `the first of the same: ${milliseconds(median(first))}`,
    ratio: median(last) / median(first),
    goal: { at: "most", ratio: 1.1 },
  };
}

async function measureState({ sql }: Bench): Promise<Row> {
  const [row] = await sql`select coalesce(max(octet_length(value)), 0) as bytes from chat_state`;
  const bytes = Number(row?.["bytes"]);
  return {
    work: "largest state of a chat",
    ours: `${bytes} bytes`,
    peer: "2 048 bytes",
    ratio: bytes / 2048,
    goal: { at: "most", ratio: 1 },
  };
}
