import { InlineKeyboard } from "grammy";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { actions } from "../../bot/actions.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { startTestBot, TEST_TOKEN, TEST_USERNAME, type TestBot } from "../../bot/testing.ts";
import { insertSession } from "../../db/sessions.ts";
import type { Id } from "../../domain/ids.ts";
import { makeToken } from "../auth/tokens.ts";
import { newId } from "../new_id.ts";
import { newContract } from "../services/testing_contracts.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

let stage: ShareStage;
let simulator: Simulator;
let bot: TestBot;
let telegramId: number;
let session: string;
let id: Id;
let before: string;

beforeAll(async () => {
  stage = await createShareStage();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: stage.work.updates, apiRoot: url });
  bot.poll();
  const { owner } = stage.people;
  const [row] = await stage.work.database.sql`
    select telegram_id from telegram_users where user_id = ${owner.userId}
  `;
  telegramId = Number(row?.["telegram_id"]);
  session = makeToken();
  const expiresAt = new Date("2100-01-01");
  const given = { ...owner, kind: "miniapp" as const, expiresAt };
  await insertSession(stage.work.database.sql, session, given);
});

beforeEach(async () => {
  id = await newContract(stage.work, stage.people);
  before = await contentOf();
});

afterAll(async () => {
  await bot.stop();
  await simulator.close();
  await stage.close();
});

/** Everything that was agreed to, as it stands in the tables. */
async function contentOf(): Promise<string> {
  const { content, card } = await stage.work.asActor(stage.people.owner, ({ estimates }) =>
    estimates.content(id),
  );
  const parts = [content.header, ...content.lines.values(), ...content.sections.values()];
  return JSON.stringify(
    [...parts, ...content.adjustments.values(), card.status, card.version],
    (_, value: unknown) => (typeof value === "bigint" ? String(value) : value),
  );
}

describe("what is approved stays as it is, even for the owner,", () => {
  it("whatever button of an old card is pressed in the chat", async () => {
    const owner = simulator.person({ id: telegramId, firstName: "Ольга" });
    owner.start();
    await simulator.settle();
    const { version } = await stage.work.asActor(stage.people.owner, ({ estimates }) =>
      estimates.card(id),
    );
    const buttons = [
      actions.discountSet.button("скидка", id, version, "10"),
      actions.vatSet.button("НДС", id, version, "on_top_standard"),
      actions.clientSet.button("заказчик", id, version, null),
      actions.estimateRemove.button("удалить", id),
    ];
    for (const button of buttons) {
      await bot.api.sendMessage(telegramId, "Старая карточка", {
        reply_markup: new InlineKeyboard([[button]]),
      });
      const { text } = await owner.press(button.text).answer();
      await simulator.settle();
      expect([button.text, await contentOf()]).toEqual([button.text, before]);
      expect([button.text, (text ?? "") === ""]).toEqual([button.text, false]);
    }
  });

  it("whatever is written into a question that was open before", async () => {
    const owner = simulator.person({ id: telegramId, firstName: "Ольга" });
    for (const button of [
      actions.estimateLines.button("строки", id),
      actions.discountAsk.button("своя скидка", id),
    ]) {
      await bot.api.sendMessage(telegramId, "Старая карточка", {
        reply_markup: new InlineKeyboard([[button]]),
      });
      owner.press(button.text);
      await simulator.settle();
      owner.sendText(button.text === "строки" ? "Стяжка 10 м2 900" : "15");
      await simulator.settle();
      const add = owner
        .buttons()
        .flat()
        .find((label) => label.startsWith("✅ Добавить"));
      if (add !== undefined) owner.press(add);
      await simulator.settle();
      expect([button.text, await contentOf()]).toEqual([button.text, before]);
      owner.command("cancel");
      await simulator.settle();
    }
  });

  it("whatever is sent to the API", async () => {
    const { content } = await stage.work.asActor(stage.people.owner, ({ estimates }) =>
      estimates.content(id),
    );
    const [lineId = ""] = content.lines.keys();
    const [sectionId = ""] = content.sections.keys();
    const changes = [
      { type: "estimate.set", set: { title: "Другая" } },
      { type: "estimate.set", set: { discount: { kind: "percent", percent: "50", base: "all" } } },
      { type: "line.set", lineId, set: { price: "1.00" } },
      { type: "line.set", lineId, set: { isChosen: false } },
      { type: "line.remove", lineId },
      { type: "section.remove", sectionId },
    ];
    for (const change of changes) {
      const body = { baseVersion: null, changes: [{ id: newId(), ...change }] };
      expect([change, await ask("POST", "/changes", JSON.stringify(body))]).toEqual([change, 423]);
      expect(await contentOf()).toBe(before);
    }
    expect(await ask("DELETE", "")).toBe(423);
    expect(await contentOf()).toBe(before);
  });
});

async function ask(method: string, path: string, body?: string): Promise<number> {
  const answer = await stage.app.request(`/api/v1/estimates/${id}${path}`, {
    method,
    headers: { Authorization: `Bearer ${session}`, "Content-Type": "application/json" },
    ...(body === undefined ? {} : { body }),
  });
  return answer.status;
}
