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

test("takes a request without a body, with an empty or an unknown one", async () => {
  const { send } = start();
  const post = (init: RequestInit) =>
    send(new Request(`${base}/getMe`, { method: "POST", ...init }));
  expect((await post({})).status).toBe(200);
  expect((await post({ body: "", headers: { "content-type": "application/json" } })).status).toBe(
    200,
  );
  expect((await post({ body: "chat_id=1", headers: { "content-type": "text/csv" } })).status).toBe(
    200,
  );
  expect(
    (await post({ body: "x", headers: { "content-type": "multipart/form-data" } })).status,
  ).toBe(200);
});

test("answers 400 to JSON that is no object, and reads no null", async () => {
  const { person, call, send } = start();
  const headers = { "content-type": "application/json" };
  const request = new Request(`${base}/getMe`, { method: "POST", headers, body: "[]" });
  expect(await send(request)).toEqual({
    status: 400,
    body: { ok: false, error_code: 400, description: "Bad Request: JSON object expected" },
  });
  const nothing = { chat_id: person.id, text: "да", reply_markup: null };
  expect((await call("sendMessage", nothing)).ok).toBe(true);
});

test("reads a multipart body by its parts, the first of a name, and passes over broken ones", async () => {
  const { person, send } = start();
  const part = (head: string, body: string) => `--b\r\n${head}\r\n\r\n${body}\r\n`;
  const body = [
    "--b\r\nно это не часть\r\n",
    part("content-type: text/plain", "без имени"),
    part("content-disposition: form-data; name=chat_id", String(person.id)),
    part('content-disposition: form-data; name="document"; filename=a.txt', "раз"),
    part('content-disposition: form-data; name="document"; filename="b.txt"', "два"),
    part('content-disposition: form-data; name="caption"', "Смета"),
    part('content-disposition: form-data; name="caption"', "другая"),
    "--b--",
  ].join("");
  const headers = { "content-type": "multipart/form-data; boundary=b" };
  const request = new Request(`${base}/sendDocument`, { method: "POST", headers, body });
  expect(await send(request)).toMatchObject({
    body: { result: { caption: "Смета", document: { file_name: "a.txt" } } },
  });
});

test("has no file behind a path that is made up, and no method behind a bare token", async () => {
  const { send } = start();
  const file = `http://simulator/file/bot${testToken}/documents/file_99.txt`;
  expect((await send(new Request(file))).status).toBe(404);
  expect((await send(new Request(base))).status).toBe(404);
});

test("a token that is none is an error at once", () => {
  expect(() => createTestSimulator({ token: "секрет" })).toThrow(
    "a bot token looks like 123456:letters",
  );
});
