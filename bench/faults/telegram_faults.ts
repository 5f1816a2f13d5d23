import { setTimeout as sleep } from "node:timers/promises";
import type { Message } from "grammy/types";
import { type Fault, until } from "./fault.ts";
import type { Person, Stage } from "./stage.ts";
import { withWebhook } from "./webhook_mode.ts";

const INBOX = 200;
const UPDATES_OF_EACH = 10;
const COPIES = 10;

/** What Telegram and the way there do to us. */
export const telegramFaults: readonly Fault[] = [
  {
    id: "21a",
    name: "Telegram answers 429 to everything for a while",
    isShort: false,
    run: async ({ telegram }, { progress }) => {
      telegram.faults.next("*", { kind: "too_many_requests", retryAfterSeconds: 1 }, 12);
      await progress(3);
      telegram.faults.clear();
      return "retry_after 1 s, up to 12 times";
    },
  },
  {
    id: "21b",
    name: "Telegram answers 500, 502 and 504",
    isShort: true,
    run: async ({ telegram }, { progress }) => {
      for (const code of [502, 500, 504, 502, 504, 500] as const) {
        telegram.faults.next("*", { kind: "server_error", code });
      }
      telegram.faults.next("getUpdates", { kind: "server_error", code: 502 }, 2);
      await progress(3);
      telegram.faults.clear();
      return "6 answers and 2 of getUpdates";
    },
  },
  {
    id: "21c",
    name: "connections to Telegram break before it did what was asked",
    isShort: false,
    run: async ({ telegram }, { progress }) => {
      telegram.faults.next("*", { kind: "reset_before" }, 6);
      await progress(3);
      telegram.faults.clear();
      return "6 calls";
    },
  },
  {
    id: "21d",
    name: "connections to Telegram break after it did what was asked",
    isShort: true,
    run: async (stage, { progress }) => {
      stage.loseAnswers(5);
      await progress(4);
      stage.telegram.faults.clear();
      return "5 messages whose answer is lost";
    },
  },
  {
    id: "21e",
    name: "Telegram takes a call and says nothing",
    isShort: false,
    run: async ({ telegram }, { progress }) => {
      telegram.faults.next("sendMessage", { kind: "silence" }, 2);
      await progress(6);
      telegram.faults.clear();
      return "2 messages";
    },
  },
  {
    id: "21f",
    name: "somebody blocks the bot, the word of it is lost, and they are to be told of everything",
    isShort: false,
    run: async (stage, { progress }) => {
      const { actor, person } = await stage.enlist("manager");
      person.start();
      await person.waitFor(/./, { limitMs: 60_000 });
      person.block();
      await until("the bot heard of it", async () => (await setActive(stage, person.id)) > 0);
      await progress(14);
      const [row] = await stage.database.sql<{ notices: number; attempts: number }[]>`
        select count(*)::int as notices, coalesce(sum(attempts), 0)::int as attempts
        from telegram_notifications
        where company_id = ${actor.companyId} and telegram_id = ${person.id}
      `;
      if (row?.attempts !== 1) throw new Error(`${row?.attempts} attempts to reach them`);
      return `${row?.notices} notices for them, ${row?.attempts} attempts`;
    },
  },
  {
    id: "15a",
    name: "every update comes again",
    isShort: true,
    run: async ({ telegram }, { progress }) => {
      await progress(5);
      const updates = telegram.updates.all().slice(-30);
      for (const { update_id: id } of updates) await telegram.updates.redeliver(id);
      return `${updates.length} updates`;
    },
  },
  {
    id: "15b",
    name: "updates come in another order",
    isShort: false,
    run: async ({ telegram, random }, { progress }) => {
      for (let round = 0; round < 3; round += 1) {
        await progress(1);
        telegram.updates.hold();
        await sleep(700);
        telegram.updates.release((updates) => random.shuffle(updates));
      }
      return "3 shuffles of what waited";
    },
  },
  {
    id: "15c",
    name: "each webhook goes to two processes at the same moment",
    isShort: false,
    run: async (stage, { progress }) =>
      withWebhook(stage, async () => {
        await stage.start("web 2");
        const url = `${stage.urlOf("web 2")}/telegram/webhook`;
        stage.telegram.updates.mirrorTo({ url, secretToken: stage.webhookSecret });
        await progress(8);
        stage.telegram.updates.mirrorTo(null);
        await stage.end("web 2", "SIGTERM");
        return "two web processes, one bot";
      }),
  },
  {
    id: "15d",
    name: `a full inbox: ${INBOX} updates that nobody has seen yet, each ${COPIES} times at the same moment, to two processes`,
    isShort: false,
    run: async (stage, { progress }) =>
      withWebhook(stage, async () => {
        await stage.start("web 2");
        const people = await enlistMany(stage, INBOX / UPDATES_OF_EACH);
        const { updates } = stage.telegram;
        const messages = () =>
          people.reduce((sum, person) => sum + person.messages().filter(isOfBot).length, 0);
        /** Everybody asks for help so many times; the numbers of these updates. */
        const ask = (times: number): number[] => {
          const last = updates.all().at(-1)?.update_id ?? 0;
          for (let time = 0; time < times; time += 1) {
            for (const person of people) person.command("help");
          }
          return updates.all().flatMap(({ update_id: id }) => (id > last ? [id] : []));
        };
        const taken = (ids: readonly number[]) =>
          until("nothing waits", () =>
            updates.pending().every((one) => !ids.includes(one.update_id)),
          );
        const before = messages();
        await taken(ask(1));
        const once = messages() - before;
        updates.hold();
        const ids = ask(UPDATES_OF_EACH);
        const start = performance.now();
        const statuses = await redeliverAll(
          stage,
          ids.flatMap((id) => Array.from({ length: COPIES }, () => id)),
        );
        const seconds = (performance.now() - start) / 1000;
        updates.release();
        await progress(1);
        await taken(ids);
        await stage.end("web 2", "SIGTERM");
        const [answers, expected] = [messages() - before, once * (1 + UPDATES_OF_EACH)];
        if (once === 0 || answers !== expected) {
          throw new Error(`${answers} answers instead of ${expected}`);
        }
        const fine = statuses.filter((status) => status === 200).length;
        return `${fine} of ${statuses.length} answered with 200 in ${seconds.toFixed(1)} s; each update had one effect`;
      }),
  },
];

