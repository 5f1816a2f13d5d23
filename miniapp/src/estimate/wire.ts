import type { Day } from "../../../domain/calendar.ts";
import type { Change, ChangeWire } from "../../../domain/estimate/changes.ts";
import type {
  Adjustment,
  Content,
  ContentWire,
  Discount,
  Header,
  Line,
} from "../../../domain/estimate/estimate.ts";
import type { Room } from "../../../domain/measures.ts";
import { formatMoney, type Kopecks, parseMoney } from "../../../domain/money.ts";
import { formatPercent, parsePercent, type Percent } from "../../../domain/percent.ts";
import { formatQuantity, parseQuantity, type Quantity } from "../../../domain/quantity.ts";

/*
 * The wire form by hand. It is what the schemas of `domain` do (a test compares the two), without their
 * weight: a quarter of the app's size, and a good part of a second for 5 000 lines on an old phone. The
 * server checks everything that arrives there; what comes from it needs no second check.
 */

type LineWire = ContentWire["lines"][number];
type AdjustmentWire = ContentWire["adjustments"][number];
type RoomWire = NonNullable<ContentWire["rooms"]>[number];
type HeaderWire = ContentWire["header"];
type DiscountWire = NonNullable<HeaderWire["discount"]>;

export function readContent(wire: ContentWire): Content {
  return {
    header: { ...wire.header, ...readHeader(wire.header) } as Header,
    sections: new Map(wire.sections.map((section) => [section.id, section])),
    lines: new Map(wire.lines.map((line) => [line.id, readWholeLine(line)])),
    adjustments: new Map(
      wire.adjustments.map((adjustment) => [
        adjustment.id,
        { ...adjustment, ...readAdjustment(adjustment) } as Adjustment,
      ]),
    ),
    rooms: new Map(
      (wire.rooms ?? []).map((room) => [room.id, { ...room, ...readRoom(room) } as Room]),
    ),
  };
}

export function readChange(wire: ChangeWire): Change {
  switch (wire.type) {
    case "line.add":
      return { ...wire, line: readWholeLine(wire.line) };
    case "line.set":
      return { ...wire, set: { ...wire.set, ...readLine(wire.set) } } as Change;
    case "adjustment.add": {
      const { adjustment } = wire;
      return {
        ...wire,
        adjustment: { ...adjustment, ...readAdjustment(adjustment) } as Adjustment,
      };
    }
    case "adjustment.set":
      return { ...wire, set: { ...wire.set, ...readAdjustment(wire.set) } } as Change;
    case "room.add":
      return { ...wire, room: { ...wire.room, ...readRoom(wire.room) } as Room };
    case "room.set":
      return { ...wire, set: { ...wire.set, ...readRoom(wire.set) } } as Change;
    case "estimate.set":
      return { ...wire, set: { ...wire.set, ...readHeader(wire.set) } } as Change;
    default:
      return wire;
  }
}

export function writeChange(change: Change): ChangeWire {
  switch (change.type) {
    case "line.add":
      return { ...change, line: { ...change.line, ...writeLine(change.line) } as LineWire };
    case "line.set":
      return { ...change, set: { ...change.set, ...writeLine(change.set) } } as ChangeWire;
    case "adjustment.add": {
      const { adjustment } = change;
      return {
        ...change,
        adjustment: { ...adjustment, ...writeAdjustment(adjustment) } as AdjustmentWire,
      };
    }
    case "adjustment.set":
      return { ...change, set: { ...change.set, ...writeAdjustment(change.set) } } as ChangeWire;
    case "room.add":
      return { ...change, room: { ...change.room, ...writeRoom(change.room) } as RoomWire };
    case "room.set":
      return { ...change, set: { ...change.set, ...writeRoom(change.set) } } as ChangeWire;
    case "estimate.set":
      return { ...change, set: { ...change.set, ...writeHeader(change.set) } } as ChangeWire;
    default:
      return change;
  }
}

