import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import { formatMoney } from "../../domain/money.ts";
import type { AmocrmOptions } from "./amocrm/fake/options.ts";
import type { Bitrix24Options } from "./bitrix24/fake/options.ts";
import { pushEstimate } from "./pushing.ts";
import { syncConnection } from "./syncing.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testFile, testSignal } from "./testing.ts";

/** Switches of the fakes that change more than one adapter's answer; see docs/crm-fakes.md. */

const opened: CrmWork[] = [];
let crm: CrmWork;
let lastTelegramId = 8000;

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

async function connectBitrix24(options: Partial<Bitrix24Options>, contacts = 0) {
  const stage = await stageBitrix24({ contacts, options });
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: stage.portal.webhookUrl });
  return { stage, place: { companyId: crm.actor.companyId, connectionId } };
}

async function connectAmocrm(options: Partial<AmocrmOptions>) {
  const stage = await stageAmocrm({ contacts: 0, options: { price: "minorUnits", ...options } });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  const { connectionId } = await crm.connect({ kind: "amocrm", domain, token });
  return { stage, place: { companyId: crm.actor.companyId, connectionId } };
}

type Place = Awaited<ReturnType<typeof connectBitrix24>>["place"];

async function push(place: Place, approved: ApprovedEstimate) {
  const { estimateId, revision } = approved;
  await tenantTransaction(crm.work.database.sql, place.companyId, (tx) =>
    requestCrmPush(tx, place.companyId, place.connectionId, { estimateId, revision }),
  );
  const sources = { approved: async () => approved, pdf: testPdf };
  const request = { ...place, estimateId, signal: testSignal };
  return pushEstimate(crm.crm.dependencies, sources, request);
}

function sync(place: Place) {
  return syncConnection(crm.crm.dependencies, { ...place, isFull: false, signal: testSignal });
}

/** What the owner was told in the chat. */
async function told(): Promise<string[]> {
  const rows = await crm.work.database.sql<{ content: { reason: string } }[]>`
    select content from telegram_notifications where kind = 'crm_trouble' order by id
  `;
  return rows.map(({ content }) => content.reason);
}

async function states(): Promise<unknown[]> {
  const rows = await crm.work.database.sql`select state from crm_pushes order by estimate_id`;
  return rows.map(({ state }) => state as unknown);
}

const rightDeal = ({ total }: ApprovedEstimate, files: readonly string[]) => ({
  total: Number(formatMoney(total)),
  files,
});

describe("a slow portal of Bitrix24 whose web server gives up (requestSeconds)", () => {
  it("is asked for fewer pages at once, until it answers in time: nobody is missed", async () => {
    const slow = { cost: () => 0.3, requestSeconds: 1, operatingLimit: null };
    const { stage, place } = await connectBitrix24(slow, 420);
    const before = stage.requests();
    expect(await sync(place)).toMatchObject({ outcome: "done", clients: 420 });
    expect(await crm.count("crm_clients")).toBe(420);
    // One count, companies and deals; 50 pages, 25, 12 and 6 too long; then three at a time.
    expect(stage.requests() - before).toBeLessThan(12);
    expect(await told()).toEqual([]);
  });

  it("even with one page, is left to another hour and keeps its place", async () => {
    const { stage, place } = await connectBitrix24({ operatingLimit: null }, 60);
    stage.portal.options.requestSeconds = 0;
    await expect(sync(place)).rejects.toMatchObject({ failure: { kind: "transient" } });
    stage.portal.options.requestSeconds = 60;
    expect(await sync(place)).toMatchObject({ outcome: "done" });
    expect(await crm.count("crm_clients")).toBe(60);
  });

  it("has made the deal all the same: it is found and stays one", async () => {
    const cost = (method: string) => (method === "crm.item.add" ? 61 : 0.1);
    const { stage, place } = await connectBitrix24({ cost });
    const approved = await addApproved(crm);
    await expect(push(place, approved)).rejects.toMatchObject({ failure: { kind: "unknown" } });
    expect(await push(place, approved)).toBe("done");
    expect(stage.deals()).toMatchObject([rightDeal(approved, [testFile.fileName])]);
  });
});

describe("a portal of Bitrix24 that takes no large body (maxBodyBytes)", () => {
  it("gets the deal with its rows and the text with the link, and the owner reads that the PDF is missing", async () => {
    const { stage, place } = await connectBitrix24({ maxBodyBytes: 100_000 });
    const approved = await addApproved(crm);
    expect(await push(place, approved)).toBe("done");
    expect(await push(place, approved)).toBe("done");
    expect(stage.deals()).toMatchObject([{ ...rightDeal(approved, []), lines: 3 }]);
    expect(stage.portal.journal.count("crm.timeline.comment.add")).toBe(2);
    expect(await told()).toEqual([expect.stringMatching(/PDF CRM не приняла.*по ссылке/)]);
    expect(await states()).toEqual(["done"]);
  });
});

