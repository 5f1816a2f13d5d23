import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { ApprovedEstimate } from "../../domain/crm_push.ts";
import { checkConnection } from "./checking.ts";
import { createPace } from "./pace.ts";
import { pushEstimate } from "./pushing.ts";
import { receiveWebhook } from "./receiving.ts";
import { syncConnection } from "./syncing.ts";
import { addApproved, approvedOf, createCrmWork, type CrmWork, testPdf } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testFile, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

async function connectBitrix24() {
  const stage = await stageBitrix24({ contacts: 0 });
  const access = { kind: "bitrix24", url: stage.portal.webhookUrl, applicationToken: "t" } as const;
  return { ...stage, ...(await crm.connect(access)) };
}

async function connectAmocrm() {
  const stage = await stageAmocrm({ contacts: 0, options: { price: "minorUnits" } });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  const connected = await crm.connect({ kind: "amocrm", domain, token });
  return { ...stage, ...connected, edit: stage.account.edit };
}

const both = [
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
] as const;

async function push(connectionId: string, approved: ApprovedEstimate, pdf = testPdf) {
  const { companyId } = crm.actor;
  const { estimateId, revision } = approved;
  await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
    requestCrmPush(tx, companyId, connectionId, { estimateId, revision }),
  );
  const request = { companyId, connectionId, estimateId, signal: testSignal };
  return pushEstimate(crm.crm.dependencies, { approved: async () => approved, pdf }, request);
}

function sync(connectionId: string) {
  const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
  return syncConnection(crm.crm.dependencies, request);
}

async function problem(): Promise<unknown> {
  const [row] = await crm.work.database.sql`select problem from crm_connections`;
  return row?.["problem"];
}

describe.each(both)("%s", (_, connect) => {
  it("gets a new client when the old one was deleted there, and the deal has it", async () => {
    const stage = await connect();
    const client = await crm.work.asActor(crm.actor, ({ clients }) =>
      clients.create({
        name: "Уходящий",
        kind: "person",
        phones: [{ raw: "8 912 345-67-89", e164: null }],
        emails: [],
        inn: "",
        address: "",
        note: "",
      }),
    );
    const first = await addApproved(crm, { clientId: client.id });
    await push(stage.connectionId, first);
    const [row] = await crm.work.database.sql`select remote_id from crm_clients`;
    stage.deleteClient(String(row?.["remote_id"]));
    const second = await addApproved(crm, { clientId: client.id });
    expect(await push(stage.connectionId, second)).toBe("done");
    const deal = stage.deals().find(({ key }) => key === second.estimateId);
    expect(deal).toMatchObject({ clients: 1 });
    const rows = await crm.work.database.sql`select client_id, deleted_at from crm_clients`;
    expect(rows.filter(({ client_id: id }) => id !== null)).toHaveLength(1);
  });

  it("takes 500 lines, fractions of a unit and a price of nothing, equal to the kopeck", async () => {
    const stage = await connect();
    const { estimateId, number } = await addApproved(crm);
    const base = approvedOf(estimateId, number);
    const [line] = base.content.lines.values();
    if (!line) throw new Error("no line");
    const lines = Array.from({ length: 500 }, (_line, index) => ({
      ...line,
      id: `${line.id.slice(0, -3)}${(index + 256).toString(16).padStart(3, "0")}`,
      position: `a${String(index).padStart(3, "0")}`,
      name: `Строка ${index} & [${index}] 100 %`,
      quantity: (BigInt(index) * 33_333n + 1_000n) as typeof line.quantity,
      price: (index % 7 === 0 ? 0n : BigInt(index) * 1_237n + 1n) as typeof line.price,
    }));
    const content = { ...base.content, lines: new Map(lines.map((one) => [one.id, one])) };
    const { totalsOf } = await import("../../domain/estimate/totals.ts");
    const approved = { ...base, content, total: totalsOf(content).total };
    expect(await push(stage.connectionId, approved)).toBe("done");
    expect(stage.deals()[0]?.total).toBe(Number(approved.total) / 100);
    const [state] = await crm.work.database.sql`select error from crm_pushes`;
    expect(state?.["error"]).toBeNull();
  });

  it("takes a paper of 10 MB once", async () => {
    const stage = await connect();
    const approved = await addApproved(crm);
    const large = async () => ({ ...testFile, bytes: new Uint8Array(10 * 1024 * 1024).fill(65) });
    expect(await push(stage.connectionId, approved, large)).toBe("done");
    expect(await push(stage.connectionId, approved, large)).toBe("done");
    expect(stage.deals()[0]?.files).toHaveLength(1);
  });

  it("may hold the longest names, emoji, and people without a name", async () => {
    const stage = await connect();
    stage.addClient(`${"Щ".repeat(230)} 👷‍♂️ & Ко`, ["+7 912 000-00-01"]);
    stage.addClient("", []);
    expect(await sync(stage.connectionId)).toMatchObject({ outcome: "done" });
    expect(await crm.count("clients")).toBe(2);
  });

  it("tells once that a stage which stands for a status was deleted there", async () => {
    const stage = await connect();
    const { companyId } = crm.actor;
    const { connectionId } = stage;
    const [found] = await crm.work.asActor(crm.actor, (services) => services.crm.connections());
    const map = found?.stageMap;
    if (!found || !map) throw new Error("no map");
    const lost = { ...map, stages: { ...map.stages, approved: "was there" } };
    await crm.work.database.sql`
      update crm_connections
      set settings = jsonb_set(
        jsonb_set(settings, '{stageMap}', ${crm.work.database.sql.json(lost)}),
        '{pipelines,0,stages,0,id}', '"was there"')
    `;
    const place = { companyId, connectionId };
    await checkConnection(crm.crm.dependencies, place, testSignal);
    expect(await problem()).toContain("Стадии, по которым мы узнаём статус сметы");
    await crm.work.database.sql`update crm_connections set problem = null`;
    await checkConnection(crm.crm.dependencies, place, testSignal);
    expect(await problem()).toBeNull();
  });
});

