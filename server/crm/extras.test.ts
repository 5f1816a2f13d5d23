import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Id } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import { approve, newContract, newExtra } from "../services/testing_contracts.ts";
import { pushEstimate } from "./pushing.ts";
import { createPushSources } from "./sources.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testSignal } from "./testing.ts";

let crm: CrmWork;

beforeAll(async () => {
  crm = await createCrmWork();
});

afterAll(() => crm.work.close());

async function connectBitrix24() {
  const stage = await stageBitrix24({ contacts: 0 });
  return { stage, ...(await crm.connect({ kind: "bitrix24", url: stage.portal.webhookUrl })) };
}

async function connectAmocrm() {
  const stage = await stageAmocrm({ contacts: 0, options: { price: "minorUnits" } });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  return { stage, ...(await crm.connect({ kind: "amocrm", domain, token })) };
}

/** The owner does everything alone. */
function alone() {
  const { actor } = crm;
  return { owner: actor, manager: actor, foreman: actor, otherForeman: actor, stranger: actor };
}

/** Does what the approvals asked for; tells for which estimates. */
async function pushAsked(connectionId: Id): Promise<Id[]> {
  const { companyId } = crm.actor;
  const rows = await crm.work.database.sql<{ id: Id }[]>`
    select estimate_id as id from crm_pushes
    where connection_id = ${connectionId} and state = 'waiting'
  `;
  const sources = createPushSources({
    ...crm.crm.dependencies,
    publicUrl: "https://smetka.example",
    linkSecret: crm.crm.linkSecret,
    renderer: { render: async () => Buffer.from("%PDF-1.7 a paper") },
  });
  for (const { id: estimateId } of rows) {
    const request = { companyId, connectionId, estimateId, signal: testSignal };
    expect(await pushEstimate(crm.crm.dependencies, sources, request)).toBe("done");
  }
  return rows.map(({ id }) => id);
}

async function agreedTotal(estimateId: Id): Promise<number> {
  const contract = await crm.work.asActor(crm.actor, ({ extras }) => extras.contract(estimateId));
  if (!contract) throw new Error("not agreed");
  return Number(formatMoney(contract.balance.agreed));
}

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("extra work of an estimate in %s", (_, connect) => {
  it("joins the deal of its parent when it is approved, and leaves it when it is opened again", async () => {
    const { stage, connectionId } = await connect();
    const people = alone();
    const parentId = await newContract(crm.work, people);
    expect(await pushAsked(connectionId)).toEqual([parentId]);
    const [before] = stage.deals();

    const extraId = await newExtra(crm.work, crm.actor, parentId);
    expect(await pushAsked(connectionId)).toEqual([]);
    await approve(crm.work, people, extraId);
    expect(await pushAsked(connectionId)).toEqual([parentId]);
    const agreed = await agreedTotal(parentId);
    expect(agreed).toBeGreaterThan(before?.total ?? 0);
    expect(stage.deals()).toMatchObject([
      {
        id: before?.id,
        key: parentId,
        total: agreed,
        files: [expect.any(String), expect.stringMatching(/Д1 ред\. 1/)],
      },
    ]);

    const extra = await crm.work.asActor(crm.actor, ({ agreement }) => agreement.current(extraId));
    await crm.work.asActor(crm.actor, ({ agreement }) =>
      agreement.revise({ revisionId: extra?.id ?? "" }),
    );
    expect(await pushAsked(connectionId)).toEqual([parentId]);
    expect(stage.deals()).toMatchObject([{ id: before?.id, total: before?.total }]);

    await approve(crm.work, people, extraId);
    expect(await pushAsked(connectionId)).toEqual([parentId]);
    const [after] = stage.deals();
    expect(after).toMatchObject({ id: before?.id, total: agreed });
    expect(after?.files).toHaveLength(3);
    expect(stage.deals()).toHaveLength(1);
    expect(stage.duplicates()).toBe(0);
    const states = await crm.work.database.sql`
      select state, error from crm_pushes where connection_id = ${connectionId}
    `;
    expect(states).toEqual([{ state: "done", error: null }]);
    // The next one of `describe.each` has the company for itself.
    await crm.work.asActor(crm.actor, (services) => services.crm.disconnect(connectionId));
  });
});
