import { Hono } from "hono";
import { pino } from "pino";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { crmRoutes } from "../routes/crm.ts";
import type { AppEnvironment } from "../routes/dependencies.ts";
import { createErrorHandler } from "../routes/errors.ts";
import { handleInbox } from "./receiving.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

interface Door {
  readonly connectionId: string;
  /** What makes a form genuine. */
  readonly proof: string;
  /** Of one contact that is there. */
  readonly event: string;
  readonly post: (body: string, type?: string) => Promise<Response>;
}

async function postTo(path: string, body: string, type: string): Promise<Response> {
  const app = new Hono<AppEnvironment>().route("/", crmRoutes(crm.crm.door));
  app.onError(createErrorHandler(pino({ level: "silent" })));
  const headers = { "content-type": type };
  return app.request(path, { method: "POST", body, headers });
}

const FORM = "application/x-www-form-urlencoded";

async function openBitrix24(): Promise<Door> {
  const stage = await stageBitrix24({ contacts: 0 });
  const url = stage.portal.webhookUrl;
  const connected = await crm.connect({ kind: "bitrix24", url, applicationToken: "token" });
  const path = new URL(connected.webhookUrl ?? "").pathname;
  return {
    connectionId: connected.connectionId,
    proof: "auth[application_token]=token",
    event: `event=ONCRMCONTACTUPDATE&data[FIELDS][ID]=${stage.addClient("Пётр", [])}`,
    post: (body, type = FORM) => postTo(path, body, type),
  };
}

async function openAmocrm(): Promise<Door> {
  const stage = await stageAmocrm({ contacts: 0 });
  const { domain, longLivedToken: token, accountId } = stage.account;
  const connected = await crm.connect({ kind: "amocrm", domain, token });
  const path = new URL(connected.webhookUrl ?? "").pathname;
  return {
    connectionId: connected.connectionId,
    proof: `account[id]=${accountId}`,
    event: `contacts[update][0][id]=${stage.addClient("Иван", [])}`,
    post: (body, type = FORM) => postTo(path, body, type),
  };
}

describe.each([
  ["Bitrix24", openBitrix24],
  ["amoCRM", openAmocrm],
])("a webhook of %s", (_, open) => {
  async function waiting(connectionId: string): Promise<number> {
    const [row] = await crm.work.database.sql<{ count: number }[]>`
      select count(*)::int as count from crm_inbox where connection_id = ${connectionId}
    `;
    return row?.count ?? 0;
  }

  it.each([
    ["a megabyte of nothing", (proof: string) => `${proof}&x=${"я".repeat(500_000)}`],
    ["ten thousand keys", (proof: string) => `${proof}&${"a[b][c]=1&".repeat(10_000)}`],
    ["half a form", (proof: string) => `${proof}&leads[status][0][id&data[FIELDS`],
    ["broken percents", (proof: string) => `${proof}&data[FIELDS][ID]=%E0%A4%A&%=%`],
    [
      "names of the machine",
      (proof: string) =>
        `${proof}&__proto__[id]=1&constructor[prototype][id]=1&contacts[__proto__][0][id]=1`,
    ],
  ])("that is genuine and holds %s is answered with 200 and says nothing", async (_name, make) => {
    const { connectionId, proof, post } = await open();
    const answer = await post(make(proof));
    expect([answer.status, await waiting(connectionId)]).toEqual([200, 0]);
    expect(({} as Record<string, unknown>)["id"]).toBeUndefined();
  });

  it("that comes as JSON proves nothing and is a stranger's", async () => {
    const { connectionId, proof, post } = await open();
    const [name = "", value = ""] = proof.split("=");
    const answer = await post(JSON.stringify({ [name]: value }), "application/json");
    expect([answer.status, await waiting(connectionId)]).toEqual([404, 0]);
  });

  it("that is larger than any is refused before it is read", async () => {
    const { connectionId, proof, event, post } = await open();
    const answer = await post(`${proof}&${event}&x=${"x".repeat(2 * 1024 * 1024)}`);
    expect([answer.ok, await waiting(connectionId)]).toEqual([false, 0]);
  });

  it("that hides an event among ten thousand keys is read", async () => {
    const { connectionId, proof, event, post } = await open();
    const noise = "x[y][z]=1&".repeat(10_000);
    expect((await post(`${noise}${event}&${proof}`)).status).toBe(200);
    const place = { companyId: crm.actor.companyId, connectionId };
    const before = await crm.count("crm_clients");
    await handleInbox(crm.crm.dependencies, place, testSignal);
    expect(await crm.count("crm_clients")).toBe(before + 1);
  });
});
