import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { insertInboxEvent } from "../../db/crm_inbox.ts";
import { newId } from "../new_id.ts";
import { openAdapter } from "./opening.ts";
import { handleInbox } from "./receiving.ts";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork, losingDatabase } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testDeal, testSignal } from "./testing.ts";

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

async function connectBitrix24(contacts: number) {
  const stage = await stageBitrix24({ contacts });
  const { connectionId } = await crm.connect({
    kind: "bitrix24",
    url: stage.portal.webhookUrl,
    applicationToken: "token",
  });
  return { stage, connectionId };
}

async function connectAmocrm(contacts: number) {
  const stage = await stageAmocrm({ contacts });
  const { account } = stage;
  crm.work.clock.now = new Date(account.clock.now());
  const access = { kind: "amocrm", domain: account.domain, token: account.longLivedToken } as const;
  const { connectionId } = await crm.connect(access);
  return { stage, connectionId };
}

function requestOf(connectionId: string, more: object = {}) {
  const { companyId } = crm.actor;
  return { companyId, connectionId, isFull: false, signal: testSignal, ...more };
}

/** As if webhooks had told of these records. */
async function hearOf(
  connectionId: string,
  ids: readonly string[],
  entity: "contact" | "deal" = "contact",
): Promise<void> {
  const { companyId } = crm.actor;
  const refs = ids.map((id) => ({ entity, id, isDeletion: false }));
  const event = { id: newId(), connectionId, bodyHash: newId(), refs };
  await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
    insertInboxEvent(tx, companyId, event),
  );
  await handleInbox(crm.crm.dependencies, { companyId, connectionId }, testSignal);
}

async function findNames(): Promise<string[]> {
  const rows = await crm.work.database.sql<{ name: string }[]>`
    select name from clients where company_id = ${crm.actor.companyId} order by id
  `;
  return rows.map(({ name }) => name);
}

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("a scan of %s", (_, connect) => {
  it("brings every contact once, and on the second run nobody again", async () => {
    const { connectionId } = await connect(400);
    const first = await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect(first).toMatchObject({ outcome: "done" });
    expect(await crm.count("crm_clients")).toBe(400);
    const clients = await crm.count("clients");
    const reviews = await crm.count("crm_reviews");
    expect(clients + reviews).toBe(400);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId, { isFull: true }));
    expect(await crm.count("clients")).toBe(clients);
    expect(await crm.count("crm_reviews")).toBe(reviews);
  });

  it.each([
    ["while it reads", 2],
    ["before it hears that the scan is its own", 1],
  ])("is not held by a worker that lost the database %s", async (_moment, first) => {
    const { connectionId } = await connect(20);
    const broken = losingDatabase(crm.crm.dependencies, { first, times: 3 });
    await expect(syncConnection(broken, requestOf(connectionId))).rejects.toThrow("lost");
    const next = await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect(next).toMatchObject({ outcome: "done" });
    expect(await crm.count("crm_clients")).toBe(20);
  });

  it("goes on where it was killed, and doubles nobody", async () => {
    const { connectionId } = await connect(700);
    for (let kill = 1; kill <= 6; kill += 1) {
      let calls = 0;
      const dying = crm.withHttp((next) => async (request) => {
        calls += 1;
        if (calls > 1) throw new Error("killed");
        return next(request);
      });
      await syncConnection(dying, requestOf(connectionId)).catch(() => undefined);
      await crm.work.database.sql`update crm_syncs set lease_until = '2000-01-01'`;
    }
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect(await crm.count("crm_clients")).toBe(700);
    expect((await crm.count("clients")) + (await crm.count("crm_reviews"))).toBe(700);
  });

  it("asks a person about two who share a phone, and never merges them", async () => {
    const { stage, connectionId } = await connect(0);
    stage.addClient("Иван", ["8 (812) 700-00-01"]);
    stage.addClient("Мария", ["+7 812 700 00 01"]);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect(await findNames()).toHaveLength(1);
    expect(await crm.count("crm_reviews")).toBe(1);
  });

  it("binds to the client who has the phone already", async () => {
    const { stage, connectionId } = await connect(0);
    await crm.work.asActor(crm.actor, ({ clients }) =>
      clients.create({
        name: "Пётр (сам записал)",
        kind: "person",
        phones: [{ raw: "8 912 345-67-89", e164: null }],
        emails: [],
        inn: "",
        address: "",
        note: "",
      }),
    );
    const id = stage.addClient("Пётр Иванов", ["+7 (912) 345-67-89"]);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect((await findNames()).join()).toContain("Пётр Иванов");
    expect(await crm.count("clients")).toBe(1);
    await stage.advance(3_600_000);
    stage.renameClient(id, "Пётр Новый");
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect((await findNames()).join()).toContain("Пётр Новый");
  });

  it("turns who is gone into a tombstone at the next full scan", async () => {
    const { stage, connectionId } = await connect(0);
    const id = stage.addClient("Уйдёт", []);
    stage.addClient("Останется", []);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    stage.deleteClient(id);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId, { isFull: true }));
    const gone = await crm.work.database.sql`
      select remote_id from crm_clients
      where company_id = ${crm.actor.companyId} and deleted_at is not null
    `;
    expect(gone.map((row) => String(row["remote_id"]))).toEqual([id]);
    expect(await crm.count("clients")).toBe(2);
  });

  it("undoes nothing that a webhook brought after the scan had read its page", async () => {
    const { stage, connectionId } = await connect(0);
    const edited = stage.addClient("Before", []);
    const deleted = stage.addClient("Deleted", []);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    await stage.advance(1000);
    stage.renameClient(edited, "Between");
    stage.renameClient(deleted, "Deleted soon");
    let isOvertaken = false;
    const overtaken = crm.withHttp((next) => async (request) => {
      const answer = await next(request);
      if (isOvertaken || !answer.body.includes("Between")) return answer;
      isOvertaken = true;
      stage.renameClient(edited, "After");
      stage.deleteClient(deleted);
      await hearOf(connectionId, [edited, deleted]);
      return answer;
    });
    await syncConnection(overtaken, requestOf(connectionId));
    expect(isOvertaken).toBe(true);
    expect(await findNames()).toEqual(["After", "Deleted"]);
    const gone = await crm.work.database.sql`
      select remote_id from crm_clients where deleted_at is not null
    `;
    expect(gone.map((row) => String(row["remote_id"]))).toEqual([deleted]);
  });

  it("undoes no move of a deal that a webhook brought after the scan had read its page", async () => {
    const { stage, connectionId } = await connect(0);
    const deal = (key: string) => ({ ...testDeal(), externalKey: key });
    const moved = await stage.adapter.createDeal(deal(newId()), testSignal);
    const deleted = await stage.adapter.createDeal(deal(newId()), testSignal);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    const [pipeline] = await stage.adapter.pipelines(testSignal);
    const [, between, after] = (pipeline?.stages ?? []).map(({ id: stageId }) => ({
      pipelineId: pipeline?.id ?? "",
      stageId,
    }));
    if (!between || !after) throw new Error("too few stages");
    await stage.advance(1000);
    stage.moveDeal(moved.id, between);
    stage.moveDeal(deleted.id, between);
    let isOvertaken = false;
    const overtaken = crm.withHttp((next) => async (request) => {
      const answer = await next(request);
      if (isOvertaken || !answer.body.includes(between.stageId)) return answer;
      isOvertaken = true;
      stage.moveDeal(moved.id, after);
      stage.deleteDeal(deleted.id);
      await hearOf(connectionId, [moved.id, deleted.id], "deal");
      return answer;
    });
    await syncConnection(overtaken, requestOf(connectionId));
    expect(isOvertaken).toBe(true);
    const rows = await crm.work.database.sql`
      select remote_id, sync_data ->> 'stageId' as stage_id
      from crm_deals
      where deleted_at is null
    `;
    expect(rows).toMatchObject([{ remote_id: moved.id, stage_id: after.stageId }]);
  });

  it("is made by one worker at a time", async () => {
    const { connectionId } = await connect(300);
    let second: string | null = null;
    const overtaken = crm.withHttp((next) => async (call) => {
      second ??= (await syncConnection(crm.crm.dependencies, requestOf(connectionId))).outcome;
      return next(call);
    });
    const first = await syncConnection(overtaken, requestOf(connectionId));
    expect([first.outcome, second]).toEqual(["done", "busy"]);
  });

  it("leaves no person in the log of calls", async () => {
    const { stage, connectionId } = await connect(3);
    stage.addClient("Секретный Человек", ["+7 999 888-77-66"], ["tayna@example.ru"]);
    await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    const rows = await crm.work.database.sql`select * from integration_logs`;
    expect(rows.length).toBeGreaterThan(2);
    const dump = JSON.stringify(rows);
    for (const text of ["Секретный", "888-77-66", "tayna"]) expect(dump).not.toContain(text);
  });
});