/** As if the bot had never heard that it is blocked. Returns how many rows were not so. */
async function setActive({ database }: Stage, telegramId: number): Promise<number> {
  const { count } = await database.sql`
    update telegram_users
    set is_active = true
    where telegram_id = ${telegramId} and not is_active
  `;
  return count;
}

const isOfBot = (message: Message): boolean => message.from?.is_bot === true;

/** So many who do nothing else; each was greeted. */
async function enlistMany(stage: Stage, count: number): Promise<Person[]> {
  const people: Person[] = [];
  while (people.length < count) people.push((await stage.enlist("foreman")).person);
  for (const person of people) person.start();
  await until("everybody is greeted", () =>
    stage.telegram.updates.pending().every(({ message }) => message?.text !== "/start"),
  );
  return people;
}

/** So many requests wait for an answer at a time. */
const AT_ONCE = 50;

/** Every update of the list is posted to one of two web processes in turn; returns the statuses. */
async function redeliverAll(stage: Stage, ids: readonly number[]): Promise<(number | null)[]> {
  const targets = (["web", "web 2"] as const).map((name) => ({
    url: `${stage.urlOf(name)}/telegram/webhook`,
    secretToken: stage.webhookSecret,
  }));
  const statuses: (number | null)[] = [];
  const left = ids.entries();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (const [index, id] of left) {
        const target = targets[index % targets.length];
        statuses.push((await stage.telegram.updates.redeliver(id, target)).status);
      }
    }),
  );
  return statuses;
}
