import {
  type ActFields,
  actFieldsSchema,
  type OverTaken,
  type RemainderLine,
  type TakenLine,
  takenLineSchema,
} from "../../domain/acts.ts";
import { AppError } from "../../domain/errors.ts";
import { z } from "zod";
import type { Id } from "../../domain/ids.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { putActLines, removeActLines } from "../../db/acts.ts";
import type { EstimateState } from "../../db/estimates.ts";
import { readRemainder } from "./act_remainder.ts";
import { readInput } from "./input.ts";
import type { Scope } from "./scope.ts";

const FIELD_NAMES = {
  date: "Дата акта",
  periodFrom: "Начало периода",
  periodTo: "Конец периода",
  acceptedBy: "Кто принял",
};

const linesSchema = z.array(takenLineSchema);

/** The fields with what is given set. Throws `invalid` for a period that ends before it begins. */
export function readActFields(before: ActFields, given: Partial<ActFields>): ActFields {
  const { date, periodFrom, periodTo, acceptedBy } = { ...before, ...withoutAbsent(given) };
  const fields = readInput(
    actFieldsSchema,
    { date, periodFrom, periodTo, acceptedBy },
    FIELD_NAMES,
  );
  if (fields.periodFrom > fields.periodTo) {
    throw new AppError("invalid", "Период не может закончиться раньше, чем начался.");
  }
  return fields;
}

function withoutAbsent(given: Partial<ActFields>): Partial<ActFields> {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

/** Quantities that were found to fit; `write` puts them into a draft. */
export type Taking =
  | { readonly outcome: "fits"; readonly write: (actId: Id) => Promise<void> }
  | { readonly outcome: "over"; readonly lines: readonly OverTaken[] };

/** All that is left. */
export async function takeRest(scope: Scope, main: EstimateState): Promise<Taking> {
  const parts = await readRemainder(scope, main, null);
  const lines = parts.flatMap(({ estimateId, sections }) =>
    sections
      .flatMap((section) => section.lines)
      .filter(({ left }) => left > 0n)
      .map(({ id, left }) => ({ estimateId, lineId: id, quantity: left })),
  );
  return { outcome: "fits", write: (actId) => writeLines(scope, actId, lines) };
}

/**
 * Checks wanted quantities against what is left besides the act; the contract is locked.
 * @param act.actId null: the act is new
 */
export async function takeLines(
  scope: Scope,
  main: EstimateState,
  act: { readonly actId: Id | null; readonly lines: readonly TakenLine[] },
): Promise<Taking> {
  const lines = readInput(linesSchema, [...act.lines], { quantity: "Количество" });
  if (lines.length === 0) return { outcome: "fits", write: () => Promise.resolve() };
  const parts = await readRemainder(scope, main, act.actId);
  const known = new Map<string, RemainderLine>(
    parts.flatMap(({ estimateId, sections }) =>
      sections.flatMap((section) =>
        section.lines.map((line) => [keyOf(estimateId, line.id), line] as const),
      ),
    ),
  );
  const wanted = new Map(lines.map((line) => [keyOf(line.estimateId, line.lineId), line]));
  const over: OverTaken[] = [];
  for (const [key, { estimateId, lineId, quantity }] of wanted) {
    const line = known.get(key);
    if (!line) throw new AppError("invalid", "Такой строки в утверждённой смете нет.");
    const most = (line.left + line.inAct) as Quantity;
    if (quantity > most) over.push({ estimateId, lineId, name: line.name, unit: line.unit, most });
  }
  if (over.length > 0) return { outcome: "over", lines: over };
  return { outcome: "fits", write: (actId) => writeLines(scope, actId, [...wanted.values()]) };
}

async function writeLines(
  { tx, actor }: Scope,
  actId: Id,
  lines: readonly TakenLine[],
): Promise<void> {
  const { companyId } = actor;
  await removeActLines(
    tx,
    companyId,
    actId,
    lines.filter(({ quantity }) => quantity === 0n),
  );
  await putActLines(
    tx,
    companyId,
    actId,
    lines.filter(({ quantity }) => quantity > 0n),
  );
}

function keyOf(estimateId: Id, lineId: Id): string {
  return `${estimateId} ${lineId}`;
}
