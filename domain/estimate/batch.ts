import type { Id } from "../ids.ts";
import {
  type Change,
  decideChange,
  type EstimateView,
  isFollowing,
  type Write,
} from "./changes.ts";
import type { Room } from "../measures.ts";
import type { Adjustment, Header, Line, Section } from "./estimate.ts";
import {
  addSums,
  clientCoefficients,
  type Coefficients,
  lineSums,
  NO_SUMS,
  subtractSums,
  type Sums,
  sumLines,
} from "./totals.ts";

/**
 * The part of an estimate that a batch needs: all of its head, and of its lines only those that the
 * batch names. So one more line costs the same however long the estimate is.
 */
export interface LoadedPart {
  readonly header: Header;
  readonly sections: readonly { readonly section: Section; readonly sums: Sums }[];
  readonly adjustments: readonly Adjustment[];
  /** At least `touchedLines(changes)`, where they exist; with `touchesRooms`, all that follow rooms. */
  readonly lines: readonly Line[];
  /** All of them where `needsRooms(changes)`. */
  readonly rooms: readonly Room[];
  readonly sums: Sums;
}

/** What to write, in this order: removals of sections, sections, removals of lines, lines, the rest. */
export interface BatchPlan {
  readonly removedSections: readonly Id[];
  /** Changed in content or in sums. */
  readonly sections: readonly { readonly section: Section; readonly sums: Sums }[];
  readonly removedLines: readonly Id[];
  readonly lines: readonly Line[];
  readonly removedAdjustments: readonly Id[];
  readonly adjustments: readonly Adjustment[];
  readonly removedRooms: readonly Id[];
  readonly rooms: readonly Room[];
  /** How many there are afterwards, of those that were loaded. */
  readonly roomCount: number;
  /** Null: as it was. */
  readonly header: Header | null;
  /** Right unless `coefficientsChanged`: then every line's client price moved. */
  readonly sums: Sums;
  readonly coefficientsChanged: boolean;
  readonly sectionCount: number;
  /** All adjustments as they are afterwards. */
  readonly adjustmentsAfter: readonly Adjustment[];
  /** Changes that did nothing: their thing was gone, was there already, or is the same. */
  readonly dropped: readonly Id[];
}

/** Ids of the lines that the changes read or write. */
export function touchedLines(changes: readonly Change[]): Id[] {
  const ids = new Set<Id>();
  for (const change of changes) {
    if (change.type === "line.add") ids.add(change.line.id);
    else if ("lineId" in change) ids.add(change.lineId);
  }
  return [...ids];
}

/** Whether the changes may move the quantities of lines that they do not name. */
export function touchesRooms(changes: readonly Change[]): boolean {
  return changes.some(({ type }) => type === "room.set" || type === "room.remove");
}

/** Whether the changes read or write rooms. */
export function needsRooms(changes: readonly Change[]): boolean {
  return changes.some((change) => {
    if (change.type === "line.add") return isFollowing(change.line);
    if (change.type === "line.set") return Boolean(change.set.quantityFormula);
    return change.type.startsWith("room.");
  });
}

/** Decides a whole batch in order, each change seeing what those before it did. */
export function planBatch(part: LoadedPart, changes: readonly Change[]): BatchPlan {
  const copy = new WorkingCopy(part);
  const dropped: Id[] = [];
  for (const change of changes) {
    const { write } = decideChange(copy, change);
    if (write) copy.write(write);
    else dropped.push(change.id);
  }
  return copy.plan(dropped);
}

/**
 * Whether the lines to write are those that the changes add, each as its change gives it: in the section
 * that it names, the quantity not decided by a formula.
 */
export function addsAsGiven(plan: BatchPlan, changes: readonly Change[]): boolean {
  let place = 0;
  for (const change of changes) {
    if (change.type !== "line.add") {
      if ("lineId" in change) return false;
      continue;
    }
    const line = plan.lines[place];
    place += 1;
    const { id, sectionId, quantity, quantityFormula } = change.line;
    if (line?.id !== id || line.sectionId !== sectionId || line.quantity !== quantity) return false;
    if (line.quantityFormula !== quantityFormula) return false;
  }
  return place === plan.lines.length;
}

/** Sums per section when all lines are at hand; the key null is for lines before the first section. */
export function sumBySection(
  lines: Iterable<Line>,
  coefficients: Coefficients,
): Map<Id | null, Sums> {
  const bySection = Map.groupBy(lines, (line) => line.sectionId);
  return new Map(
    [...bySection].map(([sectionId, group]) => [sectionId, sumLines(group, coefficients)]),
  );
}

/** Keeps what changed beside what was loaded, and the sums in step with every write. */
class WorkingCopy implements EstimateView {
  header: Header;
  readonly #part: LoadedPart;
  readonly #coefficients: Coefficients;
  readonly #sections: Map<Id, Section>;
  readonly #sectionSums: Map<Id, Sums>;
  readonly #lines: Map<Id, Line>;
  readonly #adjustments: Map<Id, Adjustment>;
  readonly #rooms: Map<Id, Room>;
  readonly #changedSections = new Set<Id>();
  readonly #removedSections = new Set<Id>();
  readonly #changedLines = new Set<Id>();
  readonly #changedAdjustments = new Set<Id>();
  readonly #changedRooms = new Set<Id>();
  #sums: Sums;