describe("a connection", () => {
  it("stops when the key is revoked, and says what to do", async () => {
    const { stage, connectionId } = await connectBitrix24(5);
    stage.portal.edit.revokeWebhook();
    const failing = syncConnection(crm.crm.dependencies, requestOf(connectionId));
    await expect(failing).rejects.toMatchObject({ failure: { reason: "credentials" } });
    const [row] = await crm.work.database.sql`select state, problem from crm_connections`;
    expect(row?.["state"]).toBe("stopped");
    expect(row?.["problem"]).toContain("не принимает наш ключ");
    const before = stage.requests();
    const off = await syncConnection(crm.crm.dependencies, requestOf(connectionId));
    expect(off).toEqual({ outcome: "off" });
    expect(stage.requests()).toBe(before);
  });

  it("is not kept when the address is wrong, and the sentence shows no key", async () => {
    const { portal } = await stageBitrix24({ contacts: 0 });
    const wrong = portal.webhookUrl.replace(/[^/]+\/$/, "wrongkey123/");
    await expect(crm.connect({ kind: "bitrix24", url: wrong })).rejects.toThrow(/наш ключ/);
    await expect(crm.connect({ kind: "bitrix24", url: "https://x.ru/" })).rejects.toThrow(
      /адрес входящего вебхука/,
    );
    expect(await crm.count("crm_connections")).toBe(0);
  });

  it("renews an expired pair of tokens once, however many jobs meet it", async () => {
    const { account } = await stageAmocrm({ contacts: 10 });
    const { clientId, clientSecret, redirectUri } = account.oauth;
    const oauth = { clientId, clientSecret, redirectUri, code: account.oauth.authorizationCode() };
    const { connectionId } = await crm.connect({ kind: "amocrm", domain: account.domain, oauth });
    account.edit.expireAccessTokens();
    const before = account.journal.count("POST /oauth2/access_token");
    const { findCrmConnection } = await import("../../db/crm_connections.ts");
    const { tenantTransaction } = await import("../../db/transactions.ts");
    const { companyId } = crm.actor;
    const connection = await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
      findCrmConnection(tx, companyId, connectionId),
    );
    if (!connection) throw new Error("no connection");
    const all = await Promise.all(
      Array.from({ length: 5 }, () =>
        openAdapter(crm.crm.dependencies, connection).pipelines(testSignal),
      ),
    );
    expect(all.every((pipelines) => pipelines.length > 0)).toBe(true);
    expect(account.journal.count("POST /oauth2/access_token")).toBe(before + 1);
  });
});
