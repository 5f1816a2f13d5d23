import { afterAll, beforeAll, expect, it } from "vitest";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageBitrix24, testSignal } from "./testing.ts";

/**
 * Two full requests and a short one: the same places as in a hundred thousand (`budget.test.ts`).
 * CRM_CONTACTS=100000 takes some minutes.
 */
const CONTACTS = Number(process.env["CRM_CONTACTS"] ?? 5_100);
const RECORDS_OF_A_REQUEST = 2_500;
const KILLS = 10;

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

/** A request that is not full is the last one of its kind. */
function requestsFor(records: number): number {
  return Math.floor(records / RECORDS_OF_A_REQUEST) + 1;
}

it("brings thousands of contacts of Bitrix24, killed ten times, nobody twice", async () => {
  const stage = await stageBitrix24({ contacts: CONTACTS });
  const { portal } = stage;
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: portal.webhookUrl });
  const before = stage.requests();
  const { companyId } = crm.actor;
  let kills = 0;
  for (; ; kills += 1) {
    // Four die behind rows that are stored, in the middle of an answer; the others with all of it in
    // their hands.
    const isLate = kills % 5 === 1 || kills % 5 === 3;
    const mortal = crm.withHttp((next) => async (request) => {
      const answer = await next(request);
      if (kills >= KILLS || isLate) return answer;
      throw new Error("killed");
    });
    const request = { companyId, connectionId, isFull: false, signal: testSignal };
    const outcome = await syncConnection(mortal, {
      ...request,
      onPage: () => {
        if (kills < KILLS) throw new Error("killed");
      },
    }).catch(() => null);
    if (outcome?.outcome === "done") break;
    await crm.work.database.sql`update crm_syncs set lease_until = '2000-01-01'`;
  }
  expect(kills).toBe(KILLS);
  // One more counts the records, and a death costs one at most.
  const unbroken = requestsFor(0) + requestsFor(CONTACTS) + requestsFor(0) + 1;
  expect(stage.requests() - before).toBeLessThanOrEqual(unbroken + KILLS);
  const contacts = await crm.work.database.sql<{ count: number; distinct: number }[]>`
    select count(*)::int as count, count(distinct remote_id)::int as distinct
    from crm_clients where entity = 'contact'
  `;
  expect(contacts[0]).toEqual({ count: CONTACTS, distinct: CONTACTS });
}, 300_000);
