import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actions } from "../../bot/actions.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { startTestBot, TEST_TOKEN, TEST_USERNAME, type TestBot } from "../../bot/testing.ts";
import { insertSession } from "../../db/sessions.ts";
import type { Actor } from "../../domain/access.ts";
import { ACT_STATUSES, type ActStatus } from "../../domain/acts.ts";
import type { Id } from "../../domain/ids.ts";
import { makeToken } from "../auth/tokens.ts";
import type { TestPeople } from "../services/testing_agreement.ts";
import { done, newContract, shareOf } from "../services/testing_contracts.ts";
import { createShareStage, type ShareStage } from "./testing_share.ts";

const STEPS = ["change", "sign", "cancel", "remove"] as const;
type Step = (typeof STEPS)[number];
/** What an act can be afterwards; or it is gone. */
type State = ActStatus | "gone";

/** What each step makes of each status; where nothing stands it is refused, and nothing changes. */
const RULES: Readonly<Record<Step, Partial<Record<ActStatus, State>>>> = {
  change: { draft: "draft" },
  sign: { draft: "signed" },
  cancel: { signed: "cancelled" },
  remove: { draft: "gone" },
};

const MAY: Readonly<Record<keyof TestPeople, boolean>> = {
  owner: true,
  manager: true,
  foreman: true,
  otherForeman: false,
  stranger: false,
};

let stage: ShareStage;
let simulator: Simulator;
let bot: TestBot;
const tokens = new Map<string, string>();

beforeAll(async () => {
  stage = await createShareStage();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  bot = await startTestBot({ updates: stage.work.updates, apiRoot: url });
  bot.poll();
  const { work, people } = stage;
  for (const [name, actor] of Object.entries(people) as [string, Actor][]) {
    const token = makeToken();
    const expiresAt = new Date("2100-01-01");
    await insertSession(work.database.sql, token, { ...actor, kind: "miniapp", expiresAt });
    tokens.set(name, token);
  }
  for (const scope of ["read", "write"] as const) {
    const { token } = await work.asActor(people.owner, ({ apiKeys }) =>
      apiKeys.create({ name: scope, scope }),
    );
    tokens.set(`key ${scope}`, token);
  }
});

afterAll(async () => {
  await bot.stop();
  await simulator.close();
  await stage.close();
});

/** An act of a contract of its own, made by the foreman and signed by the manager. */
async function actIn(status: ActStatus): Promise<Id> {
  const { work, people } = stage;
  const contractId = await newContract(work, people);
  const { id } = await work.asActor(people.foreman, async ({ acts }) =>
    done(await acts.create(contractId, { take: shareOf(await acts.remainder(contractId), 100n) })),
  );
  await work.asActor(people.manager, async ({ acts }) => {
    if (status !== "draft") done(await acts.sign(id, { version: null }));
    if (status === "cancelled") done(await acts.cancel(id));
  });
  return id;
}

async function stateOf(id: Id): Promise<State> {
  const [row] = await stage.work.database.sql`
    select status from acts where id = ${id}
  `;
  return row ? (String(row["status"]) as ActStatus) : "gone";
}

type Try = (step: Step, id: Id) => Promise<unknown>;

async function findWrongs(may: boolean, attempt: Try, steps: readonly Step[] = STEPS) {
  const wrongs: string[] = [];
  for (const status of ACT_STATUSES) {
    let id: Id | null = null;
    for (const step of steps) {
      id ??= await actIn(status);
      const expected = (may ? RULES[step][status] : undefined) ?? status;
      await attempt(step, id);
      const found = await stateOf(id);
      if (found !== expected) wrongs.push(`${step} of ${status}: ${found}`);
      if (found !== status) id = null;
    }
  }
  return wrongs;
}

const REQUESTS: Readonly<Record<Step, readonly [string, string, object?]>> = {
  change: ["PATCH", "", { version: null, acceptedBy: "Кто угодно" }],
  sign: ["POST", "/sign", {}],
  cancel: ["POST", "/cancel"],
  remove: ["DELETE", ""],
};

function throughApi(who: string): Try {
  return async (step, id) => {
    const [method, path, body] = REQUESTS[step];
    const answer = await stage.app.request(`/api/v1/acts/${id}${path}`, {
      method,
      headers: {
        Authorization: `Bearer ${tokens.get(who)}`,
        ...(body ? { "Content-Type": "application/json" } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (answer.status >= 500) throw new Error(`${step} broke`);
  };
}

async function throughChat(who: keyof TestPeople): Promise<Try> {
  const { sql } = stage.work.database;
  const [row] = await sql`
    select telegram_id from telegram_users where user_id = ${stage.people[who].userId}
  `;
  const chatId = Number(row?.["telegram_id"]);
  const person = simulator.person({ id: chatId, firstName: who });
  person.start();
  await simulator.settle();
  return async (step, id) => {
    const [act] = await sql`select version from acts where id = ${id}`;
    const button = {
      sign: () => actions.actSign.button("Нажать", id, Number(act?.["version"] ?? 1)),
      cancel: () => actions.actCancel.button("Нажать", id),
      remove: () => actions.actRemove.button("Нажать", id),
      change: () => actions.actTake.button("Нажать", id, 0, "all"),
    }[step]();
    await bot.api.sendMessage(chatId, "Старая карточка", {
      reply_markup: { inline_keyboard: [[button]] },
    });
    person.press("Нажать");
    await simulator.settle();
  };
}

describe("the status of an act", () => {
  it.each(Object.keys(MAY) as (keyof TestPeople)[])(
    "moves by the rules for the %s at the API",
    async (who) => {
      expect(await findWrongs(MAY[who], throughApi(who))).toEqual([]);
    },
  );

  it.each([
    ["key read", false],
    ["key write", true],
  ] as const)("moves by the rules for a program with a %s", async (who, may) => {
    expect(await findWrongs(may, throughApi(who))).toEqual([]);
  });

  it.each(Object.keys(MAY) as (keyof TestPeople)[])(
    "moves by the rules for the %s in the chat, whatever buttons old messages have",
    async (who) => {
      expect(await findWrongs(MAY[who], await throughChat(who))).toEqual([]);
    },
  );
});

describe("what an act says", () => {
  it.each(["signed", "cancelled"] as const)("can't be changed once it is %s", async (status) => {
    const id = await actIn(status);
    const before = await stage.work.asActor(stage.people.owner, ({ acts }) => acts.get(id));
    for (const who of ["owner", "manager", "foreman", "key write"]) {
      await throughApi(who)("change", id);
    }
    const after = await stage.work.asActor(stage.people.owner, ({ acts }) => acts.get(id));
    expect(after).toEqual(before);
  });
});
