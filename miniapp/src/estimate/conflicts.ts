import { type Change, isSame } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";

type SetChange = Extract<Change, { set: unknown }>;

/** A field that two people changed at once. Ours is on top until the person decides. */
export interface Conflict {
  readonly target: Target;
  readonly field: string;
  readonly mine: unknown;
  readonly theirs: unknown;
  /** What the other value is nothing without: the formula that a quantity came from. */
  readonly theirsWith?: { readonly quantityFormula: string };
}

/** Somebody removed what was being edited here. Deleting wins; the person may bring it back. */
export interface Removal {
  readonly target: Target;
  /** The changes that bring the thing back as it is here. */
  readonly restore: readonly Change[];
}

export interface Target {
  readonly kind: "section" | "line" | "adjustment" | "room" | "estimate";
  /** Empty for the estimate itself. */
  readonly id: Id;
}

/**
 * What the others' changes touch of the own unsent ones. `content` is as it was seen here before the
 * others' changes came.
 */
export function findClashes(
  content: Content,
  others: readonly Change[],
  pending: readonly Change[],
  newId: () => Id,
): { conflicts: Conflict[]; removals: Removal[] } {
  const own = new Map<string, Map<string, unknown>>();
  for (const change of pending) {
    if (!isSet(change)) continue;
    const key = keyOf(targetOf(change));
    const fields = own.get(key) ?? new Map<string, unknown>();
    for (const [field, value] of Object.entries(change.set)) fields.set(field, value);
    own.set(key, fields);
  }
  if (own.size === 0) return { conflicts: [], removals: [] };

  const conflicts = new Map<string, Conflict>();
  const removals: Removal[] = [];
  for (const change of others) {
    if (isSet(change)) {
      const target = targetOf(change);
      const fields = own.get(keyOf(target));
      for (const [field, theirs] of Object.entries(change.set)) {
        // A formula never comes without its quantity.
        if (!fields?.has(field) || field === "quantityFormula") continue;
        const mine = fields.get(field);
        const key = `${keyOf(target)}/${field}`;
        if (isSame(mine, theirs)) conflicts.delete(key);
        else conflicts.set(key, { target, field, mine, theirs, ...formulaOf(change, field) });
      }
    }
    if (change.type === "line.remove" && own.has(`line/${change.lineId}`)) {
      const line = content.lines.get(change.lineId);
      if (!line) continue;
      const restore: Change[] = [{ id: newId(), type: "line.add", line }];
      removals.push({ target: { kind: "line", id: line.id }, restore });
    }
  }
  return { conflicts: [...conflicts.values()], removals };
}

/** The change that gives up the own value for the other one. */
export function acceptTheirs(conflict: Conflict, newId: () => Id): Change {
  const { target, field, theirs } = conflict;
  const id = newId();
  const set = { [field]: theirs };
  switch (target.kind) {
    case "section":
      return { id, type: "section.set", sectionId: target.id, set };
    case "line":
      return { id, type: "line.set", lineId: target.id, set: { ...set, ...conflict.theirsWith } };
    case "adjustment":
      return { id, type: "adjustment.set", adjustmentId: target.id, set };
    case "room":
      return { id, type: "room.set", roomId: target.id, set };
    case "estimate":
      return { id, type: "estimate.set", set };
    default:
      return target.kind satisfies never;
  }
}

function formulaOf(change: SetChange, field: string): Pick<Conflict, "theirsWith"> {
  if (change.type !== "line.set" || field !== "quantity") return {};
  return { theirsWith: { quantityFormula: change.set.quantityFormula ?? "" } };
}

function isSet(change: Change): change is SetChange {
  return "set" in change;
}

function targetOf(change: SetChange): Target {
  switch (change.type) {
    case "section.set":
      return { kind: "section", id: change.sectionId };
    case "line.set":
      return { kind: "line", id: change.lineId };
    case "adjustment.set":
      return { kind: "adjustment", id: change.adjustmentId };
    case "room.set":
      return { kind: "room", id: change.roomId };
    case "estimate.set":
      return { kind: "estimate", id: "" };
    default:
      return change satisfies never;
  }
}

function keyOf({ kind, id }: Target): string {
  return `${kind}/${id}`;
}
