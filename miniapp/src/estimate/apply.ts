import {
  type Change,
  decideChange,
  type EstimateView,
  isFollowing,
  type Write,
} from "../../../domain/estimate/changes.ts";
import type { Room } from "../../../domain/measures.ts";
import type {
  Adjustment,
  Content,
  Header,
  Line,
  Section,
} from "../../../domain/estimate/estimate.ts";

/**
 * Applies many changes to a content as `applyChanges` of the domain does, but copies each map once
 * instead of once per change: a pasted list of a thousand lines is one batch. The same object comes
 * back when nothing changed.
 */
export function applyAll(content: Content, changes: Iterable<Change>): Content {
  const copy = new WorkingContent(content);
  for (const change of changes) copy.apply(change);
  return copy.content;
}

/** A content that changes in place, copying what it is about to write. */
export class WorkingContent implements EstimateView {
  content: Content;
  #ownSections: Map<string, Section> | null = null;
  #ownLines: Map<string, Line> | null = null;
  #ownAdjustments: Map<string, Adjustment> | null = null;
  #ownRooms: Map<string, Room> | null = null;

  constructor(content: Content) {
    this.content = content;
  }

  get header(): Header {
    return this.content.header;
  }

  section(id: string): Section | undefined {
    return this.content.sections.get(id);
  }

  line(id: string): Line | undefined {
    return this.content.lines.get(id);
  }

  adjustment(id: string): Adjustment | undefined {
    return this.content.adjustments.get(id);
  }

  room(id: string): Room | undefined {
    return this.content.rooms.get(id);
  }

  followingLines(): Line[] {
    return [...this.content.lines.values()].filter(isFollowing);
  }

  /** Whether a change would do something. */
  wouldChange(change: Change): boolean {
    return decideChange(this, change).write !== null;
  }

  /** False when the change does nothing. */
  apply(change: Change): boolean {
    const { write } = decideChange(this, change);
    if (write) this.#write(write);
    return write !== null;
  }

  #write(write: Write): void {
    if ("remove" in write) {
      this.#remove(write);
      return;
    }
    switch (write.put) {
      case "header":
        this.content = { ...this.content, header: write.header };
        return;
      case "section":
        this.#sections().set(write.section.id, write.section);
        return;
      case "line":
        this.#lines().set(write.line.id, write.line);
        return;
      case "adjustment":
        this.#adjustments().set(write.adjustment.id, write.adjustment);
        return;
      case "room":
        this.#rooms().set(write.room.id, write.room);
        this.#putLines(write.lines);
        return;
      default:
        write satisfies never;
    }
  }

  #remove(write: Extract<Write, { remove: unknown }>): void {
    const { id } = write;
    if (write.remove === "line") this.#lines().delete(id);
    if (write.remove === "adjustment") this.#adjustments().delete(id);
    if (write.remove === "room") {
      this.#rooms().delete(id);
      this.#putLines(write.lines);
    }
    if (write.remove !== "section") return;
    this.#sections().delete(id);
    const lines = this.#lines();
    for (const line of lines.values()) if (line.sectionId === id) lines.delete(line.id);
  }

  #putLines(lines: readonly Line[]): void {
    for (const line of lines) this.#lines().set(line.id, line);
  }

  #rooms(): Map<string, Room> {
    if (!this.#ownRooms) {
      this.#ownRooms = new Map(this.content.rooms);
      this.content = { ...this.content, rooms: this.#ownRooms };
    }
    return this.#ownRooms;
  }

  #sections(): Map<string, Section> {
    if (!this.#ownSections) {
      this.#ownSections = new Map(this.content.sections);
      this.content = { ...this.content, sections: this.#ownSections };
    }
    return this.#ownSections;
  }

  #lines(): Map<string, Line> {
    if (!this.#ownLines) {
      this.#ownLines = new Map(this.content.lines);
      this.content = { ...this.content, lines: this.#ownLines };
    }
    return this.#ownLines;
  }

  #adjustments(): Map<string, Adjustment> {
    if (!this.#ownAdjustments) {
      this.#ownAdjustments = new Map(this.content.adjustments);
      this.content = { ...this.content, adjustments: this.#ownAdjustments };
    }
    return this.#ownAdjustments;
  }
}
