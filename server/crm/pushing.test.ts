import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import { dealOf } from "../../domain/crm_push.ts";
import { formatMoney } from "../../domain/money.ts";
import type { Crm } from "./crm.ts";
import { pushEstimate } from "./pushing.ts";
import {
  addApproved,
  approvedOf,
  createCrmWork,
  type CrmWork,
  losingDatabase,
  testPdf,
} from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  await Promise.all(opened.map(({ work }) => work.close()));
});

async function connectBitrix24() {
  const stage = await stageBitrix24({ contacts: 0 });
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: stage.portal.webhookUrl });
  return { ...stage, connectionId };
}

async function connectAmocrm() {
  const stage = await stageAmocrm({ contacts: 0, options: { price: "minorUnits" } });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
  return { ...stage, connectionId };
}

async function request(connectionId: string, { estimateId, revision }: ApprovedEstimate) {
  const { companyId } = crm.actor;
  await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
    requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
  );
}

async function push(
  connectionId: string,
  approved: ApprovedEstimate,
  dependencies: Crm["dependencies"] = crm.crm.dependencies,
) {
  const { companyId } = crm.actor;
  const { estimateId } = approved;
  const sources = { approved: async () => approved, pdf: testPdf };
  return pushEstimate(dependencies, sources, {
    companyId,
    connectionId,
    estimateId,
    signal: testSignal,
  });
}

/** A worker that died holds its lease until it runs out. */
async function waitForLease(): Promise<void> {
  await crm.work.database.sql`update crm_pushes set lease_until = '2000-01-01'`;
}

async function findError(): Promise<unknown> {
  const [row] = await crm.work.database.sql`select state, error from crm_pushes`;
  return row;
}

function totalOf(approved: ApprovedEstimate): number {
  const deal = dealOf(approved, { client: null, stage: null, currency: "RUB" });
  return Number(formatMoney(deal.total));
}

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("an approved estimate in %s", (_, connect) => {
  it("becomes one deal with its client, its sum to the kopeck and one file", async () => {
    const stage = await connect();
    const client = await crm.work.asActor(crm.actor, ({ clients }) =>
      clients.create({
        name: "ООО «Ромашка»",
        kind: "person",
        phones: [{ raw: "8 912 345-67-89", e164: null }],
        emails: [],
        inn: "",
        address: "",
        note: "",
      }),
    );
    const approved = await addApproved(crm, { clientId: client.id });
    await request(stage.connectionId, approved);
    expect(await push(stage.connectionId, approved)).toBe("done");
    expect(await push(stage.connectionId, approved)).toBe("done");
    expect(stage.deals()).toMatchObject([
      {
        key: approved.estimateId,
        total: totalOf(approved),
        files: [expect.any(String)],
        clients: 1,
      },
    ]);
    expect(await findError()).toEqual({ state: "done", error: null });
  });

  it("is brought up to date by the next revision, without a second deal", async () => {
    const stage = await connect();
    const first = await addApproved(crm);
    await request(stage.connectionId, first);
    await push(stage.connectionId, first);
    const second = approvedOf(first.estimateId, first.number, { revision: 2, price: 50_033n });
    await request(stage.connectionId, second);
    await push(stage.connectionId, second);
    // A late worker with the older revision changes nothing back.
    await push(stage.connectionId, first);
    expect(stage.deals()).toMatchObject([{ total: totalOf(second) }]);
    expect(totalOf(second)).not.toBe(totalOf(first));
  });

  it.each(["before", "after"] as const)(
    "stays one deal when the worker dies at any call, just %s it",
    async (moment) => {
      const stage = await connect();
      const approved = await addApproved(crm);
      await request(stage.connectionId, approved);
      let deaths = 0;
      for (let fatal = 1; fatal <= 40; fatal += 1) {
        let calls = 0;
        const mortal = crm.withHttp((next) => async (call) => {
          calls += 1;
          if (calls < fatal) return next(call);
          if (moment === "after" && calls === fatal) await next(call);
          throw new Error("killed");
        });
        const outcome = await push(stage.connectionId, approved, mortal).catch(() => "killed");
        await waitForLease();
        if (outcome === "done") break;
        deaths += 1;
      }
      expect(deaths).toBeGreaterThan(3);
      expect(await push(stage.connectionId, approved)).toBe("done");
      expect(stage.deals()).toMatchObject([
        { key: approved.estimateId, total: totalOf(approved), files: [expect.any(String)] },
      ]);
      expect(stage.duplicates()).toBe(0);
    },
  );

  it("stays one deal when the answer to its creation is lost", async () => {
    const stage = await connect();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    stage.loseAnswerOfCreation();
    await expect(push(stage.connectionId, approved)).rejects.toMatchObject({
      failure: { kind: "unknown" },
    });
    expect(await findError()).toMatchObject({ state: "unknown" });
    await push(stage.connectionId, approved);
    expect(stage.deals()).toHaveLength(1);
  });

  it("is pushed by one worker at a time", async () => {
    const stage = await connect();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    let second: string | null = null;
    const overtaken = crm.withHttp((next) => async (call) => {
      // The other one comes while this one is in the middle of its work.
      second ??= await push(stage.connectionId, approved);
      return next(call);
    });
    expect(await push(stage.connectionId, approved, overtaken)).toBe("done");
    expect(second).toBe("busy");
    expect(stage.deals()).toHaveLength(1);
  });

  it.each([
    ["while it works", 3],
    ["before it hears that the push is its own", 2],
  ])("is not held by a worker that lost the database %s", async (_moment, first) => {
    const stage = await connect();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    const broken = losingDatabase(crm.crm.dependencies, { first, times: 4 });
    await expect(push(stage.connectionId, approved, broken)).rejects.toThrow("lost");
    expect(await push(stage.connectionId, approved)).toBe("done");
    expect(stage.deals()).toHaveLength(1);
  });

  it("gets a new deal when somebody deleted the old one there", async () => {
    const stage = await connect();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    await push(stage.connectionId, approved);
    const [old] = stage.deals();
    stage.deleteDeal(old?.id ?? "");
    const next = approvedOf(approved.estimateId, approved.number, { revision: 2 });
    await request(stage.connectionId, next);
    expect(await push(stage.connectionId, next)).toBe("done");
    expect(stage.deals()).toMatchObject([{ total: totalOf(next) }]);
    expect(stage.deals()[0]?.id).not.toBe(old?.id);
  });
});

