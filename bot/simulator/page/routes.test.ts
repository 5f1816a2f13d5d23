import { expect, test } from "vitest";
import { onePixel } from "../sample_files.ts";
import { createTestSimulator } from "../testing.ts";

function start() {
  const made = createTestSimulator();
  const person = made.simulator.person({ firstName: "Алексей" });
  const post = (path: string, body: unknown, headers: Record<string, string> = {}) =>
    made.simulator.fetch(
      new Request(`http://simulator/${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", host: "simulator", ...headers },
        body: JSON.stringify(body),
      }),
    );
  return { ...made, person, post };
}

test("another process acts as a person by POST", async () => {
  const { person, post, simulator } = start();
  const answer = await post(`people/${person.id}/text`, { text: "раз" });
  expect(await answer.json()).toEqual({ messageId: 1 });
  expect(simulator.updates.all().at(-1)?.message?.text).toBe("раз");
});

test("another site can't act for the people here", async () => {
  const { person, post, simulator } = start();
  const answer = await post(
    `people/${person.id}/text`,
    { text: "раз" },
    { origin: "https://evil.example" },
  );
  expect(answer.status).toBe(403);
  expect(simulator.updates.all()).toEqual([]);
});

test("an unknown person, a wrong body and an impossible action are told apart", async () => {
  const { person, post } = start();
  expect((await post("people/1/text", { text: "раз" })).status).toBe(409);
  expect((await post(`people/${person.id}/text`, { words: "раз" })).status).toBe(400);
  expect((await post(`people/${person.id}/press`, { label: "нет такой" })).status).toBe(409);
});

test("a file is served by its id, and what a stranger sent can't run as a page", async () => {
  const { person, simulator } = start();
  const html = Buffer.from("<script>alert(1)</script>");
  const { document } = person.sendDocument({ bytes: html, name: "смета.html" });
  const response = await simulator.fetch(
    new Request(`http://simulator/files/${document?.file_id}/смета.html`),
  );
  expect(response.headers.get("content-disposition")).toMatch(/^attachment/);
  expect(response.headers.get("content-security-policy")).toContain("sandbox");
});

test("the page is served without a build, its types blanked out", async () => {
  const { simulator } = start();
  const script = await simulator.fetch(new Request("http://simulator/page/main.ts"));
  expect(script.headers.get("content-type")).toContain("text/javascript");
  const missing = await simulator.fetch(new Request("http://simulator/page/..%2Froutes.ts"));
  expect(missing.status).toBe(404);
});

test("the first visitor finds the three sides of an estimate, unless a test named others", async () => {
  const { simulator } = createTestSimulator();
  await simulator.fetch(new Request("http://simulator/"));
  const stream = await simulator.fetch(new Request("http://simulator/events"));
  const reader = stream.body?.getReader();
  const first = new TextDecoder().decode((await reader?.read())?.value);
  const event = JSON.parse(first.slice("data: ".length)) as {
    state: { people: { role: string }[] };
  };
  expect(event.state.people.map(({ role }) => role)).toEqual([
    "прораб",
    "руководитель",
    "заказчик",
  ]);
  await reader?.cancel();
});

