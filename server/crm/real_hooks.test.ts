import { EventEmitter, once } from "node:events";
import { Hono } from "hono";
import { afterAll, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import { crmRoutes } from "../routes/crm.ts";
import type { AmocrmOptions } from "./amocrm/fake/options.ts";
import type { Bitrix24Options } from "./bitrix24/fake/options.ts";
import { listen } from "./fake/listening.ts";
import { pushEstimate } from "./pushing.ts";
import { handleInbox } from "./receiving.ts";
import { addApproved, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { type CrmStage, stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

/** Hooks as the fakes post them, through the door to the inbox. */

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

type Answering = (answer: Response) => Promise<Response>;

/** Where a CRM of this machine reaches us. */
async function openDoor(webhookUrl: string | null, answering: Answering): Promise<string> {
  const door = new Hono().route("/", crmRoutes(crm.crm.door));
  const app = new Hono().post("*", async (context) => answering(await door.fetch(context.req.raw)));
  const listening = await listen(app as never);
  onTestFinished(() => listening.close());
  return listening.url + new URL(webhookUrl ?? "").pathname;
}

const asItIs: Answering = async (answer) => answer;

async function openAmocrm(options: Partial<AmocrmOptions>, answering = asItIs) {
  const stage = await stageAmocrm({ contacts: 0, options: { price: "minorUnits", ...options } });
  const { account } = stage;
  const { domain, longLivedToken: token } = account;
  crm.work.clock.now = new Date(account.clock.now());
  const { connectionId, webhookUrl } = await crm.connect({ kind: "amocrm", domain, token });
  const destination = await openDoor(webhookUrl, answering);
  await account.call("DELETE", "/webhooks", { destination: webhookUrl });
  const settings = ["add_contact", "add_lead", "update_lead", "status_lead"];
  await account.call("POST", "/webhooks", { destination, settings });
  const place = { companyId: crm.actor.companyId, connectionId };
  return { stage, place, settled: () => account.webhooks.settled() };
}

async function openBitrix24(options: Partial<Bitrix24Options>) {
  const stage = await stageBitrix24({ contacts: 0, options });
  const { portal } = stage;
  const applicationToken = "token of the portal";
  const access = { kind: "bitrix24", url: portal.webhookUrl, applicationToken } as const;
  const { connectionId, webhookUrl } = await crm.connect(access);
  portal.outgoingWebhook({ url: await openDoor(webhookUrl, asItIs), applicationToken });
  const place = { companyId: crm.actor.companyId, connectionId };
  return { stage, place, settled: () => portal.webhooks.settled() };
}

const CRMS: readonly [
  string,
  () => Promise<Awaited<ReturnType<typeof openBitrix24 | typeof openAmocrm>>>,
][] = [
  ["Bitrix24 that tells once", () => openBitrix24({ eventsPerUpdate: 1 })],
  ["Bitrix24 that tells three times", () => openBitrix24({ eventsPerUpdate: 3 })],
  [
    "Bitrix24 that does not tell of rows",
    () => openBitrix24({ doProductRowsRaiseEvent: false, doProductRowsTouchDeal: false }),
  ],
  ["amoCRM that tells of a status and of a change", () => openAmocrm({ statusHooks: "both" })],
  ["amoCRM that tells both in one post", () => openAmocrm({ statusHooks: "together" })],
  ["amoCRM that tells of the status alone", () => openAmocrm({ statusHooks: "statusOnly" })],
];

describe.each(CRMS)("%s", (_, open) => {
  async function move(stage: CrmStage, dealId: string): Promise<string> {
    const [pipeline] = await stage.adapter.pipelines(testSignal);
    const stageId = pipeline?.stages[1]?.id ?? "";
    stage.moveDeal(dealId, { pipelineId: pipeline?.id ?? "", stageId });
    return stageId;
  }

  it("of our own deal makes no second write, and of a move there one reading", async () => {
    const { stage, place, settled } = await open();
    const approved = await addApproved(crm);
    const { estimateId, revision } = approved;
    await tenantTransaction(crm.work.database.sql, place.companyId, (tx) =>
      requestCrmPush(tx, place.companyId, place.connectionId, { estimateId, revision }),
    );
    const sources = { approved: async () => approved, pdf: testPdf };
    const request = { ...place, estimateId, signal: testSignal };
    expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
    await settled();
    const before = stage.requests();
    await handleInbox(crm.crm.dependencies, place, testSignal);
    // The echo: read once, and that is all.
    expect(stage.requests()).toBe(before + 1);
    const [deal] = stage.deals();
    const stageId = await move(stage, deal?.id ?? "");
    await settled();
    const moved = stage.requests();
    await handleInbox(crm.crm.dependencies, place, testSignal);
    expect(stage.requests()).toBe(moved + 1);
    const rows = await crm.work.database.sql`
      select sync_data ->> 'stageId' as stage_id from crm_deals
    `;
    expect(rows).toEqual([{ stage_id: stageId }]);
  });
});

describe("a handler that amoCRM finds too slow (handlerPatience)", () => {
  it("is sent the same hook again, which is read once", async () => {
    const late = new EventEmitter();
    let posts = 0;
    const { stage, place } = await openAmocrm({}, async (answer) => {
      posts += 1;
      if (posts === 1) await once(late, "answered");
      return answer;
    });
    const { account } = stage;
    account.options.handlerPatience = 40;
    stage.addClient("Пётр", []);
    await account.webhooks.settled();
    late.emit("answered");
    account.options.handlerPatience = 30_000;
    await account.clock.advance(5 * 60_000);
    expect(account.webhooks.deliveries().map(({ status }) => status)).toEqual([null, 200]);
    const before = stage.requests();
    await handleInbox(crm.crm.dependencies, place, testSignal);
    expect(stage.requests()).toBe(before + 1);
    expect(await crm.count("clients")).toBe(1);
  });
});
