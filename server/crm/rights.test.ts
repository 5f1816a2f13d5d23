import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import { startAccount } from "./amocrm/fake/testing.ts";
import { checkConnection } from "./checking.ts";
import { pushEstimate } from "./pushing.ts";
import { handleInbox, receiveWebhook } from "./receiving.ts";
import { syncConnection } from "./syncing.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;
let lastTelegramId = 7000;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
  lastTelegramId += 1;
  await crm.work.database.sql`
    insert into telegram_users (telegram_id, user_id, first_name)
    values (${lastTelegramId}, ${crm.actor.userId}, 'Владелец')
  `;
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

async function connectBitrix24(contacts = 0) {
  const stage = await stageBitrix24({ contacts });
  const access = { kind: "bitrix24", url: stage.portal.webhookUrl, applicationToken: "t" } as const;
  const { connectionId, webhookUrl } = await crm.connect(access);
  const key = webhookUrl?.split("/").at(-1) ?? "";
  const place = { companyId: crm.actor.companyId, connectionId };
  const send = (event: string, id: number | string) =>
    receiveWebhook(crm.crm.dependencies, "bitrix24", key, {
      body: `event=${event}&data[FIELDS][ID]=${id}&auth[application_token]=t`,
      contentType: "application/x-www-form-urlencoded",
      headers: {},
    });
  return { stage, place, send };
}

/** What the owner was told in the chat. */
async function told(): Promise<string[]> {
  const rows = await crm.work.database.sql<{ content: { reason: string } }[]>`
    select content from telegram_notifications where kind = 'crm_trouble' order by id
  `;
  return rows.map(({ content }) => content.reason);
}

async function hideFunnelOfApproved() {
  const connected = await connectBitrix24();
  const hidden = connected.stage.portal.edit.createDeal({ title: "Чужая", categoryId: 7 });
  const { stage, place } = connected;
  await crm.work.asActor(crm.actor, (services) =>
    services.crm.setStageMap(place.connectionId, {
      pipelineId: "7",
      stages: { submitted: null, approved: "C7:NEW", returned: null },
    }),
  );
  stage.portal.edit.hideFunnel(7);
  return { ...connected, hidden };
}

describe("an employee of Bitrix24 who may not do everything", () => {
  it("and sees the pipeline of our deals no more: the owner is told once", async () => {
    const { place } = await hideFunnelOfApproved();
    await checkConnection(crm.crm.dependencies, place, testSignal);
    await checkConnection(crm.crm.dependencies, place, testSignal);
    expect(await told()).toEqual([expect.stringContaining("Воронка и стадии")]);
  });

  it("and can't make a deal in that pipeline: the owner is told, the estimate is whole", async () => {
    const { stage, place } = await hideFunnelOfApproved();
    const approved = await addApproved(crm);
    const { estimateId, revision } = approved;
    await tenantTransaction(crm.work.database.sql, place.companyId, (tx) =>
      requestCrmPush(tx, place.companyId, place.connectionId, { estimateId, revision }),
    );
    const sources = { approved: async () => approved, pdf: testPdf };
    const request = { ...place, estimateId, signal: testSignal };
    await expect(pushEstimate(crm.crm.dependencies, sources, request)).rejects.toMatchObject({
      failure: { kind: "invalid" },
    });
    expect(await told()).toEqual([expect.stringMatching(/не получилось передать.*Она цела/)]);
    expect(stage.deals().filter(({ key }) => key !== null)).toEqual([]);
  });

  it("and hears of a deal that is hidden from him: the other events are read all the same", async () => {
    const { stage, place, send, hidden } = await hideFunnelOfApproved();
    const contact = stage.addClient("Пётр", []);
    await send("ONCRMDEALUPDATE", hidden);
    await send("ONCRMCONTACTADD", contact);
    expect(await handleInbox(crm.crm.dependencies, place, testSignal)).toEqual({ hasMore: false });
    expect([await crm.count("clients"), await crm.count("crm_deals")]).toEqual([1, 0]);
    const [waiting] = await crm.work.database.sql`
      select count(*)::int as count from crm_inbox where handled_at is null
    `;
    expect(waiting).toEqual({ count: 0 });
  });

  it("and whose webhook lost the right «CRM»: the connection stops, the owner is told once", async () => {
    const { stage, place } = await connectBitrix24(3);
    stage.portal.edit.removeScope("crm");
    const request = { ...place, isFull: false, signal: testSignal };
    await expect(syncConnection(crm.crm.dependencies, request)).rejects.toMatchObject({
      failure: { kind: "stopped", reason: "rights" },
    });
    expect(await syncConnection(crm.crm.dependencies, request)).toEqual({ outcome: "off" });
    expect(await told()).toEqual([expect.stringContaining("не хватает прав")]);
  });
});

describe("a token of amoCRM", () => {
  it("of somebody who is no administrator is not taken, and it is said whose is needed", async () => {
    const account = await startAccount({ contacts: 0, options: { isAdministrator: false } });
    const { domain, longLivedToken: token } = account;
    await expect(crm.connect({ kind: "amocrm", domain, token })).rejects.toThrow(
      /Нужен токен администратора amoCRM/,
    );
    expect(await crm.count("crm_connections")).toBe(0);
  });

  it("that may not read any more stops the connection, and the owner is told once", async () => {
    const { account } = await stageAmocrm({ contacts: 3 });
    const { domain, longLivedToken: token } = account;
    const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
    const body = { title: "Forbidden", status: 403, detail: "Access denied" };
    account.faults.add({ on: /^GET /, times: 9, fault: { kind: "reply", status: 403, body } });
    const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
    await expect(syncConnection(crm.crm.dependencies, request)).rejects.toMatchObject({
      failure: { kind: "stopped", reason: "rights" },
    });
    expect(await told()).toEqual([expect.stringContaining("не хватает прав")]);
  });

  it("whose renewal is refused is told once, however many jobs meet it", async () => {
    const { account } = await stageAmocrm({ contacts: 3 });
    const { clientId, clientSecret, redirectUri } = account.oauth;
    const oauth = { clientId, clientSecret, redirectUri, code: account.oauth.authorizationCode() };
    const { connectionId } = await crm.connect({ kind: "amocrm", domain: account.domain, oauth });
    account.edit.removeIntegration();
    const place = { companyId: crm.actor.companyId, connectionId };
    const jobs = Array.from({ length: 5 }, () =>
      checkConnection(crm.crm.dependencies, place, testSignal),
    );
    const ended = await Promise.allSettled(jobs);
    expect(ended.some(({ status }) => status === "rejected")).toBe(true);
    expect(await told()).toEqual([expect.stringContaining("подключите CRM заново")]);
  });
});