/** The log holds lines from before there were formulas. */
function readWholeLine(line: LineWire): Line {
  return { quantityFormula: "", ...line, ...readLine(line) } as Line;
}

type Given<Item> = { readonly [Key in keyof Item]?: Item[Key] | undefined };

/** Only the fields that differ between the program and the wire; those that are absent stay absent. */
function readLine({ quantity, price, cost }: Given<LineWire>): Partial<Line> {
  return {
    ...(quantity === undefined ? {} : { quantity: readQuantity(quantity) }),
    ...(price === undefined ? {} : { price: readMoney(price) }),
    ...(cost === undefined ? {} : { cost: cost === null ? null : readMoney(cost) }),
  };
}

function writeLine({ quantity, price, cost }: Given<Line>): Partial<LineWire> {
  return {
    ...(quantity === undefined ? {} : { quantity: formatQuantity(quantity) }),
    ...(price === undefined ? {} : { price: formatMoney(price) }),
    ...(cost === undefined ? {} : { cost: cost === null ? null : formatMoney(cost) }),
  };
}

function readAdjustment({ percent }: Given<AdjustmentWire>): Partial<Adjustment> {
  return percent === undefined ? {} : { percent: readPercent(percent) };
}

function writeAdjustment({ percent }: Given<Adjustment>): Partial<AdjustmentWire> {
  return percent === undefined ? {} : { percent: formatPercent(percent) };
}

function readRoom({ openings, ...room }: Given<RoomWire>): Partial<Room> {
  return {
    ...convertSizes(room, readQuantity),
    ...(openings === undefined
      ? {}
      : {
          openings: openings.map((opening) => ({
            ...opening,
            ...convertSizes(opening, readQuantity),
          })),
        }),
  } as Partial<Room>;
}

function writeRoom({ openings, ...room }: Given<Room>): Partial<RoomWire> {
  return {
    ...convertSizes(room, formatQuantity),
    ...(openings === undefined
      ? {}
      : {
          openings: openings.map((opening) => ({
            ...opening,
            ...convertSizes(opening, formatQuantity),
          })),
        }),
  } as Partial<RoomWire>;
}

/** The sizes that are given, of a room or of an opening. */
function convertSizes<From, To>(
  sizes: { readonly [Key in "length" | "width" | "height"]?: From | undefined },
  convert: (size: From) => To,
): Partial<Record<"length" | "width" | "height", To>> {
  const converted: Partial<Record<"length" | "width" | "height", To>> = {};
  for (const name of ["length", "width", "height"] as const) {
    const size = sizes[name];
    if (size !== undefined) converted[name] = convert(size);
  }
  return converted;
}

function readHeader({ date, validUntil, discount }: Given<HeaderWire>): Partial<Header> {
  return {
    ...(date === undefined ? {} : { date: date as Day }),
    ...(validUntil === undefined ? {} : { validUntil: validUntil as Day | null }),
    ...(discount === undefined ? {} : { discount: discount && readDiscount(discount) }),
  };
}

function writeHeader({ discount }: Given<Header>): Partial<HeaderWire> {
  return discount === undefined ? {} : { discount: discount && writeDiscount(discount) };
}

function readDiscount(discount: DiscountWire): Discount {
  return discount.kind === "percent"
    ? { ...discount, percent: readPercent(discount.percent) }
    : { ...discount, amount: readMoney(discount.amount) };
}

function writeDiscount(discount: Discount): DiscountWire {
  return discount.kind === "percent"
    ? { ...discount, percent: formatPercent(discount.percent) }
    : { ...discount, amount: formatMoney(discount.amount) };
}

function readMoney(text: string): Kopecks {
  return known(parseMoney(text), text);
}

function readQuantity(text: string): Quantity {
  return known(parseQuantity(text), text);
}

function readPercent(text: string): Percent {
  return known(parsePercent(text), text);
}

function known<Value>(value: Value | null, text: string): Value {
  if (value === null) throw new RangeError(`not an exact decimal: ${text}`);
  return value;
}
