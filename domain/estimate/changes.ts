import { z } from "zod";
import { idSchema } from "../ids.ts";
import { formatMoney } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import {
  type Adjustment,
  adjustmentSchema,
  type Content,
  type Header,
  headerSchema,
  type Line,
  lineSchema,
  positionSchema,
  type Section,
  sectionSchema,
} from "./estimate.ts";

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
    set: lineSchema.omit({ id: true, sectionId: true, position: true }).partial(),
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
  const { quantity, price, cost, ...line } = change.line;
  return {
    ...change,
    line: {
      ...line,
      quantity: formatQuantity(quantity),
      price: formatMoney(price),
      cost: cost === null ? null : formatMoney(cost),
    },
  };
}

/** What a change needs to see. A `Content` gives it in memory; the server loads only these rows. */
export interface EstimateView {
  readonly header: Header;
  section(id: string): Section | undefined;
  line(id: string): Line | undefined;
  adjustment(id: string): Adjustment | undefined;
}

/** What a change does. Removing a section removes the lines that stand in it. */
export type Write =
  | { readonly put: "section"; readonly section: Section }
  | { readonly put: "line"; readonly line: Line }
  | { readonly put: "adjustment"; readonly adjustment: Adjustment }
  | { readonly put: "header"; readonly header: Header }
  | { readonly remove: "section"; readonly id: string }
  | { readonly remove: "line"; readonly id: string }
  | { readonly remove: "adjustment"; readonly id: string };

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
          line: { ...change.line, sectionId: existingSection(view, change.line.sectionId) },
        },
      };
    case "line.set":
      return editLine(view, change.lineId, change.set);
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

/** Fields are primitives but for the VAT mode and the discount, which are flat objects. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  const left = Object.entries(a);
  const right = new Map<string, unknown>(Object.entries(b));
  return left.length === right.size && left.every(([key, value]) => right.get(key) === value);
}

function decided<Item>(item: Item | "gone" | "same", write: (item: Item) => Write): Decision {
  if (item === "gone") return GONE;
  if (item === "same") return SAME;
  return { write: write(item) };
}

export function viewOf(content: Content): EstimateView {
  return {
    header: content.header,
    section: (id) => content.sections.get(id),
    line: (id) => content.lines.get(id),
    adjustment: (id) => content.adjustments.get(id),
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

function withoutItem<Item>(items: ReadonlyMap<string, Item>, id: string): Map<string, Item> {
  const rest = new Map(items);
  rest.delete(id);
  return rest;
}
