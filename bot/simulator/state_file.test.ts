import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createTestSimulator } from "./testing.ts";

let folder: string;
let stateFile: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "simulator-"));
  stateFile = join(folder, "telegram.json");
});

afterEach(() => rmSync(folder, { recursive: true }));

const personOptions = { id: 700_000_001, firstName: "Алексей" };

test("a second run finds chats, keyboards, files, commands and updates of the first", async () => {
  const first = createTestSimulator({ stateFile });
  const person = first.simulator.person(personOptions);
  person.start();
  person.sendDocument({ bytes: Buffer.from("план"), name: "план.txt" });
  const reply_markup = { keyboard: [["Смета"]] };
  await first.call("sendMessage", { chat_id: person.id, text: "Меню", reply_markup });
  await first.call("setMyCommands", { commands: [{ command: "new", description: "Новая" }] });
  const before = person.transcript();
  await first.simulator.close();

  const second = createTestSimulator({ stateFile });
  const again = second.simulator.person(personOptions);
  expect(again.transcript()).toBe(before);
  expect(again.keyboard()).toEqual([["Смета"]]);
  expect(again.commands()).toHaveLength(1);
  expect(second.simulator.updates.pending()).toHaveLength(2);
  const file = again.messages().find(({ document }) => document !== undefined);
  if (file === undefined) throw new Error("the document is gone");
  expect(Buffer.from(again.download(file)).toString()).toBe("план");
  expect(again.sendText("дальше").message_id).toBe(4);
  await second.simulator.close();
});

test("the file is replaced whole: no draft is left beside it", async () => {
  const { simulator } = createTestSimulator({ stateFile });
  simulator.person(personOptions).start();
  await simulator.close();
  expect(readdirSync(folder)).toEqual(["telegram.json"]);
});

test("a broken file is named in the error", () => {
  writeFileSync(stateFile, "{");
  expect(() => createTestSimulator({ stateFile })).toThrow(
    `${stateFile} is not a state file of the simulator; delete it`,
  );
});

test("the state of another version, or a folder in its place, is not taken for an empty one", () => {
  writeFileSync(stateFile, '{"format":0}');
  expect(() => createTestSimulator({ stateFile })).toThrow("written by another version");
  expect(() => createTestSimulator({ stateFile: folder })).toThrow("EISDIR");
});

test("a file that was lost on the way is missing, not an error", async () => {
  const first = createTestSimulator({ stateFile });
  const person = first.simulator.person(personOptions);
  const { document } = person.sendDocument({ bytes: Buffer.from("x"), name: "x.txt" });
  await first.simulator.close();
  rmSync(`${stateFile}.files`, { recursive: true });
  const second = createTestSimulator({ stateFile });
  const url = `http://simulator/files/${document?.file_id}/x.txt`;
  expect((await second.simulator.fetch(new Request(url))).status).toBe(404);
  const again = second.simulator.person(personOptions);
  const [message] = again.messages();
  if (message === undefined) throw new Error("the message is gone");
  expect(() => again.download(message)).toThrow("has no file");
  await second.simulator.close();
});

test("reset forgets all and counts ids anew", async () => {
  const { simulator } = createTestSimulator({ stateFile });
  simulator.person(personOptions).sendDocument({ bytes: Buffer.from("x"), name: "x.txt" });
  simulator.reset();
  expect(simulator.updates.all()).toEqual([]);
  expect(simulator.person(personOptions).start().message_id).toBe(1);
  await simulator.close();
  expect(readdirSync(folder)).toEqual(["telegram.json"]);
});
