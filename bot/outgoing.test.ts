import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "grammy";
import { rich } from "./html.ts";
import {
  createSendingApi,
  editView,
  removeMessage,
  sendDocument,
  sendNotice,
  sendView,
} from "./outgoing.ts";
import type { Fault } from "./simulator/faults.ts";
import { createSimulator, type Simulator } from "./simulator/simulator.ts";
import { TEST_TOKEN, TEST_USERNAME } from "./testing.ts";
import { createTelegramFetch } from "./telegram_fetch.ts";
import { createTelegramHttp } from "./telegram_http.ts";
import { pino } from "pino";

let simulator: Simulator;
let api: Api;
let apiRoot: string;

beforeEach(async () => {
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  ({ url: apiRoot } = await simulator.listen({ port: 0 }));
  const fetch = createTelegramFetch({
    send: createTelegramHttp(),
    log: pino({ level: "silent" }),
    sleep: () => Promise.resolve(),
  });
  api = new Api(TEST_TOKEN, { apiRoot, fetch });
});

afterEach(() => simulator.close());

const file = {
  bytes: new TextEncoder().encode("%PDF-1.7 смета"),
  fileName: "СМ-2026-0001.pdf",
  caption: "Смета <b>&",
};

describe("a file sent by a job", () => {
  it("arrives whole, with its name and its caption as plain text", async () => {
    const person = simulator.person({ firstName: "Иван" });
    person.start();
    const delivery = await sendDocument(api, { chatId: person.id, ...file });
    const message = await person.waitFor((each) => each.document !== undefined);
    expect(delivery).toEqual({ outcome: "sent", messageId: message.message_id });
    expect(message.document?.file_name).toBe("СМ-2026-0001.pdf");
    expect(message.caption).toBe("Смета <b>&");
    expect(new TextDecoder().decode(person.download(message))).toBe("%PDF-1.7 смета");
  });

  const refusals: readonly (readonly [Fault, object])[] = [
    [
      { kind: "refuse", code: 403, description: "Forbidden: bot was blocked by the user" },
      { kind: "unreachable" },
    ],
    [
      { kind: "refuse", code: 403, description: "Forbidden: user is deactivated" },
      { kind: "unreachable" },
    ],
    [
      { kind: "refuse", code: 400, description: "Bad Request: chat not found" },
      { kind: "unreachable" },
    ],
    [
      {
        kind: "refuse",
        code: 400,
        description: "Bad Request: group chat was upgraded to a supergroup chat",
        parameters: { migrate_to_chat_id: -100123 },
      },
      { kind: "moved", chatId: -100123 },
    ],
    [
      { kind: "too_many_requests", retryAfterSeconds: 60 },
      { kind: "busy", retryAfter: 60 },
    ],
    [
      { kind: "refuse", code: 400, description: "Bad Request: can't parse entities: …" },
      { kind: "markup" },
    ],
    [{ kind: "refuse", code: 401, description: "Unauthorized" }, { kind: "token" }],
    [{ kind: "server_error", code: 502 }, { kind: "network" }],
    [{ kind: "reset_before" }, { kind: "network" }],
  ];
  for (const [fault, failure] of refusals) {
    it(`${JSON.stringify(fault)} is told as ${JSON.stringify(failure)}`, async () => {
      const person = simulator.person({ firstName: "Иван" });
      person.start();
      simulator.faults.next("sendDocument", fault);
      const delivery = await sendDocument(api, { chatId: person.id, ...file });
      expect(delivery).toMatchObject({ outcome: "failed", failure });
      simulator.faults.next("sendMessage", fault, 3);
      const notice = await sendNotice(api, { chatId: person.id, text: "Готово" });
      expect(notice).toMatchObject({ outcome: "failed", failure });
    });
  }
});