describe("a portal of Bitrix24 that answers over https alone (isHttpsRequired)", () => {
  it("is not connected by a plain address, and it is said which one is needed", async () => {
    await expect(connectBitrix24({ isHttpsRequired: true })).rejects.toThrow(/https:\/\//);
    expect(await crm.count("crm_connections")).toBe(0);
  });

  it("from one day on stops the connection: the owner is told once, nobody calls it again", async () => {
    const { stage, place } = await connectBitrix24({}, 3);
    stage.portal.options.isHttpsRequired = true;
    await expect(sync(place)).rejects.toMatchObject({ failure: { kind: "stopped" } });
    const before = stage.requests();
    expect(await sync(place)).toEqual({ outcome: "off" });
    expect(await push(place, await addApproved(crm))).toBe("off");
    expect(stage.requests()).toBe(before);
    expect(await told()).toEqual([expect.stringContaining("https://")]);
  });
});

describe("a portal of Bitrix24 that refuses to be read", () => {
  it("is asked again by the next scan, and the owner is told once", async () => {
    const { stage, place } = await connectBitrix24({}, 3);
    const fault = { kind: "reply", status: 400, body: { error: "ERROR_CORE" } } as const;
    stage.portal.faults.add({ on: "batch", times: 2, fault });
    await expect(sync(place)).rejects.toMatchObject({ failure: { kind: "invalid" } });
    await expect(sync(place)).rejects.toMatchObject({ failure: { kind: "invalid" } });
    expect(await told()).toEqual([expect.stringContaining("Загрузка из CRM не идёт")]);
    expect(await sync(place)).toMatchObject({ outcome: "done" });
    expect(await crm.count("crm_clients")).toBe(3);
  });
});

describe("a portal of Bitrix24 that wants a field of its own filled in (requiredDealFields)", () => {
  it("gets no deal: the owner reads what to change there, and then «Повторить» brings it", async () => {
    const { stage, place } = await connectBitrix24({ requiredDealFields: ["sourceDescription"] });
    const approved = await addApproved(crm);
    await expect(push(place, approved)).rejects.toMatchObject({ failure: { kind: "invalid" } });
    expect(stage.deals()).toEqual([]);
    expect(await states()).toEqual(["failed"]);
    expect(await told()).toEqual([expect.stringMatching(/обязательно поле сделки.*Она цела/)]);
    stage.portal.options.requiredDealFields = [];
    expect(await crm.work.asActor(crm.actor, (services) => services.crm.retryFailedPushes())).toBe(
      1,
    );
    expect(await push(place, approved)).toBe("done");
    expect(stage.deals()).toMatchObject([rightDeal(approved, [testFile.fileName])]);
  });
});

describe("an integration of amoCRM without access to files (mayUseFiles: false)", () => {
  it("gets its deals with their lines, and the owner is told once what is missing", async () => {
    const { stage, place } = await connectAmocrm({ mayUseFiles: false });
    const first = await addApproved(crm);
    expect(await push(place, first)).toBe("done");
    const second = await addApproved(crm);
    expect(await push(place, second)).toBe("done");
    expect(stage.deals()).toMatchObject([rightDeal(first, []), rightDeal(second, [])]);
    expect(stage.deals().map(({ lines }) => lines)).toEqual([3, 3]);
    expect(await told()).toEqual([expect.stringMatching(/без PDF.*доступ к файлам/)]);
    expect(await states()).toEqual(["done", "done"]);
    stage.account.options.mayUseFiles = true;
    const third = await addApproved(crm);
    expect(await push(place, third)).toBe("done");
    expect(stage.deals()[2]?.files).toEqual([testFile.fileName]);
  });
});

describe("an account of amoCRM that takes no large file (fileBytes)", () => {
  it("gets the deal, and the owner reads which PDF is missing", async () => {
    const { stage, place } = await connectAmocrm({ fileBytes: 100_000 });
    const approved = await addApproved(crm);
    expect(await push(place, approved)).toBe("done");
    expect(stage.deals()).toMatchObject([rightDeal(approved, [])]);
    expect(await told()).toEqual([expect.stringMatching(/PDF CRM не приняла.*по ссылке/)]);
  });
});

describe("keys of an integration of amoCRM that came too late (codeSeconds)", () => {
  it("are not taken, and it is said what to send", async () => {
    const { account } = await stageAmocrm({ contacts: 0 });
    const { clientId, clientSecret, redirectUri } = account.oauth;
    const oauth = { clientId, clientSecret, redirectUri, code: account.oauth.authorizationCode() };
    await account.clock.advance(21 * 60_000);
    const connecting = crm.connect({ kind: "amocrm", domain: account.domain, oauth });
    await expect(connecting).rejects.toThrow(/Код авторизации живёт 20 минут/);
    expect(await crm.count("crm_connections")).toBe(0);
  });
});
