import { afterAll, beforeAll, expect, it } from "vitest";
import { type FakeProcess, startFakeProcess } from "./fake/process.ts";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { testSignal } from "./testing.ts";

const CONTACTS = 100_000;

let crm: CrmWork;
let fake: FakeProcess;

beforeAll(async () => {
  crm = await createCrmWork();
  fake = await startFakeProcess({ service: "bitrix24", contacts: CONTACTS });
});

afterAll(async () => {
  await fake.close();
  await crm.work.close();
});

async function countRequests(): Promise<number> {
  return (await fake.journal()).total;
}

it("brings 100 000 contacts of Bitrix24 in 41 requests, killed ten times, nobody twice", async () => {
  const { connectionId } = await crm.connect({ kind: "bitrix24", url: fake.credential });
  const before = await countRequests();
  const { companyId } = crm.actor;
  let wasted = 0;
  let pages = 0;
  for (let kill = 0; ; kill += 1) {
    let calls = 0;
    const mortal = crm.withHttp((next) => async (request) => {
      calls += 1;
      const answer = await next(request);
      // Dies with the whole answer in its hands, which is lost.
      if (kill < 10 && calls > 3) {
        wasted += 1;
        throw new Error("killed");
      }
      return answer;
    });
    const request = { companyId, connectionId, isFull: false, signal: testSignal };
    const outcome = await syncConnection(mortal, {
      ...request,
      onPage: () => {
        pages += 1;
      },
    }).catch(() => null);
    if (outcome?.outcome === "done") break;
    await crm.work.database.sql`update crm_syncs set lease_until = '2000-01-01'`;
  }
  expect(wasted).toBe(10);
  expect((await countRequests()) - before - wasted).toBe(pages);
  const contacts = await crm.work.database.sql<{ count: number; distinct: number }[]>`
    select count(*)::int as count, count(distinct remote_id)::int as distinct
    from crm_clients where entity = 'contact'
  `;
  expect(contacts[0]).toEqual({ count: CONTACTS, distinct: CONTACTS });
  // 41 for the contacts, 5 for 10 000 companies, 1 to see that there are no deals.
  expect(pages).toBeLessThanOrEqual(47);
}, 300_000);
