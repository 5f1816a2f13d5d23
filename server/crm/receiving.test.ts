import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import { createDocumentRenderer } from "../documents/renderer.ts";
import { createPushSources } from "./sources.ts";
import { pushEstimate } from "./pushing.ts";
import { handleInbox, receiveWebhook } from "./receiving.ts";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

const keyOf = (webhookUrl: string | null) => webhookUrl?.split("/").at(-1) ?? "";

async function connectBitrix24() {
  const stage = await stageBitrix24({ contacts: 0 });
  const { connectionId, webhookUrl } = await crm.connect({
    kind: "bitrix24",
    url: stage.portal.webhookUrl,
    applicationToken: "token of the portal",
  });
  const key = keyOf(webhookUrl);
  const send = (event: string, id: string, token = "token of the portal") =>
    receiveWebhook(crm.crm.dependencies, "bitrix24", key, {
      body: `event=${event}&data[FIELDS][ID]=${id}&ts=1&auth[application_token]=${token}`,
      contentType: "application/x-www-form-urlencoded",
      headers: {},
    });
  return { stage, connectionId, key, send };
}

function work(connectionId: string) {
  const { companyId } = crm.actor;
  return handleInbox(crm.crm.dependencies, { companyId, connectionId }, testSignal);
}

async function findNames(): Promise<string[]> {
  const rows = await crm.work.database.sql<{ name: string }[]>`select name from clients`;
  return rows.map(({ name }) => name);
}

