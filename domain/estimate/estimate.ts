import { z } from "zod";
import { dayCodec, moneyCodec, percentCodec, quantityCodec, sharePercentCodec } from "../codecs.ts";
import { idSchema } from "../ids.ts";
import { formulaSchema, type Room, roomSchema } from "../measures.ts";
import { formatMoney } from "../money.ts";
import { formatQuantity } from "../quantity.ts";
import { nameSchema, textSchema } from "../text.ts";
import { vatModeSchema } from "../vat.ts";
import { positionSchema } from "./position.ts";

/** What one estimate may hold. Enforced where changes are accepted, never while replaying. */
export const ESTIMATE_LIMITS = {
  sections: 500,
  lines: 10_000,
  adjustments: 50,
  rooms: 200,
} as const;

export const LINE_KINDS = ["work", "material"] as const;
export type LineKind = (typeof LINE_KINDS)[number];

export const sectionSchema = z.strictObject({
  id: idSchema,
  title: nameSchema(200),
  /** The kind that new lines of the section get. */
  kind: z.enum(LINE_KINDS),
  position: positionSchema,
});

const lineShape = {
  id: idSchema,
  /** Null: the line stands before the first section. */
  sectionId: idSchema.nullable(),
  position: positionSchema,
  kind: z.enum(LINE_KINDS),
  name: nameSchema(500),
  unit: textSchema(30),
  /** Where there is a formula, what it gives. */
  quantity: quantityCodec,
  /** How the quantity follows the rooms; empty for a plain number. */
  quantityFormula: formulaSchema,
  /** Per unit, before hidden adjustments. Zero: no price yet. */
  price: moneyCodec,
  /** What the unit costs the contractor. Internal: never in a client's view. */
  cost: moneyCodec.nullable(),
  /** An optional line counts only when it is chosen. */
  isOptional: z.boolean(),
  isChosen: z.boolean(),
  /** Where the price came from, so that a person can check what was not typed. */
  priceSource: z.enum(["typed", "catalogue", "history", "import"]),
  note: textSchema(2000),
  internalNote: textSchema(2000),
};

/** The log holds lines from before there were formulas. */
export const lineSchema = z.strictObject({
  ...lineShape,
  quantityFormula: formulaSchema.default(""),
});

/** What an edit may set. Without defaults: what is not named stays as it is. */
export const lineFieldsSchema = z
  .strictObject(lineShape)
  .omit({ id: true, sectionId: true, position: true })
  .partial();

export const ADJUSTMENT_BASES = ["works", "materials", "all", "running"] as const;

/**
 * A per cent line: overheads, transport, contingency, supervision. A hidden one is inside the client's
 * prices; a visible one is a row of its own. `running`: of all that stands above it.
 */
export const adjustmentSchema = z.strictObject({
  id: idSchema,
  position: positionSchema,
  title: nameSchema(200),
  percent: percentCodec,
  base: z.enum(ADJUSTMENT_BASES),
  isHidden: z.boolean(),
});

export const discountSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("percent"),
    percent: sharePercentCodec,
    base: z.enum(["works", "all"]),
  }),
  z.strictObject({ kind: z.literal("amount"), amount: moneyCodec, base: z.enum(["works", "all"]) }),
]);

export const headerSchema = z.strictObject({
  title: textSchema(200),
  projectId: idSchema.nullable(),
  clientId: idSchema.nullable(),
  /** The day of the document; decides the base VAT rate. */
  date: dayCodec,
  validUntil: dayCodec.nullable(),
  vat: vatModeSchema,
  discount: discountSchema.nullable(),
  /** Твёрдая or приблизительная (ГК РФ, ст. 709; Закон о защите прав потребителей, ст. 33). */
  priceKind: z.enum(["firm", "approximate"]),
  paymentTerms: textSchema(2000),
  warranty: textSchema(2000),
  note: textSchema(4000),
  internalNote: textSchema(4000),
});

export const contentSchema = z.strictObject({
  header: headerSchema,
  sections: z.array(sectionSchema),
  lines: z.array(lineSchema),
  adjustments: z.array(adjustmentSchema),
  rooms: z.array(roomSchema).default([]),
});