  constructor(part: LoadedPart) {
    this.#part = part;
    this.header = part.header;
    this.#coefficients = clientCoefficients(part.adjustments);
    this.#sections = new Map(part.sections.map(({ section }) => [section.id, section]));
    this.#sectionSums = new Map(part.sections.map(({ section, sums }) => [section.id, sums]));
    this.#lines = new Map(part.lines.map((line) => [line.id, line]));
    this.#adjustments = new Map(part.adjustments.map((item) => [item.id, item]));
    this.#rooms = new Map(part.rooms.map((room) => [room.id, room]));
    this.#sums = part.sums;
  }

  section(id: Id): Section | undefined {
    return this.#sections.get(id);
  }

  line(id: Id): Line | undefined {
    return this.#lines.get(id);
  }

  adjustment(id: Id): Adjustment | undefined {
    return this.#adjustments.get(id);
  }

  room(id: Id): Room | undefined {
    return this.#rooms.get(id);
  }

  followingLines(): Line[] {
    return [...this.#lines.values()].filter(isFollowing);
  }

  write(write: Write): void {
    if ("remove" in write) {
      this.#remove(write);
      return;
    }
    switch (write.put) {
      case "header":
        this.header = write.header;
        return;
      case "section":
        this.#sections.set(write.section.id, write.section);
        if (!this.#sectionSums.has(write.section.id)) {
          this.#sectionSums.set(write.section.id, NO_SUMS);
        }
        this.#changedSections.add(write.section.id);
        return;
      case "line":
        this.#replace(write.line);
        return;
      case "room":
        this.#rooms.set(write.room.id, write.room);
        this.#changedRooms.add(write.room.id);
        for (const line of write.lines) this.#replace(line);
        return;
      case "adjustment":
        this.#adjustments.set(write.adjustment.id, write.adjustment);
        this.#changedAdjustments.add(write.adjustment.id);
        return;
      default:
        write satisfies never;
    }
  }

  #remove(write: Extract<Write, { remove: unknown }>): void {
    const { id } = write;
    switch (write.remove) {
      case "room":
        this.#rooms.delete(id);
        this.#changedRooms.add(id);
        for (const line of write.lines) this.#replace(line);
        return;
      case "line":
        this.#takeOut(this.#lines.get(id));
        return;
      case "adjustment":
        this.#adjustments.delete(id);
        this.#changedAdjustments.add(id);
        return;
      case "section":
        // Its sums hold the lines that were not loaded, too.
        this.#sums = subtractSums(this.#sums, this.#sumsOf(id));
        this.#sections.delete(id);
        this.#sectionSums.delete(id);
        this.#removedSections.add(id);
        for (const line of this.#lines.values()) {
          if (line.sectionId !== id) continue;
          this.#lines.delete(line.id);
          this.#changedLines.add(line.id);
        }
        return;
      default:
        write satisfies never;
    }
  }

  #replace(line: Line): void {
    this.#takeOut(this.#lines.get(line.id));
    this.#putIn(line);
  }

  #takeOut(line: Line | undefined): void {
    if (!line) return;
    this.#lines.delete(line.id);
    this.#changedLines.add(line.id);
    this.#addSums(line.sectionId, lineSums(line, this.#coefficients), subtractSums);
  }

  #putIn(line: Line): void {
    this.#lines.set(line.id, line);
    this.#changedLines.add(line.id);
    this.#addSums(line.sectionId, lineSums(line, this.#coefficients), addSums);
  }

  #addSums(sectionId: Id | null, sums: Sums, combine: (a: Sums, b: Sums) => Sums): void {
    this.#sums = combine(this.#sums, sums);
    if (sectionId === null) return;
    this.#sectionSums.set(sectionId, combine(this.#sumsOf(sectionId), sums));
    this.#changedSections.add(sectionId);
  }

  #sumsOf(sectionId: Id): Sums {
    return this.#sectionSums.get(sectionId) ?? NO_SUMS;
  }

  plan(dropped: readonly Id[]): BatchPlan {
    const adjustmentsAfter = [...this.#adjustments.values()];
    const after = clientCoefficients(adjustmentsAfter);
    return {
      removedSections: [...this.#removedSections],
      sections: [...this.#changedSections].flatMap((id) => {
        const section = this.#sections.get(id);
        return section ? [{ section, sums: this.#sumsOf(id) }] : [];
      }),
      removedLines: [...this.#changedLines].filter((id) => !this.#lines.has(id)),
      lines: [...this.#changedLines].flatMap((id) => this.#lines.get(id) ?? []),
      removedAdjustments: [...this.#changedAdjustments].filter((id) => !this.#adjustments.has(id)),
      adjustments: [...this.#changedAdjustments].flatMap((id) => this.#adjustments.get(id) ?? []),
      removedRooms: [...this.#changedRooms].filter((id) => !this.#rooms.has(id)),
      rooms: [...this.#changedRooms].flatMap((id) => this.#rooms.get(id) ?? []),
      roomCount: this.#rooms.size,
      header: this.header === this.#part.header ? null : this.header,
      sums: this.#sums,
      coefficientsChanged:
        after.work !== this.#coefficients.work || after.material !== this.#coefficients.material,
      sectionCount: this.#sections.size,
      adjustmentsAfter,
      dropped,
    };
  }
}
