import { beforeEach, describe, expect, test } from "vitest";
import type { Person } from "../person.ts";
import { createTestSimulator } from "../testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

const command = (name: unknown, description: unknown = "x") => ({
  commands: [{ command: name, description }],
});

describe("commands are refused as Telegram refuses them", () => {
  const scope = "can't parse BotCommandScope: ";
  test.each<[string, Record<string, unknown>]>([
    ["can't parse commands JSON object", { commands: "[" }],
    ["expected an Array of BotCommand", { commands: {} }],
    ["can't parse BotCommand: expected an Object", { commands: ["new"] }],
    ["can't parse BotCommand: Can't find field \"command\"", { commands: [{ description: "x" }] }],
    ["can't parse BotCommand: Can't find field \"description\"", { commands: [{ command: "x" }] }],
    [
      'can\'t parse BotCommand: Field "description" must be of type String',
      command("new", ["Новая"]),
    ],
    ["command must be non-empty", command(" / ")],
    ["command length must not exceed 32", command("a".repeat(33))],
    ["command description length must not exceed 256", command("new", "ы".repeat(257))],
    ["can't parse BotCommandScope JSON object", { scope: "{" }],
    [`${scope}BotCommandScope must be an Object`, { scope: [] }],
    [`${scope}Can't find field "type"`, { scope: {} }],
    [`${scope}Can't find field "chat_id"`, { scope: { type: "chat" } }],
    [`${scope}Field "chat_id" must be of type String`, { scope: { type: "chat", chat_id: [] } }],
    [`${scope}Empty chat_id specified`, { scope: { type: "chat", chat_id: "" } }],
    ["chat not found", { scope: { type: "chat", chat_id: 42 } }],
  ])("%s", async (description, parameters) => {
    expect(await made.refusal("setMyCommands", parameters)).toBe(`400 Bad Request: ${description}`);
  });
});

test("the longest command and description pass, cleaned", async () => {
  const [name, description] = ["a".repeat(32), "ы".repeat(256)];
  await made.call("setMyCommands", command(` /${name} `, ` ${description}\n`));
  expect(person.commands()).toEqual([{ command: name, description }]);
});

test("an empty list of commands is none, for groups they are others", async () => {
  await made.call("setMyCommands", { ...command("new"), scope: { type: "all_group_chats" } });
  expect(person.commands()).toEqual([]);
  await made.call("setMyCommands", command("new"));
  expect(person.commands()).toHaveLength(1);
  await made.call("setMyCommands", {});
  expect(person.commands()).toEqual([]);
});

describe("a menu button is refused as Telegram refuses it", () => {
  const button = "can't parse menu button: ";
  const app = (rest: object) => ({ menu_button: { type: "web_app", ...rest } });
  test.each<[string, Record<string, unknown>]>([
    ["can't parse menu button JSON object", { menu_button: "{" }],
    [`${button}MenuButton must be an Object`, { menu_button: [] }],
    [`${button}Can't find field "type"`, { menu_button: {} }],
    [`${button}Can't find field "text"`, app({ web_app: { url: "https://a.ru/" } })],
    [`${button}Can't find field "web_app"`, app({ text: "Сметы" })],
    [`${button}Field "web_app" must be of type Object`, app({ text: "Сметы", web_app: "a.ru" })],
    [`${button}Can't find field "url"`, app({ text: "Сметы", web_app: {} })],
    ["menu button text must be non-empty", app({ text: "", web_app: { url: "https://a.ru/" } })],
    ["invalid chat_id specified", { chat_id: -1 }],
    ["user not found", { chat_id: 42 }],
  ])("%s", async (description, parameters) => {
    expect(await made.refusal("setChatMenuButton", parameters)).toBe(
      `400 Bad Request: ${description}`,
    );
  });
});

test("a chat's own menu button goes before the one of all, until it is set back", async () => {
  const set = (type: string, chat_id?: number) =>
    made.call("setChatMenuButton", { menu_button: { type }, chat_id });
  const shown = async (chat_id?: number) =>
    (await made.call("getChatMenuButton", { chat_id })).result;
  const app = { type: "web_app", text: "Сметы", web_app: { url: "https://a.ru/app/" } };
  await made.call("setChatMenuButton", { menu_button: app });
  expect(await shown(person.id)).toEqual(app);
  expect(person.menuButton()).toEqual(app);
  await set("commands", person.id);
  expect(await shown(person.id)).toEqual({ type: "commands" });
  expect(await shown()).toEqual(app);
  await set("default", person.id);
  expect(await shown(person.id)).toEqual(app);
  await made.call("setChatMenuButton");
  expect(await shown()).toEqual({ type: "default" });
});

test("the profile is kept by language and has its longest texts", async () => {
  expect((await made.call("getMyDescription")).result).toEqual({ description: "" });
  const set = { description: "ы".repeat(512), language_code: "ru" };
  expect((await made.call("setMyDescription", set)).result).toBe(true);
  expect((await made.call("getMyDescription", { language_code: "ru" })).result).toEqual({
    description: set.description,
  });
  expect((await made.call("getMyDescription")).result).toEqual({ description: "" });
  const refused = { ...set, description: "ы".repeat(513) };
  expect((await made.call("setMyDescription", refused)).ok).toBe(false);
});
