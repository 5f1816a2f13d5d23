import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Id } from "../../domain/ids.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { kopecks } from "../../domain/money.ts";
import { checkConnection } from "./checking.ts";
import { syncConnection } from "./syncing.ts";
import { createCrmWork, type CrmWork } from "./testing_crm.ts";
import { type CrmStage, stageAmocrm, stageBitrix24, testDeal, testSignal } from "./testing.ts";

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
  return { stage, ...(await crm.connect({ kind: "bitrix24", url: stage.portal.webhookUrl })) };
}

async function connectAmocrm() {
  const stage = await stageAmocrm({ contacts: 0 });
  const { domain, longLivedToken: token } = stage.account;
  crm.work.clock.now = new Date(stage.account.clock.now());
  return { stage, ...(await crm.connect({ kind: "amocrm", domain, token })) };
}

/** A draft with one line. */
async function newEstimate(): Promise<Id> {
  const { id } = await crm.work.asActor(crm.actor, ({ estimates }) =>
    estimates.create({ projectId: null, title: "Ленина, 12" }),
  );
  const line = {
    name: "Штукатурка",
    unit: "м²",
    quantity: 100_000_000n as Quantity,
    price: kopecks(45_000n),
    kind: "work" as const,
  };
  const list = [{ title: "Стены", kind: "work" as const, lines: [line] }];
  await crm.work.asActor(crm.actor, ({ estimates }) =>
    estimates.addList(id, list, { source: "bot" }),
  );
  return id;
}

async function submit(estimateId: Id): Promise<void> {
  const { outcome } = await crm.work.asActor(crm.actor, ({ agreement }) =>
    agreement.submit(estimateId, { audience: "manager", acceptWarnings: true }),
  );
  expect(outcome).toBe("submitted");
}

/** A deal there that is this estimate, as if we had made it. */
async function bindDeal(stage: CrmStage, connectionId: Id, estimateId: Id): Promise<string> {
  const { id } = await stage.adapter.createDeal(
    { ...testDeal(), externalKey: estimateId },
    testSignal,
  );
  await crm.work.database.sql`
    insert into crm_deals (
      company_id, connection_id, remote_id, estimate_id, sync_data, remote_hash,
      remote_updated_at, seen_at
    )
    values (${crm.actor.companyId}, ${connectionId}, ${id}, ${estimateId}, '{}', '', now(), now())
  `;
  return id;
}

async function statusOf(estimateId: Id): Promise<string> {
  const { status } = await crm.work.asActor(crm.actor, ({ estimates }) =>
    estimates.card(estimateId),
  );
  return status;
}

async function problem(): Promise<unknown> {
  const [row] = await crm.work.database.sql`select problem from crm_connections`;
  return row?.["problem"];
}

async function mapOf() {
  const [connection] = await crm.work.asActor(crm.actor, (services) => services.crm.connections());
  const map = connection?.stageMap;
  const pipeline = connection?.pipelines.find(({ id }) => id === map?.pipelineId);
  if (!map?.stages.approved || !pipeline) throw new Error("no map");
  const mapped = new Set<string | null>(Object.values(map.stages));
  const unmapped = pipeline.stages.find((one) => one.outcome === "open" && !mapped.has(one.id));
  const won = pipeline.stages.find(({ outcome }) => outcome === "won");
  const place = (stageId: string | undefined) => ({
    pipelineId: pipeline.id,
    stageId: stageId ?? "",
  });
  return {
    approved: place(map.stages.approved),
    unmapped: place(unmapped?.id),
    won: place(won?.id),
    pipeline,
  };
}

describe.each([
  ["Bitrix24", connectBitrix24],
  ["amoCRM", connectAmocrm],
])("a deal of %s", (_, connect) => {
  async function hour(stage: CrmStage, connectionId: Id): Promise<void> {
    await stage.advance(3_600_000);
    const request = { ...crm.actor, connectionId, isFull: false, signal: testSignal };
    expect(await syncConnection(crm.crm.dependencies, request)).toMatchObject({ outcome: "done" });
  }

  it("on a stage that stands for nothing leaves the estimate as it is, and nobody hears of it", async () => {
    const { stage, connectionId } = await connect();
    const estimateId = await newEstimate();
    await submit(estimateId);
    const deal = await bindDeal(stage, connectionId, estimateId);
    stage.moveDeal(deal, (await mapOf()).unmapped);
    await hour(stage, connectionId);
    expect([await statusOf(estimateId), await problem()]).toEqual(["submitted", null]);
  });

  it("on a stage that was renamed still says the same, and its new name is shown", async () => {
    const { stage, connectionId } = await connect();
    const estimateId = await newEstimate();
    await submit(estimateId);
    const deal = await bindDeal(stage, connectionId, estimateId);
    const { approved } = await mapOf();
    stage.renameStage(approved, "Переименована");
    const place = { companyId: crm.actor.companyId, connectionId };
    await checkConnection(crm.crm.dependencies, place, testSignal);
    const { pipeline } = await mapOf();
    expect(pipeline.stages.find(({ id }) => id === approved.stageId)?.name).toBe("Переименована");
    stage.moveDeal(deal, approved);
    await hour(stage, connectionId);
    expect([await statusOf(estimateId), await problem()]).toEqual(["approved", null]);
  });

  it("that was won while the estimate is a draft changes nothing, and the owner reads why", async () => {
    const { stage, connectionId } = await connect();
    const estimateId = await newEstimate();
    const deal = await bindDeal(stage, connectionId, estimateId);
    stage.moveDeal(deal, (await mapOf()).won);
    await hour(stage, connectionId);
    expect(await statusOf(estimateId)).toBe("draft");
    expect(await problem()).toContain("она ещё не отправлена на согласование");
  });

  it("that was won approves, and opened again takes nothing back", async () => {
    const { stage, connectionId } = await connect();
    const estimateId = await newEstimate();
    await submit(estimateId);
    const deal = await bindDeal(stage, connectionId, estimateId);
    stage.moveDeal(deal, (await mapOf()).won);
    await hour(stage, connectionId);
    expect([await statusOf(estimateId), await problem()]).toEqual(["approved", null]);
    const { unmapped, approved } = await mapOf();
    const { pipelineId } = approved;
    await crm.work.asActor(crm.actor, (services) =>
      services.crm.setStageMap(connectionId, {
        pipelineId,
        stages: { submitted: unmapped.stageId, approved: approved.stageId, returned: null },
      }),
    );
    stage.moveDeal(deal, unmapped);
    await hour(stage, connectionId);
    expect(await statusOf(estimateId)).toBe("approved");
    expect(await problem()).toContain("она уже утверждена");
  });
});
