import { Api } from "grammy";
import { pino } from "pino";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { createSimulator, type Simulator } from "../bot/simulator/simulator.ts";
import { createTelegramFetch } from "../bot/telegram_fetch.ts";
import { createTelegramHttp } from "../bot/telegram_http.ts";
import { createDelivery } from "./delivery.ts";
import type { Delivery } from "./jobs/document_render.ts";

const TOKEN = "5000000009:delivery";
const log = pino({ level: "silent" });

let simulator: Simulator;
let delivery: Delivery;
let pauses: number[];

beforeAll(async () => {
  simulator = createSimulator({ token: TOKEN, botUsername: "smetka_bot" });
  const { url: apiRoot } = await simulator.listen({ port: 0 });
  const fetch = createTelegramFetch({ send: createTelegramHttp(), log });
  const sleep = async (ms: number) => pauses.push(ms);
  delivery = createDelivery(new Api(TOKEN, { apiRoot, fetch }), log, sleep);
});

beforeEach(() => {
  pauses = [];
});

afterAll(() => simulator.close());

function begin(times: number, retryAfterSeconds: number) {
  const person = simulator.person({ firstName: "Иван" });
  person.start();
  simulator.faults.next("sendDocument", { kind: "too_many_requests", retryAfterSeconds }, times);
  const bytes = new TextEncoder().encode("%PDF-1.7 смета");
  const file = { chatId: person.id, fileName: "СМ-2026-0001.pdf", bytes, caption: "Смета" };
  const sending = delivery.sendDocument(file);
  return { person, sending };
}

it("waits as long as Telegram asks and sends the whole file again", async () => {
  const { person, sending } = begin(2, 1);
  expect(await sending).toBe("sent");
  expect(pauses).toEqual([1000, 1000]);
  const message = await person.waitFor((each) => each.document !== undefined);
  expect(new TextDecoder().decode(person.download(message))).toBe("%PDF-1.7 смета");
});

it("leaves it to the job when Telegram asks too often", async () => {
  await expect(begin(4, 2).sending).rejects.toThrow("429");
  expect(pauses).toEqual([2000, 2000, 2000]);
});

it("leaves it to the job when Telegram asks for too long", async () => {
  await expect(begin(1, 60).sending).rejects.toThrow("429");
  expect(pauses).toEqual([]);
});