describe("a webhook", () => {
  it("is a hint: the record is read there, and the client follows", async () => {
    const { stage, connectionId, send } = await connectBitrix24();
    const id = stage.addClient("Пётр", ["+79123456789"]);
    expect(await send("ONCRMCONTACTADD", id)).toBe("taken");
    await work(connectionId);
    expect(await findNames()).toEqual(["Пётр"]);
    stage.renameClient(id, "Пётр Второй");
    await send("ONCRMCONTACTUPDATE", id);
    await work(connectionId);
    expect(await findNames()).toEqual(["Пётр Второй"]);
  });

  it("is read once however often it comes in one moment", async () => {
    const { stage, connectionId, send } = await connectBitrix24();
    const id = stage.addClient("Пётр", []);
    for (let time = 0; time < 20; time += 1) await send("ONCRMCONTACTUPDATE", id);
    const before = stage.portal.journal.count("crm.item.get");
    await work(connectionId);
    await work(connectionId);
    expect(stage.portal.journal.count("crm.item.get")).toBe(before + 1);
  });

  it("is read once with all that wait, however many edits they tell of", async () => {
    const { stage, connectionId } = await connectBitrix24();
    const ids = Array.from({ length: 210 }, (_, index) => stage.addClient(`Заказчик ${index}`, []));
    await crm.work.database.sql`
      insert into crm_inbox (company_id, id, connection_id, body_hash, refs)
      select
        ${crm.actor.companyId}, gen_random_uuid(), ${connectionId}, edit || ' ' || remote_id,
        jsonb_build_array(
          jsonb_build_object('entity', 'contact', 'id', remote_id, 'isDeletion', false)
        )
      from generate_series(1, 5) as edit, unnest(${ids}::text[]) as remote_id
    `;
    const before = stage.portal.journal.count("crm.item.get");
    // So many records are one job's work.
    expect(await work(connectionId)).toEqual({ hasMore: true });
    expect(stage.portal.journal.count("crm.item.get")).toBe(before + 200);
    expect(await work(connectionId)).toEqual({ hasMore: false });
    expect(stage.portal.journal.count("crm.item.get")).toBe(before + 210);
    expect(await crm.count("clients")).toBe(210);
    expect(await work(connectionId)).toEqual({ hasMore: false });
  });

  it("is no news when it was taken already and the record changed again", async () => {
    const { stage, connectionId, send } = await connectBitrix24();
    const id = stage.addClient("Первый", []);
    await send("ONCRMCONTACTUPDATE", id);
    await work(connectionId);
    stage.renameClient(id, "Второй");
    await send("ONCRMCONTACTUPDATE", id);
    await work(connectionId);
    expect(await findNames()).toEqual(["Второй"]);
  });

  it.each(["", "wrong", "token of the porta"])(
    "with the token «%s» is a stranger's",
    async (token) => {
      const { stage, send } = await connectBitrix24();
      const id = stage.addClient("Пётр", []);
      expect(await send("ONCRMCONTACTADD", id, token)).toBe("stranger");
      expect(await crm.count("crm_inbox")).toBe(0);
    },
  );

  it("at another address, of another CRM or of a removed connection is a stranger's", async () => {
    const { key, connectionId } = await connectBitrix24();
    const request = {
      body: "auth[application_token]=token of the portal",
      contentType: "",
      headers: {},
    };
    const door = crm.crm.dependencies;
    const changed = `${key.slice(0, -1)}${key.endsWith("A") ? "B" : "A"}`;
    expect(await receiveWebhook(door, "bitrix24", changed, request)).toBe("stranger");
    expect(await receiveWebhook(door, "amocrm", key, request)).toBe("stranger");
    expect(await receiveWebhook(door, "bitrix24", "", request)).toBe("stranger");
    expect(await receiveWebhook(door, "bitrix24", key, request)).toBe("taken");
    await crm.work.asActor(crm.actor, (services) => services.crm.disconnect(connectionId));
    expect(await receiveWebhook(door, "bitrix24", key, request)).toBe("stranger");
  });

  it("is taken while the CRM is down, and read when it is back", async () => {
    const { stage, connectionId, send } = await connectBitrix24();
    const id = stage.addClient("Пётр", []);
    stage.portal.faults.add({ on: /./, times: 4, fault: { kind: "html", status: 502 } });
    const before = stage.requests();
    expect(await send("ONCRMCONTACTADD", id)).toBe("taken");
    expect(stage.requests()).toBe(before);
    await expect(work(connectionId)).rejects.toMatchObject({ failure: { kind: "transient" } });
    await work(connectionId);
    expect(await findNames()).toEqual(["Пётр"]);
  });

  it("of an unknown or a deleted record leaves a tombstone or nothing", async () => {
    const { stage, connectionId, send } = await connectBitrix24();
    const id = stage.addClient("Пётр", []);
    await send("ONCRMCONTACTADD", id);
    await work(connectionId);
    stage.deleteClient(id);
    await send("ONCRMCONTACTDELETE", id);
    await send("ONCRMDEALUPDATE", "999999");
    await work(connectionId);
    const [row] = await crm.work.database.sql`select deleted_at from crm_clients`;
    expect(row?.["deleted_at"]).toBeInstanceOf(Date);
    expect(await crm.count("clients")).toBe(1);
  });

  it("of amoCRM may hold several records, and must be of our account", async () => {
    const stage = await stageAmocrm({ contacts: 0 });
    const { domain, longLivedToken: token, accountId } = stage.account;
    const { connectionId, webhookUrl } = await crm.connect({ kind: "amocrm", domain, token });
    const ids = [stage.addClient("Один", []), stage.addClient("Два", [])];
    const post = (account: number) =>
      receiveWebhook(crm.crm.dependencies, "amocrm", keyOf(webhookUrl), {
        body: `${ids.map((id, index) => `contacts[add][${index}][id]=${id}&contacts[add][${index}][type]=contact`).join("&")}&account[id]=${account}`,
        contentType: "application/x-www-form-urlencoded",
        headers: {},
      });
    expect(await post(1)).toBe("stranger");
    expect(await post(accountId)).toBe("taken");
    await work(connectionId);
    expect((await findNames()).toSorted()).toEqual(["Два", "Один"]);
  });

  it("that was lost is made good by the next scan", async () => {
    const { stage, connectionId } = await connectBitrix24();
    const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
    await syncConnection(crm.crm.dependencies, request);
    await stage.advance(3 * 3_600_000);
    stage.addClient("Никто не сказал", []);
    await syncConnection(crm.crm.dependencies, request);
    expect(await findNames()).toEqual(["Никто не сказал"]);
  });
});