it("does nothing for a connection that was removed meanwhile", async () => {
  const stage = await connectBitrix24();
  const approved = await addApproved(crm);
  await request(stage.connectionId, approved);
  await crm.work.database.sql`update crm_connections set state = 'removed'`;
  const before = stage.requests();
  expect(await push(stage.connectionId, approved)).toBe("off");
  expect(stage.requests()).toBe(before);
});

describe("what leaders are told", () => {
  let lastTelegramId = 9000;
  const nextTelegramId = () => (lastTelegramId += 1);

  async function troubles(): Promise<string[]> {
    const rows = await crm.work.database.sql<{ content: { reason: string } }[]>`
      select content from telegram_notifications where kind = 'crm_trouble' order by id
    `;
    return rows.map(({ content }) => content.reason);
  }

  beforeEach(async () => {
    await crm.work.database.sql`
      insert into telegram_users (telegram_id, user_id, first_name)
      values (${nextTelegramId()}, ${crm.actor.userId}, 'Владелец')
    `;
  });

  it("is once that amoCRM blocked our address, and nobody calls it again", async () => {
    const stage = await connectAmocrm();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    stage.account.edit.block();
    const before = stage.requests();
    await expect(push(stage.connectionId, approved)).rejects.toMatchObject({
      failure: { kind: "stopped", reason: "blocked" },
    });
    expect(stage.requests()).toBe(before + 1);
    expect(await push(stage.connectionId, approved)).toBe("off");
    expect(stage.requests()).toBe(before + 1);
    expect(await troubles()).toEqual([expect.stringContaining("заблокировала запросы")]);
  });

  it("is nothing by the push itself when all attempts are used up: its dead letter tells", async () => {
    const stage = await connectBitrix24();
    const approved = await addApproved(crm);
    await request(stage.connectionId, approved);
    stage.portal.faults.add({ on: /./, times: 100, fault: { kind: "html", status: 502 } });
    const attempt = (isLastAttempt: boolean) =>
      pushEstimate(
        crm.crm.dependencies,
        { approved: async () => approved, pdf: testPdf },
        {
          ...crm.actor,
          connectionId: stage.connectionId,
          estimateId: approved.estimateId,
          signal: testSignal,
          isLastAttempt,
        },
      );
    await expect(attempt(false)).rejects.toThrow("transient");
    await expect(attempt(true)).rejects.toThrow("transient");
    expect(await troubles()).toEqual([]);
    expect(await findError()).toMatchObject({ state: "failed" });
  });
});