test("a person is added with as much as is known, and acts in every way", async () => {
  const { post, simulator, person, call } = start();
  const add = async (body: object) =>
    ((await (await post("people", body)).json()) as { id: number }).id;
  const whole = { firstName: "Иван", lastName: "Петров", phone: "79001112233", role: "заказчик" };
  const id = await add(whole);
  const client = simulator.person({ id, firstName: "Иван" });
  expect(client.user).toMatchObject({ first_name: "Иван", last_name: "Петров" });
  expect(client.phone).toBe("79001112233");
  const bare = simulator.person({ id: await add({ firstName: "Пётр" }), firstName: "Пётр" });
  expect(bare.user).not.toHaveProperty("last_name");

  const act = async (name: string, body: object = {}) =>
    (await (await post(`people/${id}/${name}`, body)).json()) as Record<string, unknown>;
  await act("start", { payload: "" });
  await act("start", { payload: "join_abc" });
  await act("text", { text: "раз", replyTo: 1 });
  await act("edit", { messageId: 3, text: "два" });
  await act("delete", { messageId: 1 });
  expect(client.messages().map(({ text }) => text)).toEqual(["/start join_abc", "два"]);
  await act("contact", { phone: "7900", firstName: "Кто-то", lastName: "Другой", userId: 5 });
  expect(client.lastMessage()?.contact).toEqual({
    phone_number: "7900",
    first_name: "Кто-то",
    last_name: "Другой",
    user_id: 5,
  });
  await act("contact");
  expect(client.lastMessage()?.contact?.user_id).toBe(id);
  await act("location", { latitude: 55, longitude: 37 });
  await act("voice");
  await act("sticker");
  expect(client.lastMessage()?.sticker?.emoji).toBe("👍");
  const { chatKey } = await act("chat", { otherId: person.id });
  await act("forward", { chatKey: `bot:${id}`, messageId: 3, toChatKey: chatKey });
  const gone = { chatKey: `bot:${id}`, messageId: 99, toChatKey: chatKey };
  expect(await act("forward", gone)).toEqual({ error: `no message 99 in bot:${id}` });

  const reply_markup = { inline_keyboard: [[{ text: "PDF", callback_data: "pdf" }]] };
  await call("sendMessage", { chat_id: id, text: "Смета", reply_markup });
  const messageId = client.lastMessage()?.message_id;
  expect(await act("press", { messageId, label: "PDF" })).toMatchObject({ kind: "callback" });
  expect(await act("press", { data: "pdf" })).toMatchObject({ kind: "callback" });
  expect(await act("press", {})).toMatchObject({ error: expect.stringContaining("[PDF]") });
  await act("block");
  expect(simulator.updates.all().at(-1)?.my_chat_member?.new_chat_member.status).toBe("kicked");
  await act("unblock");
  const { queryId } = await act("inline", { query: "ленина" });
  expect(simulator.updates.all().at(-1)?.inline_query?.id).toBe(queryId);
});

test("a Mini App opens by the menu button or its address, as the page asks", async () => {
  const { person, post, call } = start();
  const open = async (body: object = {}) =>
    ((await (await post(`people/${person.id}/mini-app`, body)).json()) as { url: string | null })
      .url;
  expect(await open()).toBeNull();
  const menu_button = { type: "web_app", text: "Сметы", web_app: { url: "https://a.ru/app/" } };
  await call("setChatMenuButton", { menu_button });
  expect(await open({ startParameter: "e_1" })).toContain(
    "https://a.ru/app/?tgWebAppStartParam=e_1#",
  );
  const url = await open({
    url: "https://b.ru/",
    theme: { bg_color: "#000000" },
    platform: "ios",
    isFromKeyboard: true,
  });
  const hash = new URLSearchParams(new URL(url ?? "").hash.slice(1));
  expect(hash.get("tgWebAppPlatform")).toBe("ios");
  expect(hash.get("tgWebAppThemeParams")).toBe('{"bg_color":"#000000"}');
  expect(hash.get("tgWebAppData")).not.toContain("query_id");
});

test("pictures are sent one by one or as an album, files each by itself", async () => {
  const { person, simulator } = start();
  const send = async (kind: string, count: number, rest: Record<string, string> = {}) => {
    const form = new FormData();
    form.set("kind", kind);
    for (const [name, value] of Object.entries(rest)) form.set(name, value);
    for (let index = 0; index < count; index += 1) {
      form.append("file", new File([Buffer.from(onePixel)], `${index}.png`));
    }
    const url = `http://simulator/people/${person.id}/files`;
    const response = await simulator.fetch(new Request(url, { method: "POST", body: form }));
    expect(await response.json()).toEqual({ count });
  };
  await send("photo", 1, { caption: "Кухня" });
  expect(person.lastMessage()).toMatchObject({ caption: "Кухня", photo: [{ width: 1 }] });
  await send("photo", 2);
  const [first, second] = person.messages().slice(-2);
  expect(first?.media_group_id).toBeDefined();
  expect(first?.media_group_id).toBe(second?.media_group_id);
  const other = simulator.person({ firstName: "Иван" });
  await send("document", 2, { chatKey: person.chatWith(other.id) });
  expect(person.messages()).toHaveLength(3);
});

