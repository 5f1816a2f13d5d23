import { randomBytes } from "node:crypto";
import { type Logger, pino } from "pino";
import { makeId } from "../domain/ids.ts";
import type { Updates } from "../domain/services.ts";
import { type BotDependencies, type ChatBot, createBot } from "./bot.ts";
import type { TableReader } from "./tables.ts";

export const TEST_TOKEN = "5000000001:AAFirstTestToken";
export const TEST_USERNAME = "smetka_bot";

/** A bot for tests, on any Bot API server. */
export interface TestBot extends ChatBot {
  /** Starts long polling and returns; `stop` ends it. */
  poll(): void;
}

/** No spreadsheets: for tests that are about something else. */
export const noTables: TableReader = {
  read: () => Promise.resolve({ ok: false, problem: "Таблицы здесь не читаются." }),
  guessColumns: () => ({ mapping: null, isSure: false, headerKey: "", columnNames: [] }),
  readLines: () => {
    throw new TypeError("no tables in this test");
  },
  readPrices: () => {
    throw new TypeError("no tables in this test");
  },
};

export async function startTestBot(
  options: {
    updates: Updates;
    apiRoot: string;
    token?: string;
    log?: Logger;
    miniAppUrl?: string | null;
    publicUrl?: string | null;
  } & Partial<Pick<BotDependencies, "tables" | "send" | "updateTimeout">>,
): Promise<TestBot> {
  const { updates, apiRoot, miniAppUrl = null, publicUrl = null, tables = noTables } = options;
  const bot = createBot({
    token: options.token ?? TEST_TOKEN,
    updates,
    tables,
    config: { apiRoot, publicUrl, miniAppUrl, allowInsecureMiniApp: true },
    log: options.log ?? pino({ level: "silent" }),
    now: () => new Date(),
    newId: () => makeId(Date.now(), randomBytes(10)),
    ...(options.send ? { send: options.send } : {}),
    ...(options.updateTimeout ? { updateTimeout: options.updateTimeout } : {}),
  });
  await bot.init();
  let polling: Promise<void> = Promise.resolve();
  return {
    ...bot,
    poll: () => {
      polling = bot.startPolling();
      // Whoever awaits `stop` hears of it; nobody else is there to.
      polling.catch(() => undefined);
    },
    stop: async () => {
      await bot.stop();
      await polling;
    },
  };
}

interface Newcomer {
  start(): unknown;
  press(label: string): unknown;
  waitFor(text: string): Promise<unknown>;
}

/** Goes through the first start: from then on the person owns a company. */
export async function settleIn<Person extends Newcomer>(person: Person): Promise<Person> {
  person.start();
  await person.waitFor("Как называется ваша компания");
  person.press("Пропустить");
  await person.waitFor("Готово");
  return person;
}

/** The text of a message with plain spaces, to compare with what a test writes. */
export function flat(message: { text?: string; caption?: string }): string {
  return (message.text ?? message.caption ?? "").replaceAll("\u00a0", " ");
}

/** Throws when the bot called what Telegram has not, or was refused in a way that it does not expect. */
export function demandNoSurprises(calls: {
  unknown(): readonly unknown[];
  refused(): readonly { response: unknown }[];
}): void {
  const expected = /message is not modified|message can't be edited|file is too big/;
  const refused = calls
    .refused()
    .filter(({ response }) => !expected.test(JSON.stringify(response)));
  const surprises = [...calls.unknown(), ...refused];
  if (surprises.length > 0) throw new Error(JSON.stringify(surprises, null, 1));
}

/** A list of a bathroom: two sections of works, one of materials. */
export const BATHROOM = [
  "Демонтаж",
  "Демонтаж плитки 22 м2 350",
  "Вынос мусора 3 рейса по 2500",
  "Чистовая",
  "Укладка плитки 22 м2 2200",
  "Материалы:",
  "Плиточный клей 25кг 14 мешков 890",
].join("\n");
