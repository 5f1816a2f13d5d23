import { z } from "zod";
import { evaluateExpression, type ExpressionResult, type Fraction } from "./arithmetic.ts";
import { quantityCodec } from "./codecs.ts";
import { positionSchema } from "./estimate/position.ts";
import { idSchema } from "./ids.ts";
import { MAX_QUANTITY, type Quantity, QUANTITY_ONE } from "./quantity.ts";
import { nameSchema } from "./text.ts";

/** A thousand metres: beyond it somebody mistyped. */
const MAX_METRES = (1000n * QUANTITY_ONE) as Quantity;

const metres = quantityCodec.refine((value) => value <= MAX_METRES);

/** A door or a window: what walls do not have. `count`: how many of the same size. */
export const openingSchema = z.strictObject({
  kind: z.enum(["door", "window"]),
  width: metres,
  height: metres,
  count: z.int().min(1).max(100),
});

/** A room of the object, in metres. What is not measured yet is zero. */
export const roomSchema = z.strictObject({
  id: idSchema,
  position: positionSchema,
  name: nameSchema(100),
  length: metres,
  width: metres,
  height: metres,
  openings: z.array(openingSchema).max(50),
});

export type Opening = z.output<typeof openingSchema>;
export type Room = z.output<typeof roomSchema>;

/** What a room gives: areas in m², lengths in metres. Skirting: the perimeter without doors. */
export const MEASURES = ["floor", "walls", "ceiling", "perimeter", "skirting"] as const;
export type Measure = (typeof MEASURES)[number];

/** One quantity of a line may be put together from several rooms. */
const MAX_FORMULA = 1000;

/**
 * How a quantity follows rooms: arithmetic with references, «{<id of the room>.walls}*1.05». The empty
 * text: the quantity is a plain number.
 */
export const formulaSchema = z
  .string()
  .max(MAX_FORMULA)
  .refine((text) => text === "" || isFormula(text));

/** Exact; never below zero, whatever the openings. */
export function measureRoom(room: Room, measure: Measure): Fraction {
  const around = 2n * (room.length + room.width);
  switch (measure) {
    case "floor":
    case "ceiling":
      return { over: room.length * room.width, under: QUANTITY_ONE * QUANTITY_ONE };
    case "walls":
      return atLeastZero(around * room.height - openArea(room), QUANTITY_ONE * QUANTITY_ONE);
    case "perimeter":
      return { over: around, under: QUANTITY_ONE };
    case "skirting":
      return atLeastZero(around - doorWidth(room), QUANTITY_ONE);
    default:
      return measure satisfies never;
  }
}

/** The measure as a quantity, rounded to seven digits. */
export function measureQuantity(room: Room, measure: Measure): Quantity {
  return evaluateFormula(referTo(room.id, measure), () => room);
}

/** The reference of a formula to a room. */
export function referTo(roomId: string, measure: Measure): string {
  return `{${roomId}.${measure}}`;
}

export interface Reference {
  readonly roomId: string;
  readonly measure: Measure;
}

/** The rooms that a formula refers to, in the order of the text. */
export function referencesOf(formula: string): Reference[] {
  return [...formula.matchAll(/\{([^{}]*)\}/g)].flatMap(
    ([, text = ""]) => readReference(text) ?? [],
  );
}

/**
 * The quantity that a formula gives, rounded once, to seven digits; from 0 to the largest quantity. Zero
 * where it can't be calculated: a division by a room that is not measured yet. All rooms must be there.
 */
export function evaluateFormula(
  formula: string,
  findRoom: (id: string) => Room | undefined,
): Quantity {
  const result = evaluate(formula, ({ roomId, measure }) => {
    const room = findRoom(roomId);
    return room ? measureRoom(room, measure) : null;
  });
  if (!result.ok || result.value < 0n) return 0n as Quantity;
  return (result.value > MAX_QUANTITY ? MAX_QUANTITY : result.value) as Quantity;
}

/** Whether the text is arithmetic with at least one reference to a room. */
export function isFormula(text: string): boolean {
  if (!/^[\d.+\-*/()]*(?:\{[^{}]*\}[\d.+\-*/()]*)+$/.test(text)) return false;
  const result = evaluate(text, () => ({ over: 7n, under: 3n }));
  return result.ok || result.reason === "division_by_zero";
}

function evaluate(
  formula: string,
  measureOf: (reference: Reference) => Fraction | null,
): ExpressionResult {
  return evaluateExpression(formula, 7, (text) => {
    const reference = readReference(text);
    return reference && measureOf(reference);
  });
}

/** Reads what stands between the braces of a reference. */
export function readReference(text: string): Reference | null {
  const [roomId = "", name] = text.split(".");
  const measure = MEASURES.find((measure) => measure === name);
  return measure && isId(roomId) ? { roomId, measure } : null;
}

function isId(text: string): boolean {
  return /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/.test(text);
}

function openArea(room: Room): bigint {
  return room.openings.reduce(
    (sum, { width, height, count }) => sum + width * height * BigInt(count),
    0n,
  );
}

function doorWidth(room: Room): bigint {
  return room.openings.reduce(
    (sum, { kind, width, count }) => (kind === "door" ? sum + width * BigInt(count) : sum),
    0n,
  );
}

function atLeastZero(over: bigint, under: bigint): Fraction {
  return { over: over < 0n ? 0n : over, under };
}
