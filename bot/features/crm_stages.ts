import type { CrmConnection } from "../../domain/crm.ts";
import {
  type MappedStatus,
  MAPPED_STATUSES,
  type StageMap,
  stageMapOf,
} from "../../domain/crm_stages.ts";
import type { Id } from "../../domain/ids.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import { showCard, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, TOASTS } from "../texts_common.ts";
import { CRM, CRM_BUTTONS } from "../texts_crm.ts";
import { stageLine } from "../views/crm.ts";
import { connectionOf } from "./crm.ts";

/** Telegram shows 100 buttons; longer pipelines lose their tail. */
const MANY = 90;

/** «🗂 Воронка и стадии»: which stage of a deal stands for which status of an estimate. */
export const crmStagesFeature: Feature = {
  presses: [
    onPress(actions.crmStages, showStages),
    onPress(actions.crmPipelines, async (ctx, id) => {
      await showPipelines(ctx, await connectionOf(ctx, id));
    }),
    onPress(actions.crmPipeline, async (ctx, id, index) => {
      const pipeline = (await connectionOf(ctx, id)).pipelines[index];
      if (!pipeline) return toast(ctx, TOASTS.outdated);
      await servicesOf(ctx).crm.setStageMap(id, stageMapOf(pipeline));
      await showStages(ctx, id);
    }),
    onPress(actions.crmStatus, askStage),
    onPress(actions.crmStage, setStage),
  ],
};

function pipelineOf({ pipelines, stageMap }: CrmConnection) {
  return pipelines.find(({ id }) => id === stageMap?.pipelineId);
}

async function showStages(ctx: ChatContext, id: Id): Promise<void> {
  const connection = await connectionOf(ctx, id);
  const pipeline = pipelineOf(connection);
  if (!pipeline) return showPipelines(ctx, connection);
  const rows = [
    ...MAPPED_STATUSES.map((status) => [
      actions.crmStatus.button(stageLine(connection, status), id, status),
    ]),
    ...(connection.pipelines.length > 1
      ? [[actions.crmPipelines.button(CRM_BUTTONS.otherPipeline, id)]]
      : []),
    [actions.crmConnection.button(BACK, id)],
  ];
  await showCard(ctx, { text: CRM.stages(cutText(pipeline.name, 100)), rows }, "crm");
}

async function showPipelines(ctx: ChatContext, connection: CrmConnection): Promise<void> {
  const { id, pipelines } = connection;
  const rows = [
    ...pipelines
      .slice(0, MANY)
      .map(({ name }, index) => [
        actions.crmPipeline.button(cutText(name, LABEL_LENGTH), id, index),
      ]),
    [actions.crmConnection.button(BACK, id)],
  ];
  const text = pipelines.length === 0 ? CRM.noPipelines : CRM.askPipeline;
  await showCard(ctx, { text, rows }, "crm");
}

async function askStage(ctx: ChatContext, id: Id, status: MappedStatus): Promise<void> {
  const stages = pipelineOf(await connectionOf(ctx, id))?.stages ?? [];
  const rows = [
    ...stages
      .slice(0, MANY)
      .map(({ name }, index) => [
        actions.crmStage.button(cutText(name, LABEL_LENGTH), id, status, index),
      ]),
    [actions.crmStage.button(CRM_BUTTONS.noStage, id, status, null)],
    [actions.crmStages.button(BACK, id)],
  ];
  await showCard(ctx, { text: CRM.askStage(status), rows }, "crm");
}

async function setStage(
  ctx: ChatContext,
  id: Id,
  status: MappedStatus,
  index: number | null,
): Promise<void> {
  const connection = await connectionOf(ctx, id);
  const stage = index === null ? null : pipelineOf(connection)?.stages[index];
  if (!connection.stageMap || stage === undefined) return toast(ctx, TOASTS.outdated);
  const { stages } = connection.stageMap;
  const wanted = stage?.id ?? null;
  // One stage can't mean two things: the status that had it loses it.
  const freed = Object.fromEntries(
    MAPPED_STATUSES.map((one) => [one, stages[one] === wanted ? null : stages[one]]),
  ) as StageMap["stages"];
  const map = { ...connection.stageMap, stages: { ...freed, [status]: wanted } };
  await servicesOf(ctx).crm.setStageMap(id, map);
  await showStages(ctx, id);
}
