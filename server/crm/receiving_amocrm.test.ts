import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { handleInbox, receiveWebhook } from "./receiving.ts";
import { syncConnection } from "./syncing.ts";
import { stageAmocrm, testSignal } from "./testing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";

/* What `receiving.test.ts` proves of webhooks of Bitrix24 where amoCRM's differ in address and body. */

const opened: CrmWork[] = [];
let crm: CrmWork;

beforeEach(async () => {
  crm = await createCrmWork();
  opened.push(crm);
});

afterAll(async () => {
  for (const { work } of opened) await work.close();
});

async function connectAmocrm() {
  const stage = await stageAmocrm({ contacts: 0 });
  const { account } = stage;
  const { domain, longLivedToken: token } = account;
  const { connectionId, webhookUrl } = await crm.connect({ kind: "amocrm", domain, token });
  const key = webhookUrl?.split("/").at(-1) ?? "";
  const send = (entity: "contacts" | "leads", what: "add" | "update" | "delete", id: string) =>
    receiveWebhook(crm.crm.dependencies, "amocrm", key, {
      body: `${entity}[${what}][0][id]=${id}&account[id]=${account.accountId}`,
      contentType: "application/x-www-form-urlencoded",
      headers: {},
    });
  const { companyId } = crm.actor;
  const read = () => handleInbox(crm.crm.dependencies, { companyId, connectionId }, testSignal);
  return { stage, account, connectionId, send, read };
}

async function findNames(): Promise<string[]> {
  const rows = await crm.work.database.sql<{ name: string }[]>`
    select name from clients where company_id = ${crm.actor.companyId}
  `;
  return rows.map(({ name }) => name);
}

describe("a webhook of amoCRM", () => {
  it("is read once however often it comes in one moment", async () => {
    const { stage, send, read } = await connectAmocrm();
    const id = stage.addClient("Пётр", []);
    for (let time = 0; time < 20; time += 1) {
      expect(await send("contacts", "update", id)).toBe("taken");
    }
    const before = stage.requests();
    await read();
    const spent = stage.requests() - before;
    expect(spent).toBeGreaterThan(0);
    await read();
    expect(stage.requests() - before).toBe(spent);
    expect(spent).toBeLessThanOrEqual(2);
    expect(await findNames()).toEqual(["Пётр"]);
  });

  it("is taken while the CRM is down, and read when it is back", async () => {
    const { stage, account, send, read } = await connectAmocrm();
    const id = stage.addClient("Пётр", []);
    account.faults.add({ on: /./, times: 4, fault: { kind: "html", status: 502 } });
    const before = stage.requests();
    expect(await send("contacts", "add", id)).toBe("taken");
    expect(stage.requests()).toBe(before);
    await expect(read()).rejects.toMatchObject({ failure: { kind: "transient" } });
    await read();
    expect(await findNames()).toEqual(["Пётр"]);
  });

  it("of an unknown or a deleted record leaves a tombstone or nothing", async () => {
    const { stage, send, read } = await connectAmocrm();
    const id = stage.addClient("Пётр", []);
    await send("contacts", "add", id);
    await read();
    stage.deleteClient(id);
    await send("contacts", "delete", id);
    await send("leads", "update", "999999");
    await read();
    const [row] = await crm.work.database.sql`
      select deleted_at from crm_clients where company_id = ${crm.actor.companyId}
    `;
    expect(row?.["deleted_at"]).toBeInstanceOf(Date);
    expect(await crm.count("clients")).toBe(1);
  });

  it("that was lost is made good by the next scan", async () => {
    const { stage, account, connectionId } = await connectAmocrm();
    const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
    const scan = async () => {
      crm.work.clock.now = new Date(account.clock.now());
      await syncConnection(crm.crm.dependencies, request);
    };
    await scan();
    await stage.advance(3 * 3_600_000);
    stage.addClient("Никто не сказал", []);
    await scan();
    expect(await findNames()).toEqual(["Никто не сказал"]);
  });
});
