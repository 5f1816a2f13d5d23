import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createPace } from "./pace.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { noPace, stageBitrix24, testSignal } from "./testing.ts";
import { openAdapter } from "./opening.ts";
import { tenantTransaction } from "../../db/transactions.ts";
import { findCrmConnection } from "../../db/crm_connections.ts";

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

describe("the pace of one account", () => {
  it.each([
    ["bitrix24", 48, 2],
    ["amocrm", 2, 5],
  ] as const)(
    "of %s is one bucket in the database for all processes: %i at once, then %i a second",
    async (kind, burst, perSecond) => {
      const account = `${kind}.example`;
      const paces = [1, 2].map(() => createPace(crm.work.database.sql, kind, account));
      const started = performance.now();
      const waits: number[] = [];
      for (let call = 0; call < burst + 20; call += 1) {
        const pace = paces[call % 2];
        if (pace) waits.push((await pace.take(`operation ${call}`)).wait);
      }
      // What dripped out while we asked.
      const drained = Math.ceil(((performance.now() - started) / 1000) * perSecond);
      const free = waits.filter((wait) => wait === 0).length;
      expect(free).toBeGreaterThanOrEqual(burst);
      expect(free).toBeLessThanOrEqual(burst + drained);
      const last = waits.at(-1) ?? 0;
      expect(last).toBeLessThanOrEqual((20 / perSecond) * 1000);
      expect(last).toBeGreaterThan(((20 - drained - 1) / perSecond) * 1000);
      const other = createPace(crm.work.database.sql, kind, `another.${account}`);
      expect((await other.take("operation")).wait).toBe(0);
    },
  );

  it("of Bitrix24 closes a method before its time is used up, until the portal counts anew", async () => {
    const { portal } = await stageBitrix24({ contacts: 0, options: { cost: () => 90 } });
    portal.options.requestSeconds = 100;
    const { connectionId } = await crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
    const { companyId } = crm.actor;
    const stored = await tenantTransaction(crm.work.database.sql, companyId, (tx) =>
      findCrmConnection(tx, companyId, connectionId),
    );
    if (!stored) throw new Error("no connection");
    const closed: [string | null, Date][] = [];
    const pace = {
      ...noPace,
      block: async (...given: [string | null, Date]) => void closed.push(given),
    };
    const adapter = openAdapter({ ...crm.crm.dependencies, paceOf: () => pace }, stored);
    const id = String(portal.edit.createContact({ name: "Пётр" }));
    for (let call = 0; call < 5; call += 1) {
      await adapter.read({ entity: "contact", id }, testSignal);
    }
    // 450 s of 480 in ten minutes: the sixth call would be refused.
    expect(closed.map(([method]) => method)).toEqual(["crm.item.get"]);
    expect(closed[0]?.[1].getTime()).toBeGreaterThan(portal.clock.now());
  });
});
