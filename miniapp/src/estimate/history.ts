import { type Change, followersOf } from "../../../domain/estimate/changes.ts";
import type { Content } from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { WorkingContent } from "./apply.ts";

/**
 * The changes that take `changes` back, in the order to apply them. They are ordinary changes: on
 * other devices an undo is an edit like any other. `content` is as it was before `changes`.
 */
export function invertAll(
  content: Content,
  changes: readonly Change[],
  newId: () => Id,
): readonly Change[] {
  const copy = new WorkingContent(content);
  const steps: Change[][] = [];
  for (const [index, change] of changes.entries()) {
    const back = invert(copy, change, newId);
    // Nothing looks at the content behind the last one: the usual single change copies nothing.
    const isLast = index === changes.length - 1;
    if (isLast ? copy.wouldChange(change) : copy.apply(change)) steps.push(back);
  }
  const inverse: Change[] = [];
  for (let step = steps.pop(); step; step = steps.pop()) inverse.push(...step);
  return inverse;
}

function invert(before: WorkingContent, change: Change, newId: () => Id): Change[] {
  const id = newId();
  switch (change.type) {
    case "section.add":
      return [{ id, type: "section.remove", sectionId: change.section.id }];
    case "line.add":
      return [{ id, type: "line.remove", lineId: change.line.id }];
    case "adjustment.add":
      return [{ id, type: "adjustment.remove", adjustmentId: change.adjustment.id }];
    case "section.remove":
      return restoreSection(before.content, change.sectionId, newId);
    case "line.remove": {
      const line = before.line(change.lineId);
      return line ? [{ id, type: "line.add", line }] : [];
    }
    case "adjustment.remove": {
      const adjustment = before.adjustment(change.adjustmentId);
      return adjustment ? [{ id, type: "adjustment.add", adjustment }] : [];
    }
    case "section.set": {
      const set = pick(before.section(change.sectionId), change.set);
      return set ? [{ ...change, id, set }] : [];
    }
    case "line.set": {
      const set = pick(before.line(change.lineId), withBothQuantities(change.set));
      return set ? [{ ...change, id, set }] : [];
    }
    case "adjustment.set": {
      const set = pick(before.adjustment(change.adjustmentId), change.set);
      return set ? [{ ...change, id, set }] : [];
    }
    case "estimate.set": {
      const set = pick(before.header, change.set);
      return set ? [{ ...change, id, set }] : [];
    }
    case "room.add":
      return [{ id, type: "room.remove", roomId: change.room.id }];
    case "room.set": {
      const set = pick(before.room(change.roomId), change.set);
      return set ? [{ ...change, id, set }] : [];
    }
    case "room.remove":
      return restoreRoom(before, change.roomId, newId);
    case "section.move": {
      const section = before.section(change.sectionId);
      return section ? [{ ...change, id, position: section.position }] : [];
    }
    case "line.move": {
      const line = before.line(change.lineId);
      return line ? [{ ...change, id, sectionId: line.sectionId, position: line.position }] : [];
    }
    default:
      return change satisfies never;
  }
}

/** A removed section took its lines along; it comes back with all of them. */
function restoreSection(content: Content, sectionId: Id, newId: () => Id): Change[] {
  const section = content.sections.get(sectionId);
  if (!section) return [];
  const lines = [...content.lines.values()].filter((line) => line.sectionId === sectionId);
  return [
    { id: newId(), type: "section.add", section },
    ...lines.map((line): Change => ({ id: newId(), type: "line.add", line })),
  ];
}

/** A number takes the place of a formula and a formula decides the number: they come back together. */
function withBothQuantities(set: LineSet): LineSet {
  if (set.quantity === undefined && set.quantityFormula === undefined) return set;
  return { ...set, quantity: undefined, quantityFormula: undefined };
}

type LineSet = Extract<Change, { type: "line.set" }>["set"];

/** The lines that followed a removed room follow it again. */
function restoreRoom(before: WorkingContent, roomId: Id, newId: () => Id): Change[] {
  const room = before.room(roomId);
  if (!room) return [];
  return [
    { id: newId(), type: "room.add", room },
    ...followersOf(before, roomId).map(({ id, quantity, quantityFormula }): Change => ({
      id: newId(),
      type: "line.set",
      lineId: id,
      set: { quantity, quantityFormula },
    })),
  ];
}

/** The values that an item has now in the fields that are about to change. */
function pick<Item extends object, Set extends object>(
  item: Item | undefined,
  set: Set,
): { [Key in keyof Set & keyof Item]: Item[Key] } | null {
  if (!item) return null;
  return Object.fromEntries(Object.keys(set).map((key) => [key, item[key as keyof Item]])) as {
    [Key in keyof Set & keyof Item]: Item[Key];
  };
}

/** What can be undone and redone on this device, since the estimate was opened. */
export interface History {
  /** Last step last; each is the changes that take it back. */
  readonly undo: readonly (readonly Change[])[];
  readonly redo: readonly (readonly Change[])[];
}

export const NO_HISTORY: History = { undo: [], redo: [] };

/** Enough for a day of work; what is older is hardly undone step by step. */
const MAX_STEPS = 500;

export function remember(history: History, inverse: readonly Change[]): History {
  return { undo: [...history.undo, inverse].slice(-MAX_STEPS), redo: [] };
}
