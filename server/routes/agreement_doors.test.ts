import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { actions } from "../../bot/actions.ts";
import { createSimulator, type Simulator } from "../../bot/simulator/simulator.ts";
import { startTestBot, TEST_TOKEN, TEST_USERNAME, type TestBot } from "../../bot/testing.ts";
import { insertSession } from "../../db/sessions.ts";
import type { Actor } from "../../domain/access.ts";
import type { Revision } from "../../domain/agreement.ts";
import {
  ESTIMATE_STATUSES,
  type EstimateStatus,
  statusAfter,
  type StatusStep,
} from "../../domain/estimate/status.ts";
import type { Id } from "../../domain/ids.ts";
import { makeToken } from "../auth/tokens.ts";
import { createCrm } from "../crm/crm.ts";
import { applyDealChange } from "../crm/deal_changes.ts";
import { testSecretKey } from "../crm/testing_crm.ts";
import { newId } from "../new_id.ts";
import type { TestPeople } from "../services/testing_agreement.ts";
import { newContract, newExtra } from "../services/testing_contracts.ts";
import { createSteps, type Steps } from "../services/testing_steps.ts";
import { createShareStage, hidden, PERSON, type ShareStage } from "./testing_share.ts";

const STEPS: readonly StatusStep[] = [
  ...(["submit", "approve", "return", "withdraw", "revise", "archive"] as const),
];
const KINDS = ["an estimate", "extra work"] as const;
type Kind = (typeof KINDS)[number];

interface Given {
  readonly id: Id;
  readonly revision: Revision;
}

/** A way into the program, with somebody at it. */
interface Door {
  readonly may: readonly StatusStep[];
  /** Tries a step. @param isExpected whether it should be taken */
  try(step: StatusStep, given: Given, isExpected: boolean): Promise<void>;
}

const EVERYTHING = STEPS;
const FOREMANS: readonly StatusStep[] = ["submit", "withdraw", "revise", "archive"];
const MAY: Readonly<Record<keyof TestPeople, readonly StatusStep[]>> = {
  owner: EVERYTHING,
  manager: EVERYTHING,
  foreman: FOREMANS,
  otherForeman: [],
  stranger: [],
};

let stage: ShareStage;
let simulator: Simulator;
let bot: TestBot;
const machines = new Map<Kind, Steps>();
const tokens = new Map<string, string>();

