import { z } from "zod";
import type { CrmPipeline, DealOutcome } from "./crm_adapter.ts";
import { type EstimateStatus, statusAfter, type StatusStep } from "./estimate/status.ts";

/** The statuses that a stage may stand for, in both directions. */
export const MAPPED_STATUSES = ["submitted", "approved", "returned"] as const;
export type MappedStatus = (typeof MAPPED_STATUSES)[number];

/** One pipeline and the stage of each status; null: this status has no stage. */
export const stageMapSchema = z.strictObject({
  pipelineId: z.string(),
  stages: z.strictObject({
    submitted: z.string().nullable(),
    approved: z.string().nullable(),
    returned: z.string().nullable(),
  }),
});
export type StageMap = z.output<typeof stageMapSchema>;

const WORDS: Readonly<Record<MappedStatus, readonly RegExp[]>> = {
  submitted: [/смета.*(отправ|на согл)/i, /(^|\s)кп($|\s)|предложени/i, /согласован/i, /документ/i],
  approved: [/смета.*(согласована|утвержд|одобр)/i, /утвержд|одобр|договор/i, /в работе|идёт/i],
  returned: [/доработ|правк/i, /провал|отказ|не реализ/i],
};

/**
 * The stages whose names say it, otherwise by place: the second open one for «на согласовании», the
 * last open one but … for «утверждена». Won and lost are never set by us on our own.
 */
export function defaultStageMap(pipelines: readonly CrmPipeline[]): StageMap | null {
  const [pipeline] = pipelines;
  return pipeline ? stageMapOf(pipeline) : null;
}

export function stageMapOf(pipeline: CrmPipeline): StageMap {
  const open = pipeline.stages.filter(({ outcome }) => outcome === "open");
  const named = (status: MappedStatus): string | null => {
    for (const word of WORDS[status]) {
      const found = open.find(({ name }) => word.test(name));
      if (found) return found.id;
    }
    return null;
  };
  const approved = named("approved") ?? open.at(-1)?.id ?? null;
  const submitted = named("submitted") ?? open[1]?.id ?? null;
  const stages = {
    submitted: submitted === approved ? null : submitted,
    approved,
    returned: named("returned"),
  };
  return { pipelineId: pipeline.id, stages };
}

/** Statuses whose stage is not in the CRM any more, or whose whole pipeline is not. */
export function lostStages(map: StageMap, pipelines: readonly CrmPipeline[]): MappedStatus[] {
  const pipeline = pipelines.find(({ id }) => id === map.pipelineId);
  const known = new Set(pipeline?.stages.map(({ id }) => id));
  return MAPPED_STATUSES.filter((status) => {
    const stage = map.stages[status];
    return stage !== null && !known.has(stage);
  });
}

/** What a deal's stage says of the estimate; null: nothing, the stage is not mapped. */
export function statusOfStage(
  map: StageMap,
  deal: { readonly pipelineId: string; readonly stageId: string; readonly outcome: DealOutcome },
): MappedStatus | null {
  if (deal.pipelineId !== map.pipelineId) return null;
  const found = MAPPED_STATUSES.find((status) => map.stages[status] === deal.stageId);
  if (found) return found;
  return deal.outcome === "won" ? "approved" : null;
}

/**
 * The one step by which a person would bring the estimate there; null where no step leads.
 * @public for the door of CRM's stages
 */
export function stepTowards(status: EstimateStatus, wanted: MappedStatus): StatusStep | null {
  const steps: Readonly<Record<MappedStatus, StatusStep>> = {
    submitted: "submit",
    approved: "approve",
    returned: "return",
  };
  const step = steps[wanted];
  return statusAfter(status, step) === wanted ? step : null;
}
