import type { Change } from "../../../domain/estimate/changes.ts";
import {
  type Content,
  inOrder,
  type Line,
  type Section,
} from "../../../domain/estimate/estimate.ts";
import type { Id } from "../../../domain/ids.ts";
import { ZERO } from "../../../domain/money.ts";
import { newId } from "../new_id.ts";
import { type Place, placeAt } from "./places.ts";

/** What a person does, as the changes that do it. Each result is one step of undo. */

export type LineFields = Partial<Omit<Line, "id" | "sectionId" | "position">>;

export function linesOf(content: Content, sectionId: Id | null): Line[] {
  const lines: Line[] = [];
  for (const line of content.lines.values()) if (line.sectionId === sectionId) lines.push(line);
  return inOrder(lines);
}

/** A new line at the end of a section, or after one of its lines. */
export function addLine(
  content: Content,
  place: { sectionId: Id | null; after?: Id },
  fields: LineFields & { name: string },
): { changes: Change[]; lineId: Id } {
  const siblings = linesOf(content, place.sectionId);
  const index =
    place.after === undefined
      ? siblings.length
      : siblings.findIndex(({ id }) => id === place.after) + 1;
  const kind = place.sectionId === null ? "work" : content.sections.get(place.sectionId)?.kind;
  const { position, aside } = placeAt(siblings, index);
  const line: Line = {
    kind: kind ?? "work",
    unit: "",
    quantity: 0n as Line["quantity"],
    quantityFormula: "",
    price: ZERO,
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
    ...fields,
    id: newId(),
    sectionId: place.sectionId,
    position,
  };
  const changes: Change[] = [...moveAside(content, aside), { id: newId(), type: "line.add", line }];
  return { changes, lineId: line.id };
}

export function setLine(lineId: Id, set: LineFields): Change[] {
  return [{ id: newId(), type: "line.set", lineId, set }];
}

export function removeLine(lineId: Id): Change[] {
  return [{ id: newId(), type: "line.remove", lineId }];
}

export function copyLine(content: Content, lineId: Id): { changes: Change[]; lineId: Id } | null {
  const line = content.lines.get(lineId);
  if (!line) return null;
  const { id, sectionId } = line;
  return addLine(content, { sectionId, after: id }, line);
}

/** Moves a line before the `index`th of the other lines of a section. */
export function moveLine(
  content: Content,
  lineId: Id,
  to: { sectionId: Id | null; index: number },
): Change[] {
  const siblings = linesOf(content, to.sectionId).filter(({ id }) => id !== lineId);
  const { position, aside } = placeAt(siblings, to.index);
  const { sectionId } = to;
  return [
    ...moveAside(content, aside),
    { id: newId(), type: "line.move", lineId, sectionId, position },
  ];
}

/** One row up or down; at the end of a section into the next one. Empty at the very ends. */
export function stepLine(content: Content, lineId: Id, step: -1 | 1): Change[] {
  const line = content.lines.get(lineId);
  if (!line) return [];
  const siblings = linesOf(content, line.sectionId);
  const index = siblings.findIndex(({ id }) => id === lineId) + step;
  if (index >= 0 && index < siblings.length) {
    return moveLine(content, lineId, { sectionId: line.sectionId, index });
  }
  const sections: (Id | null)[] = [null, ...inOrder(content.sections.values()).map(({ id }) => id)];
  const at = sections.indexOf(line.sectionId) + step;
  const sectionId = sections[at];
  if (sectionId === undefined || (sectionId === null && linesOf(content, null).length === 0)) {
    return [];
  }
  const end = step === 1 ? 0 : linesOf(content, sectionId).length;
  return moveLine(content, lineId, { sectionId, index: end });
}

export function addSection(
  content: Content,
  fields: Pick<Section, "title" | "kind">,
): { changes: Change[]; sectionId: Id } {
  const siblings = inOrder(content.sections.values());
  const { position } = placeAt(siblings, siblings.length);
  const section: Section = { id: newId(), position, ...fields };
  return { changes: [{ id: newId(), type: "section.add", section }], sectionId: section.id };
}

/** Moves a section before the `index`th of the others. */
export function moveSection(content: Content, sectionId: Id, index: number): Change[] {
  const siblings = inOrder(content.sections.values()).filter(({ id }) => id !== sectionId);
  const { position, aside } = placeAt(siblings, Math.max(0, Math.min(index, siblings.length)));
  return [...moveSectionsAside(aside), { id: newId(), type: "section.move", sectionId, position }];
}

export function stepSection(content: Content, sectionId: Id, step: -1 | 1): Change[] {
  const order = inOrder(content.sections.values());
  const index = order.findIndex(({ id }) => id === sectionId) + step;
  if (index < 0 || index >= order.length) return [];
  return moveSection(content, sectionId, index);
}

/** A section with all its lines once more, right behind it. */
export function copySection(content: Content, sectionId: Id): Change[] {
  const section = content.sections.get(sectionId);
  if (!section) return [];
  const siblings = inOrder(content.sections.values());
  const index = siblings.findIndex(({ id }) => id === sectionId) + 1;
  const { position, aside } = placeAt(siblings, index);
  const copy: Section = { ...section, id: newId(), position };
  return [
    ...moveSectionsAside(aside),
    { id: newId(), type: "section.add", section: copy },
    ...linesOf(content, sectionId).map((line): Change => ({
      id: newId(),
      type: "line.add",
      line: { ...line, id: newId(), sectionId: copy.id },
    })),
  ];
}

function moveSectionsAside(aside: Place["aside"]): Change[] {
  return aside.map(({ id, position }) => ({
    id: newId(),
    type: "section.move",
    sectionId: id,
    position,
  }));
}

function moveAside(content: Content, aside: Place["aside"]): Change[] {
  return aside.map(({ id, position }) => ({
    id: newId(),
    type: "line.move",
    lineId: id,
    sectionId: content.lines.get(id)?.sectionId ?? null,
    position,
  }));
}