beforeAll(async () => {
  stage = await createShareStage();
  simulator = createSimulator({ token: TEST_TOKEN, botUsername: TEST_USERNAME });
  const { url } = await simulator.listen({ port: 0 });
  const publicUrl = "https://smetka.example";
  bot = await startTestBot({ updates: stage.work.updates, apiRoot: url, publicUrl });
  bot.poll();
  const { work, people } = stage;
  const contractId = await newContract(work, people);
  machines.set("an estimate", createSteps(work, people));
  machines.set(
    "extra work",
    createSteps(work, people, () => newExtra(work, people.foreman, contractId)),
  );
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

function machineOf(kind: Kind): Steps {
  const machine = machines.get(kind);
  if (!machine) throw new Error("no such kind");
  return machine;
}

/** Tries every step from every status at one door; what came out otherwise than the rules say. */
async function findWrongs(kind: Kind, door: Door, steps: readonly StatusStep[] = STEPS) {
  const { cardOf, estimateIn } = machineOf(kind);
  const wrongs: string[] = [];
  for (const status of ESTIMATE_STATUSES) {
    let given: Given | null = null;
    for (const step of steps) {
      given ??= await estimateIn(status);
      const next = door.may.includes(step) ? statusAfter(status, step) : null;
      await door.try(step, given, next !== null);
      const found = (await cardOf(given.id)).status;
      if (found !== (next ?? status)) wrongs.push(`${step} of ${status}: ${found}`);
      if (found !== status) given = null;
    }
  }
  return wrongs;
}

const API_STEPS: Readonly<Record<StatusStep, (given: Given) => [string, object]>> = {
  submit: () => ["submit", {}],
  approve: ({ revision }) => ["approve", { revisionId: revision.id }],
  return: ({ revision }) => ["reject", { revisionId: revision.id, reason: "Дорого" }],
  withdraw: ({ revision }) => ["withdraw", { revisionId: revision.id }],
  revise: ({ revision }) => ["revise", { revisionId: revision.id }],
  archive: () => ["archive", {}],
};

function apiDoor(who: string, may: readonly StatusStep[]): Door {
  return {
    may,
    try: async (step, given, isExpected) => {
      const [path, body] = API_STEPS[step](given);
      const answer = await stage.app.request(`/api/v1/estimates/${given.id}/${path}`, {
        method: "POST",
        headers: {
          Authorization: `Bearer ${tokens.get(who)}`,
          "Content-Type": "application/json",
        },
        body: JSON.stringify(body),
      });
      if (isExpected && !answer.ok) throw new Error(`${step}: ${answer.status}`);
      if (answer.status >= 500) throw new Error(`${step} broke`);
    },
  };
}

/** The chat puts nothing into the archive. */
const CHAT_STEPS: readonly StatusStep[] = ["submit", "approve", "return", "withdraw", "revise"];

function buttonOf(step: StatusStep, { id, revision }: Given, version: number) {
  switch (step) {
    case "submit":
      return actions.estimateSendAnywayTo.button("Нажать", id, version, "manager");
    case "approve":
      return actions.approve.button("Нажать", revision.id);
    case "return":
      return actions.giveBack.button("Нажать", revision.id);
    case "withdraw":
      return actions.withdraw.button("Нажать", revision.id);
    default:
      return actions.revise.button("Нажать", revision.id);
  }
}

async function telegramIdOf({ userId }: Actor): Promise<number> {
  const [row] = await stage.work.database.sql`
    select telegram_id from telegram_users where user_id = ${userId}
  `;
  return Number(row?.["telegram_id"]);
}

/** An old card whose buttons are all still there. */
async function chatDoor(who: keyof TestPeople): Promise<Door> {
  const id = await telegramIdOf(stage.people[who]);
  const person = simulator.person({ id, firstName: who });
  person.start();
  await simulator.settle();
  return {
    may: MAY[who],
    try: async (step, given, isExpected) => {
      const { version } = await machineOf("an estimate").cardOf(given.id);
      const inline_keyboard = [[buttonOf(step, given, version)]];
      await bot.api.sendMessage(id, "Старая карточка", { reply_markup: { inline_keyboard } });
      person.press("Нажать");
      await simulator.settle();
      if (step !== "return" || !isExpected) return;
      person.sendText("Дорого");
      await simulator.settle();
    },
  };
}

/** A deal that somebody moved to the stage of a status. */
function crmDoor(): Door {
  const { work, people } = stage;
  const { dependencies } = createCrm({
    ...work.dependencies,
    asActor: work.asActor,
    secretKey: testSecretKey,
    publicUrl: null,
    arePrivateHostsAllowed: true,
    log: pino({ level: "silent" }),
  });
  const stageOf = { submit: "sent", approve: "agreed", return: "back" } as const;
  return {
    may: ["approve", "return"],
    try: async (step, { id }) => {
      if (step !== "submit" && step !== "approve" && step !== "return") return;
      const pipelineId = "1";
      const stages = { submitted: "sent", approved: "agreed", returned: "back" };
      const connection = {
        companyId: people.owner.companyId,
        id: newId(),
        kind: "bitrix24",
        account: "portal",
        settings: { stageMap: { pipelineId, stages }, pipelines: [], webhookProblem: null },
        createdBy: people.owner.userId,
      };
      const deal = { title: "Сделка", pipelineId, stageId: stageOf[step], outcome: "open" };
      await applyDealChange(dependencies, connection as never, {
        estimateId: id,
        deal: deal as never,
        previous: { pipelineId, stageId: "new" },
      });
    },
  };
}

describe.each(KINDS)("the status of %s", (kind) => {
  it.each(Object.keys(MAY) as (keyof TestPeople)[])(
    "moves by the rules for the %s at the API",
    { timeout: 60_000 },
    async (who) => {
      expect(await findWrongs(kind, apiDoor(who, MAY[who]))).toEqual([]);
    },
  );

  it.each([
    ["key read", []],
    ["key write", FOREMANS],
  ] as const)("moves by the rules for a program with a %s", async (who, may) => {
    expect(await findWrongs(kind, apiDoor(who, may))).toEqual([]);
  });

  it.each(Object.keys(MAY) as (keyof TestPeople)[])(
    "moves by the rules for the %s in the chat, whatever buttons old messages have",
    { timeout: 120_000 },
    async (who) => {
      expect(await findWrongs(kind, await chatDoor(who), CHAT_STEPS)).toEqual([]);
    },
  );

  it("moves by the rules for a stage of the CRM", async () => {
    const steps = ["submit", "approve", "return"] as const;
    expect(await findWrongs(kind, crmDoor(), steps)).toEqual([]);
  });

  it.each(ESTIMATE_STATUSES)(
    "is agreed to by the client's link only as far as it is out: %s",
    async (status) => {
      const { id, token } = await sharedIn(kind, status);
      const before = await machineOf(kind).cardOf(id);
      const page = await (await stage.get(`/s/${token}`)).text();
      const isOpen = status === "submitted" || status === "approved";
      const fields = isOpen
        ? { sha256: hidden(page, "sha256"), total: hidden(page, "total") }
        : { sha256: "0".repeat(64), total: "1.00" };
      const answer = await stage.post(`/s/${token}/agree`, { ...PERSON, ...fields });
      expect(answer.status).toBe(isOpen ? 303 : 409);
      const after = await machineOf(kind).cardOf(id);
      expect(after.status).toBe(isOpen ? "approved" : before.status);
    },
  );
});

/** An estimate in a status that the client got a link to while it was out. */
async function sharedIn(kind: Kind, status: EstimateStatus): Promise<{ id: Id; token: string }> {
  const { people, work } = stage;
  const { as, estimateIn } = machineOf(kind);
  const { id, revision } = await estimateIn("submitted");
  const reference = { revisionId: revision.id };
  const link = await work.asActor(people.foreman, ({ sharing }) => sharing.share(id));
  const token = link.path.slice("/s/".length);
  if (status === "draft") await as(people.foreman, (agreement) => agreement.withdraw(reference));
  if (status === "returned") {
    const by = { channel: "chat", reason: "Дорого" } as const;
    await as(people.manager, (agreement) => agreement.giveBack(reference, by));
  }
  if (status === "approved" || status === "archived") {
    await as(people.manager, (agreement) => agreement.approve(reference, { channel: "chat" }));
  }
  if (status === "archived") await as(people.foreman, (agreement) => agreement.archive(id));
  return { id, token };
}
