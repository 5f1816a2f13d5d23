import { expect, test } from "vitest";
import { createTestSimulator, testToken } from "./testing.ts";

const base = `http://simulator/bot${testToken}`;

function start() {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей" });
  person.start();
  const send = async (request: Request) => {
    const response = await made.simulator.fetch(request);
    return { status: response.status, body: (await response.json()) as { ok: boolean } };
  };
  return { ...made, person, send };
}

test("takes a GET request with parameters in the query", async () => {
  const { person, send } = start();
  const answer = await send(new Request(`${base}/sendMessage?chat_id=${person.id}&text=да`));
  expect(answer).toMatchObject({ status: 200, body: { ok: true, result: { text: "да" } } });
});

test("takes an urlencoded body, and the query wins over it", async () => {
  const { person, send } = start();
  const body = new URLSearchParams({ chat_id: String(person.id), text: "из тела" });
  const request = new Request(`${base}/sendMessage?text=query`, { method: "POST", body });
  expect(await send(request)).toMatchObject({ body: { result: { text: "query" } } });
});

test("takes a multipart body with reply_markup as a string", async () => {
  const { person, send } = start();
  const body = new FormData();
  body.set("chat_id", String(person.id));
  body.set("text", "да");
  body.set(
    "reply_markup",
    JSON.stringify({ inline_keyboard: [[{ text: "A", callback_data: "a" }]] }),
  );
  const request = new Request(`${base}/sendMessage`, { method: "POST", body });
  expect(await send(request)).toMatchObject({ body: { ok: true } });
  expect(person.buttons()).toEqual([["A"]]);
});

test("takes reply_markup as an object in JSON", async () => {
  const { person, call } = start();
  const markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] };
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup: markup });
  expect(person.buttons()).toEqual([["A"]]);
});

test("does not care about the case of a method's name", async () => {
  const { call } = start();
  expect(await call("GETME")).toMatchObject({ ok: true, result: { username: "smetka_bot" } });
});

test("answers 401 to a wrong token and 404 to what is not a token", async () => {
  const { send } = start();
  expect(await send(new Request("http://simulator/bot1:AA-wrong/getMe"))).toEqual({
    status: 401,
    body: { ok: false, error_code: 401, description: "Unauthorized" },
  });
  expect((await send(new Request("http://simulator/botnonsense/getMe"))).status).toBe(404);
});

test("answers 404 to an unknown method and remembers it for the test to fail on", async () => {
  const { simulator, refusal } = start();
  expect(await refusal("sendHologram")).toBe("404 Not Found: method not found");
  expect(simulator.calls.unknown().map(({ method }) => method)).toEqual(["sendHologram"]);
});

test("answers 400 to a body that is not JSON", async () => {
  const { send } = start();
  const headers = { "content-type": "application/json" };
  const request = new Request(`${base}/getMe`, { method: "POST", headers, body: "{" });
  expect((await send(request)).status).toBe(400);
});

test("refuses a lone surrogate as text that is not UTF-8", async () => {
  const { person, refusal } = start();
  const text = "смета \ud83d";
  expect(await refusal("sendMessage", { chat_id: person.id, text })).toBe(
    "400 Bad Request: strings must be encoded in UTF-8",
  );
});

test("serves a file by the path of getFile and refuses it with another token", async () => {
  const { simulator, person, call } = start();
  const bytes = Buffer.from("план");
  const message = person.sendDocument({ bytes, name: "план.txt" });
  const { result } = await call("getFile", { file_id: message.document?.file_id });
  const path = (result as { file_path: string }).file_path;
  const response = await simulator.fetch(
    new Request(`http://simulator/file/bot${testToken}/${path}`),
  );
  expect(Buffer.from(await response.arrayBuffer())).toEqual(bytes);
  const foreign = await simulator.fetch(new Request(`http://simulator/file/bot2:AA/${path}`));
  expect(foreign.status).toBe(401);
});
