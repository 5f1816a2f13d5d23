import type { ParsedEstimate } from "./quick_add/types.ts";
import type { ListedSection } from "./services.ts";

/** What was read of a list, as estimates take it. */
export function listedSections({ sections }: ParsedEstimate): ListedSection[] {
  return sections.map(({ title, kind, lines }) => ({
    title,
    kind,
    lines: lines.map(({ name, unit, quantity, price, kind: lineKind }) => ({
      name,
      unit,
      quantity,
      price,
      kind: lineKind,
    })),
  }));
}
