import { z } from "zod";
import { idSchema } from "../ids.ts";
import { evaluateFormula, referencesOf, type Room, roomSchema } from "../measures.ts";
import {
  type Adjustment,
  adjustmentSchema,
  type Content,
  encodeLine,
  type Header,
  headerSchema,
  type Line,
  lineFieldsSchema,
  lineSchema,
  type Section,
  sectionSchema,
} from "./estimate.ts";
import { positionSchema } from "./position.ts";

/**
 * A change is an operation with an id made by the client: sending it again is harmless. The Mini App,
 * the server and the bot all apply changes with `decideChange` below and with nothing else.
 */
export const changeSchema = z.discriminatedUnion("type", [
  z.strictObject({ id: idSchema, type: z.literal("section.add"), section: sectionSchema }),
  z.strictObject({
    id: idSchema,
    type: z.literal("section.set"),
    sectionId: idSchema,
    set: sectionSchema.omit({ id: true, position: true }).partial(),
  }),
  z.strictObject({
    id: idSchema,
    type: z.literal("section.move"),
    sectionId: idSchema,
    position: positionSchema,
  }),
  z.strictObject({ id: idSchema, type: z.literal("section.remove"), sectionId: idSchema }),
  z.strictObject({ id: idSchema, type: z.literal("line.add"), line: lineSchema }),
  z.strictObject({
    id: idSchema,
    type: z.literal("line.set"),
    lineId: idSchema,
    set: lineFieldsSchema,
  }),
  z.strictObject({
    id: idSchema,
    type: z.literal("line.move"),
    lineId: idSchema,
    sectionId: idSchema.nullable(),
    position: positionSchema,
  }),
  z.strictObject({ id: idSchema, type: z.literal("line.remove"), lineId: idSchema }),
  z.strictObject({ id: idSchema, type: z.literal("adjustment.add"), adjustment: adjustmentSchema }),
  z.strictObject({
    id: idSchema,
    type: z.literal("adjustment.set"),
    adjustmentId: idSchema,
    set: adjustmentSchema.omit({ id: true }).partial(),
  }),
  z.strictObject({ id: idSchema, type: z.literal("adjustment.remove"), adjustmentId: idSchema }),
  z.strictObject({ id: idSchema, type: z.literal("room.add"), room: roomSchema }),
  z.strictObject({
    id: idSchema,
    type: z.literal("room.set"),
    roomId: idSchema,
    set: roomSchema.omit({ id: true }).partial(),
  }),
  z.strictObject({ id: idSchema, type: z.literal("room.remove"), roomId: idSchema }),
  z.strictObject({ id: idSchema, type: z.literal("estimate.set"), set: headerSchema.partial() }),
]);

export type Change = z.output<typeof changeSchema>;
/** The change as JSON carries it and as the log keeps it. */
export type ChangeWire = z.input<typeof changeSchema>;

/**
 * Writes a change for the wire. Lists come in thousands of new lines, so these take a short way that gives
 * the same.
 */
export function encodeChange(change: Change): ChangeWire {
  if (change.type !== "line.add") return z.encode(changeSchema, change);
  return { ...change, line: encodeLine(change.line) };
}

/** What a change needs to see. A `Content` gives it in memory; the server loads only these rows. */
export interface EstimateView {
  readonly header: Header;
  section(id: string): Section | undefined;
  line(id: string): Line | undefined;
  adjustment(id: string): Adjustment | undefined;
  room(id: string): Room | undefined;
  /** All lines whose quantity follows rooms. */
  followingLines(): Iterable<Line>;
}

/**
 * What a change does. Removing a section removes the lines that stand in it; a change of a room brings
 * the lines along that follow it.
 */
export type Write =
  | { readonly put: "section"; readonly section: Section }
  | { readonly put: "line"; readonly line: Line }
  | { readonly put: "adjustment"; readonly adjustment: Adjustment }
  | { readonly put: "header"; readonly header: Header }
  | { readonly put: "room"; readonly room: Room; readonly lines: readonly Line[] }
  | { readonly remove: "section"; readonly id: string }
  | { readonly remove: "line"; readonly id: string }
  | { readonly remove: "adjustment"; readonly id: string }
  | { readonly remove: "room"; readonly id: string; readonly lines: readonly Line[] };

/**
 * `gone`: the thing was removed by another change (deleting beats editing).
 * `exists`: an addition whose id is there already. `same`: nothing would change.
 */
export type Decision =
  | { readonly write: Write }
  | { readonly write: null; readonly reason: "gone" | "exists" | "same" };

