import { asMap, asText } from "../../fake/values.ts";
import { invalidArgument } from "./errors.ts";

export interface OrderBy {
  name: string;
  isDescending: boolean;
}

/** Reads `order`, refusing unknown fields and directions in the portal's words. */
export function readOrder(order: unknown, isSortable: (name: string) => boolean): OrderBy[] {
  return Object.entries(asMap(order)).map(([name, direction]) => {
    if (!isSortable(name)) {
      throw invalidArgument(`Invalid order: field '${name}' is not allowed in order`);
    }
    const text = asText(direction).toUpperCase();
    if (text !== "ASC" && text !== "DESC") {
      throw invalidArgument(
        `Invalid order: allowed sort directions are \`ASC, DESC\`. But got '${asText(direction)}' for field '${name}'`,
      );
    }
    return { name, isDescending: text === "DESC" };
  });
}

/** Compares two rows by the asked fields; empty values come first, as in MySQL. */
export function compareBy<Row>(
  orders: readonly OrderBy[],
  read: (row: Row, name: string) => unknown,
): (a: Row, b: Row) => number {
  return (a, b) => {
    for (const { name, isDescending } of orders) {
      const difference = compareValues(read(a, name), read(b, name));
      if (difference !== 0) return isDescending ? -difference : difference;
    }
    return 0;
  };
}

function compareValues(a: unknown, b: unknown): number {
  if (typeof a === "number" && typeof b === "number") return a - b;
  const [left, right] = [asText(a), asText(b)];
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