describe("a deal that was moved there", () => {
  async function submitted() {
    const { stage, connectionId, send } = await connectBitrix24();
    const { actor } = crm;
    const card = await crm.work.asActor(actor, ({ estimates }) =>
      estimates.create({ projectId: null, title: "Ленина, 12" }),
    );
    await crm.work.asActor(actor, ({ estimates }) =>
      estimates.addList(
        card.id,
        [
          {
            title: "Стены",
            kind: "work",
            lines: [
              {
                name: "Штукатурка",
                unit: "м²",
                quantity: 100_000_000n,
                price: 45_000n as never,
                kind: "work",
              },
            ],
          },
        ],
        { source: "bot" },
      ),
    );
    const result = await crm.work.asActor(actor, ({ agreement }) =>
      agreement.submit(card.id, { audience: "manager", acceptWarnings: true }),
    );
    if (result.outcome !== "submitted") throw new Error(JSON.stringify(result));
    return { stage, connectionId, send, estimateId: card.id, revisionId: result.revision.id };
  }

  it("is pushed by the approval itself, with the paper, and its echo changes nothing", async () => {
    const { stage, connectionId, send, estimateId, revisionId } = await submitted();
    await crm.work.asActor(crm.actor, ({ agreement }) =>
      agreement.approve({ revisionId }, { channel: "chat" }),
    );
    expect(crm.work.committed.flat()).toContain("crm.push");
    const renderer = createDocumentRenderer();
    const { dependencies, linkSecret } = crm.crm;
    const sources = createPushSources({ ...dependencies, linkSecret, renderer });
    const { companyId } = crm.actor;
    const request = { companyId, connectionId, estimateId, signal: testSignal };
    expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
    await renderer.close();
    expect(stage.deals()).toMatchObject([
      { total: 4500, files: [expect.stringMatching(/\.pdf$/)] },
    ]);
    const page = await fetch(new URL("/_fake/deals", stage.portal.webhookUrl));
    expect(await page.text()).toMatch(/https:\/\/smetka\.example\/s\/[\w-]{54}\?preview=1/);
    const [deal] = stage.deals();
    await send("ONCRMDEALUPDATE", deal?.id ?? "");
    const before = stage.requests();
    await work(connectionId);
    // One reading, and no answer to what we said ourselves.
    expect(stage.requests()).toBe(before + 1);
    const [row] = await crm.work.database.sql`select problem from crm_connections`;
    expect(row?.["problem"]).toBeNull();
    const status = await crm.work.asActor(crm.actor, ({ estimates }) => estimates.card(estimateId));
    expect(status.status).toBe("approved");
  });

  it("takes a submitted estimate along when its stage stands for «утверждена»", async () => {
    const { stage, connectionId, send, estimateId } = await submitted();
    const dealId = String(stage.portal.edit.createDeal({ title: "Наша", categoryId: 0 }));
    const { companyId } = crm.actor;
    await crm.work.database.sql`
      insert into crm_deals (
        company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
        remote_updated_at, seen_at
      )
      values (
        ${companyId}, ${connectionId}, ${dealId}, ${estimateId},
        '{"pipelineId": "0", "stageId": "NEW"}', '', now(), now()
      )
    `;
    const pipelineId = "0";
    await crm.work.asActor(crm.actor, (services) =>
      services.crm.setStageMap(connectionId, {
        pipelineId,
        stages: { submitted: "PREPARATION", approved: "EXECUTING", returned: null },
      }),
    );
    stage.portal.edit.moveDeal(Number(dealId), "PREPAYMENT_INVOICE");
    await send("ONCRMDEALUPDATE", dealId);
    await work(connectionId);
    const card = () => crm.work.asActor(crm.actor, ({ estimates }) => estimates.card(estimateId));
    expect((await card()).status).toBe("submitted");
    stage.portal.edit.moveDeal(Number(dealId), "EXECUTING");
    await send("ONCRMDEALUPDATE", dealId);
    await work(connectionId);
    expect((await card()).status).toBe("approved");
    stage.portal.edit.moveDeal(Number(dealId), "PREPARATION");
    await send("ONCRMDEALUPDATE", dealId);
    await work(connectionId);
    expect((await card()).status).toBe("approved");
    const [row] = await crm.work.database.sql`select problem from crm_connections`;
    expect(row?.["problem"]).toContain("уже утверждена");
  });
});

it("pushes are asked for once for each revision and connection", async () => {
  const { connectionId } = await connectBitrix24();
  const { companyId } = crm.actor;
  const card = await crm.work.asActor(crm.actor, ({ estimates }) =>
    estimates.create({ projectId: null }),
  );
  const push = { estimateId: card.id, revision: 1 };
  await tenantTransaction(crm.work.database.sql, companyId, async (tx) => {
    await requestCrmPush(tx, companyId, connectionId, push);
    await requestCrmPush(tx, companyId, connectionId, push);
  });
  expect(await crm.count("crm_pushes")).toBe(1);
});