const GONE: Decision = { write: null, reason: "gone" };
const EXISTS: Decision = { write: null, reason: "exists" };
const SAME: Decision = { write: null, reason: "same" };

/** Decides what one change does to an estimate. The only place where changes are given a meaning. */
export function decideChange(view: EstimateView, change: Change): Decision {
  switch (change.type) {
    case "section.add":
      if (view.section(change.section.id)) return EXISTS;
      return { write: { put: "section", section: change.section } };
    case "section.set":
      return editSection(view, change.sectionId, change.set);
    case "section.move":
      return editSection(view, change.sectionId, { position: change.position });
    case "section.remove":
      if (!view.section(change.sectionId)) return GONE;
      return { write: { remove: "section", id: change.sectionId } };
    case "line.add":
      if (view.line(change.line.id)) return EXISTS;
      return {
        write: {
          put: "line",
          line: {
            ...change.line,
            sectionId: existingSection(view, change.line.sectionId),
            ...measured(view, change.line),
          },
        },
      };
    case "line.set":
      return editLine(view, change.lineId, withFormula(view, change.set));
    case "line.move":
      return editLine(view, change.lineId, {
        sectionId: existingSection(view, change.sectionId),
        position: change.position,
      });
    case "line.remove":
      if (!view.line(change.lineId)) return GONE;
      return { write: { remove: "line", id: change.lineId } };
    case "adjustment.add":
      if (view.adjustment(change.adjustment.id)) return EXISTS;
      return { write: { put: "adjustment", adjustment: change.adjustment } };
    case "adjustment.set": {
      const adjustment = merge(view.adjustment(change.adjustmentId), change.set);
      return decided(adjustment, (value) => ({ put: "adjustment", adjustment: value }));
    }
    case "adjustment.remove":
      if (!view.adjustment(change.adjustmentId)) return GONE;
      return { write: { remove: "adjustment", id: change.adjustmentId } };
    case "room.add":
      if (view.room(change.room.id)) return EXISTS;
      return { write: { put: "room", room: change.room, lines: [] } };
    case "room.set":
      return decided(merge(view.room(change.roomId), change.set), (room) => ({
        put: "room",
        room,
        lines: follow(view, room),
      }));
    case "room.remove":
      if (!view.room(change.roomId)) return GONE;
      return {
        write: { remove: "room", id: change.roomId, lines: unfollow(view, change.roomId) },
      };
    case "estimate.set":
      return decided(merge(view.header, change.set), (header) => ({ put: "header", header }));
    default:
      return change satisfies never;
  }
}

function editSection(view: EstimateView, id: string, fields: Fields<Section>): Decision {
  return decided(merge(view.section(id), fields), (section) => ({ put: "section", section }));
}

function editLine(view: EstimateView, id: string, fields: Fields<Line>): Decision {
  return decided(merge(view.line(id), fields), (line) => ({ put: "line", line }));
}

/** A line that arrives for a removed section is kept, before the first section: nothing typed is lost. */
function existingSection(view: EstimateView, sectionId: string | null): string | null {
  return sectionId !== null && view.section(sectionId) ? sectionId : null;
}

/** The lines that follow a room, with the quantities that its new measures give. */
function follow(view: EstimateView, room: Room): Line[] {
  const findRoom = (id: string) => (id === room.id ? room : view.room(id));
  return followersOf(view, room.id).flatMap((line) => {
    const quantity = evaluateFormula(line.quantityFormula, findRoom);
    return quantity === line.quantity ? [] : { ...line, quantity };
  });
}

/** Without the room its lines keep their numbers. */
function unfollow(view: EstimateView, roomId: string): Line[] {
  return followersOf(view, roomId).map((line) => ({ ...line, quantityFormula: "" }));
}

/** The lines whose quantity follows this room. */
export function followersOf(view: Pick<EstimateView, "followingLines">, roomId: string): Line[] {
  return [...view.followingLines()].filter(({ quantityFormula }) =>
    referencesOf(quantityFormula).some((reference) => reference.roomId === roomId),
  );
}

type Quantified = Pick<Line, "quantity" | "quantityFormula">;

/** A formula decides its quantity. One that refers to a removed room leaves the number it had. */
function measured(view: EstimateView, line: Quantified): Quantified {
  const { quantity, quantityFormula } = line;
  // A change that a device kept from before there were formulas has none at all.
  const isKnown = quantityFormula
    ? referencesOf(quantityFormula).every(({ roomId }) => view.room(roomId))
    : false;
  if (!isKnown) return { quantity, quantityFormula: "" };
  return { quantity: evaluateFormula(quantityFormula, (id) => view.room(id)), quantityFormula };
}

