import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { tenantTransaction } from "../../db/transactions.ts";
import { requestCrmPush } from "../../db/crm_pushes.ts";
import type { CrmFile } from "../../domain/crm_adapter.ts";
import type { ApprovedEstimate, ApprovedPart } from "../../domain/crm_push.ts";
import { formatMoney } from "../../domain/money.ts";
import type { Crm } from "./crm.ts";
import { pushEstimate } from "./pushing.ts";
import { addApproved, approvedOf, createCrmWork, type CrmWork } from "./testing_crm.ts";
import { stageAmocrm, stageBitrix24, testFile, testSignal } from "./testing.ts";

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

const pdf = async (_: string, { revision }: ApprovedPart): Promise<CrmFile> => ({
  ...testFile,
  fileName: `ред. ${revision}.pdf`,
});

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("two revisions approved within a second, pushed to %s", (_, connect) => {
  async function approveTwo() {
    const { stage, connectionId } = await connect();
    const { companyId } = crm.actor;
    const first = await addApproved(crm);
    const { estimateId, number } = first;
    const second = approvedOf(estimateId, number, { revision: 2, price: 50_033n });
    await tenantTransaction(crm.work.database.sql, companyId, async (tx) => {
      for (const revision of [1, 2]) {
        await requestCrmPush(tx, companyId, connectionId, { estimateId, revision });
      }
    });
    const push = (
      approved: ApprovedEstimate,
      dependencies: Crm["dependencies"] = crm.crm.dependencies,
    ) => {
      const sources = { approved: async () => approved, pdf };
      const request = { companyId, connectionId, estimateId, signal: testSignal };
      return pushEstimate(dependencies, sources, request);
    };
    const ours = () => stage.deals().filter(({ key }) => key === estimateId);
    const total = Number(formatMoney(second.total));
    return { stage, first, second, push, ours, total };
  }

  it("end as the second one, whose paper comes after the first's", async () => {
    const { stage, first, second, push, ours, total } = await approveTwo();
    let calls = 0;
    let meanwhile: string | null = null;
    const busy = crm.withHttp((next) => async (call) => {
      calls += 1;
      if (calls === 3) meanwhile = await push(second);
      return next(call);
    });
    expect([await push(first, busy), meanwhile]).toEqual(["done", "busy"]);
    expect(await push(second)).toBe("done");
    const right = [{ total, files: ["ред. 1.pdf", "ред. 2.pdf"] }];
    expect(ours()).toMatchObject(right);
    const before = stage.requests();
    // A worker that was late with what it had read.
    expect(await push(first)).toBe("done");
    expect([stage.requests() - before, ours()]).toMatchObject([0, right]);
  });

  it("end as the second one also when it comes first", async () => {
    const { first, second, push, ours, total } = await approveTwo();
    expect([await push(second), await push(first)]).toEqual(["done", "done"]);
    expect(ours()).toMatchObject([{ total, files: ["ред. 2.pdf"] }]);
  });
});