export type Section = z.output<typeof sectionSchema>;
export type Line = z.output<typeof lineSchema>;
export type Adjustment = z.output<typeof adjustmentSchema>;
export type Discount = z.output<typeof discountSchema>;
export type Header = z.output<typeof headerSchema>;
/** The content as JSON carries it. */
export type ContentWire = z.input<typeof contentSchema>;

/** The whole content, in no particular order: see `orderedSections` and `orderedLines`. */
export interface Content {
  readonly header: Header;
  readonly sections: ReadonlyMap<string, Section>;
  readonly lines: ReadonlyMap<string, Line>;
  readonly adjustments: ReadonlyMap<string, Adjustment>;
  readonly rooms: ReadonlyMap<string, Room>;
}

interface Placed {
  readonly id: string;
  readonly position: string;
}

export function comparePlaces(a: Placed, b: Placed): number {
  if (a.position !== b.position) return a.position < b.position ? -1 : 1;
  if (a.id === b.id) return 0;
  return a.id < b.id ? -1 : 1;
}

export function inOrder<Item extends Placed>(items: Iterable<Item>): Item[] {
  return [...items].sort(comparePlaces);
}

/** A section with its lines in reading order; the first group has `section: null` where lines need it. */
export interface SectionGroup {
  readonly section: Section | null;
  readonly lines: readonly Line[];
}

/** The whole estimate in reading order: lines without a section first, empty sections included. */
export function groupLines(content: Content): SectionGroup[] {
  const bySection = new Map<string | null, Line[]>();
  for (const line of content.lines.values()) {
    const group = bySection.get(line.sectionId);
    if (group) group.push(line);
    else bySection.set(line.sectionId, [line]);
  }
  const groups: SectionGroup[] = inOrder(content.sections.values()).map((section) => ({
    section,
    lines: inOrder(bySection.get(section.id) ?? []),
  }));
  const loose = bySection.get(null);
  return loose ? [{ section: null, lines: inOrder(loose) }, ...groups] : groups;
}

/** Whether the line is in the total. */
export function isCounted(line: Line): boolean {
  return !line.isOptional || line.isChosen;
}

/** Writes a line for the wire: what its schema gives, in a tenth of the time. */
export function encodeLine({ quantity, price, cost, ...line }: Line): z.input<typeof lineSchema> {
  return {
    ...line,
    quantity: formatQuantity(quantity),
    price: formatMoney(price),
    cost: cost === null ? null : formatMoney(cost),
  };
}

/** Writes the content for the wire, everything in reading order. */
export function encodeContent(content: Content): ContentWire {
  const rest = z.encode(contentSchema, {
    header: content.header,
    sections: inOrder(content.sections.values()),
    lines: [],
    adjustments: inOrder(content.adjustments.values()),
    rooms: inOrder(content.rooms.values()),
  });
  const lines = groupLines(content).flatMap((group) => group.lines);
  return { ...rest, lines: lines.map(encodeLine) };
}

/** Reads a content from the wire; throws a ZodError when it is not one. */
export function decodeContent(wire: unknown): Content {
  const content = contentSchema.parse(wire);
  return {
    header: content.header,
    sections: new Map(content.sections.map((section) => [section.id, section])),
    lines: new Map(content.lines.map((line) => [line.id, line])),
    adjustments: new Map(content.adjustments.map((adjustment) => [adjustment.id, adjustment])),
    rooms: new Map(content.rooms.map((room) => [room.id, room])),
  };
}

/** What the log of an estimate starts from; the first entry of every log sets the whole header. */
export function emptyContent(): Content {
  return {
    header: {
      title: "",
      projectId: null,
      clientId: null,
      date: "1970-01-01" as Header["date"],
      validUntil: null,
      vat: { kind: "none", ground: "usn" },
      discount: null,
      priceKind: "firm",
      paymentTerms: "",
      warranty: "",
      note: "",
      internalNote: "",
    },
    sections: new Map(),
    lines: new Map(),
    adjustments: new Map(),
    rooms: new Map(),
  };
}
