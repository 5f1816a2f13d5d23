import { generateNKeysBetween } from "fractional-indexing";
import type { Id } from "../ids.ts";
import { type Kopecks, ZERO } from "../money.ts";
import type { Quantity } from "../quantity.ts";
import type { Change } from "./changes.ts";
import type { Line, LineKind, Section } from "./estimate.ts";

/** A line of a list with its price found, or 0 where none is known. */
export interface PricedLine {
  readonly name: string;
  readonly unit: string;
  readonly quantity: Quantity;
  readonly price: Kopecks | null;
  readonly cost: Kopecks | null;
  readonly priceSource: Line["priceSource"];
  readonly kind: LineKind;
}

export interface PricedSection {
  readonly title: string | null;
  readonly kind: LineKind;
  readonly lines: readonly PricedLine[];
}

/**
 * The changes that add a list at the end of an estimate. A section whose title is there already is
 * continued; lines without a title go into `target`, or before the first section.
 */
export function changesOfList(
  list: readonly PricedSection[],
  estimate: {
    readonly sections: readonly Section[];
    /** The last place among the lines of each section; the key null is for those before the first. */
    readonly lastPositions: ReadonlyMap<Id | null, string>;
  },
  options: { readonly target: Id | null; readonly newId: () => Id },
): Change[] {
  const changes: Change[] = [];
  const { newId } = options;
  const sections = [...estimate.sections];
  const last = new Map(estimate.lastPositions);

  const sectionFor = (title: string, kind: LineKind): Id => {
    const existing = sections.find((section) => sameTitle(section.title, title));
    if (existing) return existing.id;
    const position = keysAfter(greatestPosition(sections), 1)[0] ?? "a0";
    const section = { id: newId(), title, kind, position };
    sections.push(section);
    changes.push({ id: newId(), type: "section.add", section });
    return section.id;
  };

  for (const { title, kind, lines } of list) {
    const sectionId = title === null ? options.target : sectionFor(title, kind);
    const positions = keysAfter(last.get(sectionId) ?? null, lines.length);
    for (const [index, line] of lines.entries()) {
      const position = positions[index] ?? "a0";
      last.set(sectionId, position);
      changes.push({
        id: newId(),
        type: "line.add",
        line: {
          id: newId(),
          sectionId,
          position,
          ...line,
          quantityFormula: "",
          price: line.price ?? ZERO,
          isOptional: false,
          isChosen: false,
          note: "",
          internalNote: "",
        },
      });
    }
  }
  return changes;
}

/** `count` places behind a place (or from the start). */
export function keysAfter(position: string | null, count: number): string[] {
  return generateNKeysBetween(position, null, count);
}

function sameTitle(a: string, b: string): boolean {
  return a.trim().toLocaleLowerCase("ru") === b.trim().toLocaleLowerCase("ru");
}

function greatestPosition(sections: readonly Section[]): string | null {
  let greatest: string | null = null;
  for (const { position } of sections) {
    if (greatest === null || position > greatest) greatest = position;
  }
  return greatest;
}
