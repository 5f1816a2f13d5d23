import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createTestWork, type TestWork } from "../server/testing.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { settleIn, startTestBot, TEST_TOKEN, TEST_USERNAME, type TestBot } from "./testing.ts";
import { COMMANDS, LEADER_COMMANDS } from "./texts_common.ts";

let work: TestWork;
let simulator: Simulator;
let bot: TestBot;

beforeAll(async () => {
  work = await createTestWork();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: work.updates, apiRoot: url });
  bot.poll();
});

afterAll(async () => {
  await simulator.settle();
  await bot.stop();
  await simulator.close();
  await work.close();
});

type Person = ReturnType<Simulator["person"]>;

async function newcomer(): Promise<Person> {
  const person = await settleIn(simulator.person({ firstName: "Алексей" }));
  await simulator.settle();
  return person;
}

/** The commands of one chat alone; empty: it has those of everybody. */
async function commandsOf({ id }: Person): Promise<string[]> {
  const commands = await bot.api.getMyCommands({ scope: { type: "chat", chat_id: id } });
  return commands.map(({ command }) => command);
}

/** As another process or the Mini App would: the bot only sees the outcome. */
async function makeRole({ id }: Person, role: string): Promise<void> {
  await work.database.sql`
    update memberships set role = ${role}
    from telegram_users
    where telegram_users.user_id = memberships.user_id and telegram_id = ${id}
  `;
}

async function speak(person: Person): Promise<void> {
  person.command("help");
  await simulator.settle();
}

const everybodys = COMMANDS.map(({ command }) => command);
const leaders = [...everybodys, ...LEADER_COMMANDS.map(({ command }) => command)];

describe("the commands of a chat", () => {
  it("follow the person's role from the next message on, and are everybody's again for a foreman", async () => {
    const person = await newcomer();
    await speak(person);
    expect(await commandsOf(person)).toEqual(leaders);
    await makeRole(person, "foreman");
    await speak(person);
    expect(await commandsOf(person)).toEqual([]);
    await makeRole(person, "manager");
    await speak(person);
    expect(await commandsOf(person)).toEqual(leaders);
    const general = await bot.api.getMyCommands({ scope: { type: "all_private_chats" } });
    expect(general.map(({ command }) => command)).toEqual(everybodys);
  });

  it("are published with the company: the first list is answered by one call", async () => {
    const person = await newcomer();
    expect(await commandsOf(person)).toEqual(leaders);
    const before = simulator.calls.all().length;
    person.sendText("Штукатурка стен 120 м2 450");
    await simulator.settle();
    const made = simulator.calls.all().slice(before);
    const methods = made.map(({ method }) => method).filter((method) => method !== "getUpdates");
    expect(methods).toEqual(["sendMessage"]);
  });

  it("are published once for each change, and again when Telegram refused", async () => {
    const person = await newcomer();
    await speak(person);
    const published = () =>
      simulator.calls
        .of("setMyCommands")
        .filter(({ parameters }) => JSON.stringify(parameters["scope"]).includes(String(person.id)))
        .length;
    const before = published();
    await speak(person);
    expect(published()).toBe(before);

    await makeRole(person, "foreman");
    simulator.faults.next("deleteMyCommands", { kind: "refuse", code: 400, description: "no" });
    await speak(person);
    expect(await commandsOf(person)).toEqual(leaders);
    await speak(person);
    expect(await commandsOf(person)).toEqual([]);
  });

  it("leave the chat's menu button as it is for everybody", async () => {
    const person = await newcomer();
    await makeRole(person, "manager");
    await speak(person);
    const own = await bot.api.getChatMenuButton({ chat_id: person.id });
    expect(own).toEqual(await bot.api.getChatMenuButton());
  });
});