it("a limit of one method closes that method alone", async () => {
  const pace = createPace(crm.work.database.sql, "bitrix24", "limited.example");
  await pace.block("crm.item.list", new Date(Date.now() + 3_600_000));
  expect((await pace.take("crm.item.list")).blocked).toBeGreaterThan(0);
  expect(await pace.take("crm.item.get")).toMatchObject({ blocked: 0 });
  await pace.block(null, new Date(Date.now() + 3_600_000));
  expect((await pace.take("crm.item.get")).blocked).toBeGreaterThan(0);
});

it("the first webhook of a portal tells which portal it is; another one is a stranger's", async () => {
  const { webhookUrl } = await connectBitrix24();
  const key = webhookUrl?.split("/").at(-1) ?? "";
  const send = (member: string) =>
    receiveWebhook(crm.crm.dependencies, "bitrix24", key, {
      body: `event=ONCRMDEALUPDATE&data[FIELDS][ID]=1&auth[application_token]=t&auth[member_id]=${member}`,
      contentType: "application/x-www-form-urlencoded",
      headers: {},
    });
  expect(await send("ours")).toBe("taken");
  expect(await send("another")).toBe("stranger");
  expect(await send("ours")).toBe("taken");
});

it("a switched-off webhook of amoCRM is told, and no longer when it is on again", async () => {
  const stage = await connectAmocrm();
  const { companyId } = crm.actor;
  const { connectionId, webhookUrl, edit } = stage;
  edit.disableHook(webhookUrl ?? "");
  await checkConnection(crm.crm.dependencies, { companyId, connectionId }, testSignal);
  expect(await problem()).toContain("отключила наш вебхук");
  edit.enableHook(webhookUrl ?? "");
  await checkConnection(crm.crm.dependencies, { companyId, connectionId }, testSignal);
  expect(await problem()).toBeNull();
});

it("a deal that changed its funnel without an event is seen by the next scan", async () => {
  const stage = await connectBitrix24();
  const approved = await addApproved(crm);
  await push(stage.connectionId, approved);
  await sync(stage.connectionId);
  const [deal] = stage.deals();
  const [, other] = await stage.adapter.pipelines(testSignal);
  const target = other?.stages[0]?.id ?? "";
  await stage.advance(3_600_000);
  stage.portal.edit.moveDeal(Number(deal?.id), target);
  await sync(stage.connectionId);
  const [row] = await crm.work.database.sql`select sync_data from crm_deals`;
  expect(row?.["sync_data"]).toMatchObject({ stageId: target, pipelineId: other?.id });
});

it("a token pair that was lost between its renewal and its saving is told to the owner", async () => {
  const { account } = await stageAmocrm({ contacts: 3 });
  const { clientId, clientSecret, redirectUri } = account.oauth;
  const oauth = { clientId, clientSecret, redirectUri, code: account.oauth.authorizationCode() };
  const { connectionId } = await crm.connect({ kind: "amocrm", domain: account.domain, oauth });
  account.edit.expireAccessTokens();
  const dying = crm.withHttp((next) => async (request) => {
    const answer = await next(request);
    if (request.url.pathname.startsWith("/oauth2")) throw new Error("killed");
    return answer;
  });
  const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
  await expect(syncConnection(dying, request)).rejects.toThrow("killed");
  await crm.work.database.sql`update crm_syncs set lease_until = '2000-01-01'`;
  await expect(sync(connectionId)).rejects.toMatchObject({ failure: { reason: "credentials" } });
  expect(await problem()).toContain("подключите CRM заново");
});