test("the page follows what happens: messages, chats, people, answers", async () => {
  const { person, call, simulator, post } = start();
  person.start();
  const stream = await simulator.fetch(new Request("http://simulator/events"));
  const reader = stream.body?.getReader();
  if (reader === undefined) throw new Error("no stream");
  const decoder = new TextDecoder();
  const next = async () => {
    const text = decoder.decode((await reader.read()).value);
    return JSON.parse(text.slice("data: ".length)) as Record<string, unknown>;
  };
  const until = async (type: string) => {
    for (;;) {
      const event = await next();
      if (event["type"] === type) return event;
    }
  };
  await until("state");
  const reply_markup = { keyboard: [["Смета"]], input_field_placeholder: "Адрес" };
  await call("sendChatAction", { chat_id: person.id, action: "typing" });
  expect(await until("chat")).toMatchObject({
    chat: { action: { name: "typing", endsInMs: 5000 } },
  });
  await call("sendMessage", { chat_id: person.id, text: "да", reply_markup });
  expect(await until("chat")).toMatchObject({
    chat: {
      action: null,
      keyboard: {
        rows: [[{ text: "Смета" }]],
        isOneTime: false,
        isPersistent: false,
        placeholder: "Адрес",
      },
    },
  });
  expect(await until("message")).toMatchObject({ view: { message: { text: "да" } } });
  await call("sendMessage", { chat_id: person.id, text: "?", reply_markup: { force_reply: true } });
  await until("message");
  await post(`people/${person.id}/read`, { messageId: 3 });
  expect(await until("chat")).toMatchObject({
    chat: { readUpTo: 3, keyboard: { messageId: 3, rows: [] } },
  });
  await post(`people/${person.id}/read`, { messageId: 2 });
  await post(`people/${person.id}/read`, { messageId: 2, chatKey: "pair:1:2" });
  await call("deleteMessage", { chat_id: person.id, message_id: 2 });
  expect(await until("deleted")).toMatchObject({ messageIds: [2] });
  person.block();
  expect(await until("person")).toMatchObject({ person: { id: person.id } });
  const group = simulator.group({ title: "Ленина 12", members: [person] });
  expect(await until("chat")).toMatchObject({ chat: { key: group.chatKey, title: "Ленина 12" } });
  await reader.cancel();
});

test("a neighbour is a way off the page, named by who started the simulator", async () => {
  const neighbour = { name: "Менеджеру", path: "/manager", url: "http://127.0.0.1:1/login" };
  const { simulator } = createTestSimulator({ neighbour });
  const response = await simulator.fetch(new Request("http://simulator/manager"));
  expect(response.headers.get("location")).toBe(neighbour.url);
  const stream = await simulator.fetch(new Request("http://simulator/events"));
  const reader = stream.body?.getReader();
  const state = new TextDecoder().decode((await reader?.read())?.value);
  expect(state).toContain('"neighbour":{"name":"Менеджеру","path":"/manager"}');
  await reader?.cancel();
});

test("what is not there is 404, a text is shown as one", async () => {
  const { person, simulator } = start();
  const get = (path: string) => simulator.fetch(new Request(`http://simulator/${path}`));
  expect((await get("page/nowhere.ts")).status).toBe(404);
  expect((await get("page/main.exe")).status).toBe(404);
  expect((await get("files/nonsense/x.txt")).status).toBe(404);
  const { document } = person.sendDocument({ bytes: Buffer.from("план"), name: "план.txt" });
  const shown = await get(`files/${document?.file_id}/x`);
  expect(shown.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(shown.headers.get("content-disposition")).toMatch(/^inline/);
  const saved = await get(`files/${document?.file_id}/x?download`);
  expect(saved.headers.get("content-disposition")).toMatch(/^attachment/);
});
