import { afterAll, beforeAll, expect, it } from "vitest";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

/**
 * Several full requests and a short one: the same places as in a hundred thousand (`budget.test.ts`).
 * CRM_CONTACTS=100000 takes some minutes.
 */
const CONTACTS = Number(process.env["CRM_CONTACTS"] ?? 5_100);
const KILLS = 10;
/** For companies, for deals, for counting the records. */
const OTHERS = 4;

const CRMS = [
  {
    name: "Bitrix24",
    recordsOfRequest: 2_500,
    connect: async () => {
      const stage = await stageBitrix24({ contacts: CONTACTS });
      const { connectionId } = await crm.connect({
        kind: "bitrix24",
        url: stage.portal.webhookUrl,
      });
      return { requests: () => stage.requests(), connectionId };
    },
  },
  {
    name: "amoCRM",
    recordsOfRequest: 250,
    connect: async () => {
      const options = { rate: 1_000_000 };
      const stage = await stageAmocrm({ contacts: CONTACTS, options });
      const { account } = stage;
      const { connectionId } = await crm.connect({
        kind: "amocrm",
        domain: account.domain,
        token: account.longLivedToken,
      });
      return { requests: () => stage.requests(), connectionId };
    },
  },
];

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

it.each(CRMS)(
  "brings thousands of contacts of $name, killed ten times, nobody twice",
  async (kind) => {
    const { requests, connectionId } = await kind.connect();
    const before = requests();
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
    // A death costs one at most.
    const pages = Math.floor(CONTACTS / kind.recordsOfRequest) + 1;
    expect(requests() - before).toBeLessThanOrEqual(pages + OTHERS + KILLS);
    const contacts = await crm.work.database.sql<{ count: number; distinct: number }[]>`
    select count(*)::int as count, count(distinct remote_id)::int as distinct
    from crm_clients
    where company_id = ${companyId} and connection_id = ${connectionId} and entity = 'contact'
  `;
    expect(contacts[0]).toEqual({ count: CONTACTS, distinct: CONTACTS });
  },
  300_000,
);