/** A number that is set without a formula takes the place of the formula. */
function withFormula(view: EstimateView, set: Fields<Line>): Fields<Line> {
  const { quantity, quantityFormula } = set;
  if (quantityFormula === undefined || quantityFormula === "") {
    return quantity === undefined && quantityFormula === undefined
      ? set
      : { ...set, quantityFormula: "" };
  }
  const isKnown = referencesOf(quantityFormula).every(({ roomId }) => view.room(roomId));
  if (!isKnown) return { ...set, quantityFormula: quantity === undefined ? undefined : "" };
  return { ...set, ...measured(view, { quantity: 0n as Line["quantity"], quantityFormula }) };
}

type Fields<Item> = { readonly [Key in keyof Item]?: Item[Key] | undefined };

function merge<Item extends object>(
  item: Item | undefined,
  fields: Fields<Item>,
): Item | "gone" | "same" {
  if (!item) return "gone";
  let isChanged = false;
  const merged = { ...item };
  for (const key of Object.keys(fields) as (keyof Item)[]) {
    const value = fields[key];
    if (value === undefined || isSame(value, item[key])) continue;
    merged[key] = value;
    isChanged = true;
  }
  return isChanged ? merged : "same";
}

/** Whether two values of a field are the same; some are objects (VAT mode, discount) or lists (openings). */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => isSame(right.get(key), value));
}

function decided<Item>(item: Item | "gone" | "same", write: (item: Item) => Write): Decision {
  if (item === "gone") return GONE;
  if (item === "same") return SAME;
  return { write: write(item) };
}

export function isFollowing(line: Line): boolean {
  return line.quantityFormula !== "";
}

export function viewOf(content: Content): EstimateView {
  return {
    header: content.header,
    section: (id) => content.sections.get(id),
    line: (id) => content.lines.get(id),
    adjustment: (id) => content.adjustments.get(id),
    room: (id) => content.rooms.get(id),
    followingLines: () => [...content.lines.values()].filter(isFollowing),
  };
}

/** The content after a change; the same object when the change does nothing. */
export function applyChange(content: Content, change: Change): Content {
  const { write } = decideChange(viewOf(content), change);
  return write ? applyWrite(content, write) : content;
}

export function applyChanges(content: Content, changes: Iterable<Change>): Content {
  let result = content;
  for (const change of changes) result = applyChange(result, change);
  return result;
}

function applyWrite(content: Content, write: Write): Content {
  if ("put" in write) {
    switch (write.put) {
      case "section":
        return { ...content, sections: withItem(content.sections, write.section) };
      case "line":
        return { ...content, lines: withItem(content.lines, write.line) };
      case "adjustment":
        return { ...content, adjustments: withItem(content.adjustments, write.adjustment) };
      case "header":
        return { ...content, header: write.header };
      case "room":
        return {
          ...content,
          rooms: withItem(content.rooms, write.room),
          lines: withItems(content.lines, write.lines),
        };
      default:
        return write satisfies never;
    }
  }
  switch (write.remove) {
    case "section":
      return {
        ...content,
        sections: withoutItem(content.sections, write.id),
        lines: new Map([...content.lines].filter(([, line]) => line.sectionId !== write.id)),
      };
    case "line":
      return { ...content, lines: withoutItem(content.lines, write.id) };
    case "adjustment":
      return { ...content, adjustments: withoutItem(content.adjustments, write.id) };
    case "room":
      return {
        ...content,
        rooms: withoutItem(content.rooms, write.id),
        lines: withItems(content.lines, write.lines),
      };
    default:
      return write satisfies never;
  }
}

function withItem<Item extends { readonly id: string }>(
  items: ReadonlyMap<string, Item>,
  item: Item,
): Map<string, Item> {
  return new Map(items).set(item.id, item);
}

function withItems<Item extends { readonly id: string }>(
  items: ReadonlyMap<string, Item>,
  changed: readonly Item[],
): ReadonlyMap<string, Item> {
  if (changed.length === 0) return items;
  return new Map([...items, ...changed.map((item) => [item.id, item] as const)]);
}

function withoutItem<Item>(items: ReadonlyMap<string, Item>, id: string): Map<string, Item> {
  const rest = new Map(items);
  rest.delete(id);
  return rest;
}