describe("the way of those who keep the pace", () => {
  const faults: readonly (readonly [Fault, object])[] = [
    [
      { kind: "too_many_requests", retryAfterSeconds: 1 },
      { kind: "busy", retryAfter: 1 },
    ],
    [{ kind: "server_error", code: 502 }, { kind: "network" }],
    [{ kind: "reset_before" }, { kind: "network" }],
  ];
  for (const [fault, failure] of faults) {
    it(`tells ${JSON.stringify(fault)} at once and repeats nothing`, async () => {
      const person = simulator.person({ firstName: "Иван" });
      person.start();
      const sending = createSendingApi({ token: TEST_TOKEN, apiRoot });
      simulator.faults.next("sendMessage", fault);
      const refused = await sendNotice(sending, { chatId: person.id, text: "Готово" });
      expect(refused).toMatchObject({ outcome: "failed", failure });
      expect(simulator.calls.of("sendMessage")).toHaveLength(1);
      const taken = await sendNotice(sending, { chatId: person.id, text: "Готово" });
      expect(taken).toMatchObject({ outcome: "sent" });
    });
  }
});

describe("a message with buttons", () => {
  const rows = [[{ text: "Открыть", callback_data: "open" }]];

  it("is sent with them or without, loudly or not, and changed in its place", async () => {
    const person = simulator.person({ firstName: "Иван" });
    person.start();
    const chatId = person.id;
    const view = { text: rich`<b>Смета</b> ${"<1>"}`, rows };
    const sent = await sendView(api, { chatId, view, isSilent: true });
    const message = await person.waitFor("Смета <1>");
    expect(sent).toEqual({ outcome: "sent", messageId: message.message_id });
    expect(person.buttons(message)).toEqual([["Открыть"]]);
    expect(simulator.calls.of("sendMessage").at(-1)?.parameters).toMatchObject({
      disable_notification: true,
    });
    const { message_id: messageId } = message;
    const bare = { text: rich`Готово` };
    expect(await editView(api, { chatId, messageId, view: bare })).toEqual(sent);
    expect(person.buttons()).toEqual([]);
    const same = await editView(api, { chatId, messageId, view: bare });
    expect(same).toEqual(sent);
    await editView(api, { chatId, messageId, view });
    expect(person.buttons()).toEqual([["Открыть"]]);
    await sendView(api, { chatId, view: bare, isSilent: false });
    const loud = simulator.calls.of("sendMessage").at(-1)?.parameters;
    expect(loud).not.toHaveProperty("disable_notification");
    expect(loud).not.toHaveProperty("reply_markup");
  });

  it("that is gone is told so, and so is one that can't be taken away", async () => {
    const person = simulator.person({ firstName: "Иван" });
    person.start();
    const chatId = person.id;
    const gone = { chatId, messageId: 77, view: { text: rich`Готово` } };
    expect(await editView(api, gone)).toMatchObject({
      outcome: "failed",
      failure: { kind: "gone" },
      description: expect.stringContaining("message to edit not found"),
    });
    expect(await removeMessage(api, chatId, 1)).toBeNull();
    expect(await removeMessage(api, chatId, 1)).toEqual({ kind: "gone" });
  });

  it("arrives at night without a sound, a file and a notice, too", async () => {
    const person = simulator.person({ firstName: "Иван" });
    person.start();
    await sendDocument(api, { chatId: person.id, ...file, isSilent: true });
    await sendNotice(api, { chatId: person.id, text: "Готово", isSilent: true });
    for (const method of ["sendDocument", "sendMessage"]) {
      const { parameters } = simulator.calls.of(method).at(-1) ?? {};
      expect(parameters).toMatchObject({ disable_notification: true });
    }
  });
});

it("a fault of our own is no refusal of Telegram's: it is thrown", async () => {
  const broken = new Api(TEST_TOKEN, { apiRoot });
  broken.config.use(() => Promise.reject(new TypeError("наша ошибка")));
  const chatId = 1;
  await expect(sendNotice(broken, { chatId, text: "Готово" })).rejects.toThrow("наша ошибка");
  await expect(removeMessage(broken, chatId, 1)).rejects.toThrow("наша ошибка");
});
