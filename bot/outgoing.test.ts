import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Api } from "grammy";
import { createSendingApi, sendDocument, sendNotice } from "./outgoing.ts";
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
