import { RestError } from "./errors.ts";
import type { Category, PortalState, Stage, StageMove } from "./portal_state.ts";

type StageSeed = readonly [code: string, name: string, semantics: Stage["semantics"]];

const GENERAL: readonly StageSeed[] = [
  ["NEW", "Новая", "P"],
  ["PREPARATION", "Подготовка документов", "P"],
  ["PREPAYMENT_INVOICE", "Счёт на предоплату", "P"],
  ["EXECUTING", "В работе", "P"],
  ["FINAL_INVOICE", "Финальный счёт", "P"],
  ["WON", "Сделка успешна", "S"],
  ["LOSE", "Сделка провалена", "F"],
  ["APOLOGY", "Анализ причины провала", "A"],
];

const REPAIR: readonly StageSeed[] = [
  ["NEW", "Замер", "P"],
  ["UC_8K2MA1", "Смета отправлена", "P"],
  ["UC_4J7QX2", "Смета согласована", "P"],
  ["EXECUTING", "Идёт ремонт", "P"],
  ["WON", "Сдано и оплачено", "S"],
  ["LOSE", "Отказ", "F"],
];

export const FUNNELS: readonly Category[] = [
  { id: 0, name: "Общая", sort: 300, isHidden: false },
  { id: 7, name: "Ремонт под ключ", sort: 200, isHidden: false },
];

export function seedStages(): Stage[] {
  return [...stagesOf(0, GENERAL, 101), ...stagesOf(7, REPAIR, 301)];
}

function stagesOf(categoryId: number, seeds: readonly StageSeed[], firstId: number): Stage[] {
  return seeds.map(([code, name, semantics], index) => ({
    id: firstId + index * 2,
    categoryId,
    code,
    name,
    sort: (index + 1) * 10,
    semantics,
  }));
}

/** Stage id as deals carry it: `NEW` in the default funnel, `C7:NEW` in funnel 7. */
export function stageIdOf(stage: Stage): string {
  return stage.categoryId === 0 ? stage.code : `C${String(stage.categoryId)}:${stage.code}`;
}

export function stagesIn(portal: PortalState, categoryId: number): Stage[] {
  return portal.stages
    .filter((stage) => stage.categoryId === categoryId)
    .toSorted((a, b) => a.sort - b.sort);
}

export function findStage(portal: PortalState, stageId: string): Stage | undefined {
  return portal.stages.find((stage) => stageIdOf(stage) === stageId);
}

/** Where new deals of a funnel begin. */
export function firstStageId(portal: PortalState, categoryId: number): string {
  const first = stagesIn(portal, categoryId)[0];
  if (first === undefined) throw new RestError(400, "NOT_FOUND", "Category has no stages");
  return stageIdOf(first);
}

/** P in progress, S won, F lost; a stage that was deleted counts as in progress. */
export function semanticsOf(portal: PortalState, stageId: string): "P" | "S" | "F" {
  const semantics = findStage(portal, stageId)?.semantics ?? "P";
  return semantics === "A" ? "F" : semantics;
}

export function recordStageMove(
  portal: PortalState,
  move: Pick<StageMove, "ownerId" | "categoryId" | "stageId">,
  typeId: StageMove["typeId"],
): void {
  portal.stageMoves.push({
    ...move,
    typeId,
    id: portal.next("stageMove"),
    createdAt: portal.now(),
  });
}
