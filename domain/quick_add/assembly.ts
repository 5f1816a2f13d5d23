import { cutText } from "../text.ts";
import type { LineKind } from "../estimate/estimate.ts";
import type { RowClass } from "./classes.ts";
import {
  type HeadingStyle,
  headingText,
  isSameStyle,
  isSectionName,
  kindOf,
  styleOf,
} from "./headings.ts";
import { leaveUnread, toLine } from "./lines.ts";
import type { SideRow } from "./notes.ts";
import { NOTE_REASONS } from "./reasons.ts";
import type { Reading } from "./rows.ts";
import { type Row, squeeze } from "./text.ts";
import { addLine, compareTotal, emptySums, type Sums, totalOf } from "./totals.ts";
import type {
  ParsedEstimate,
  ParsedLine,
  ParsedNote,
  StatedTotal,
  UnreadCode,
  UnreadLine,
} from "./types.ts";

const MAX_TITLE_LENGTH = 200;

interface Heading {
  readonly row: Row;
  readonly style: HeadingStyle;
  readonly title: string;
  readonly kind: LineKind;
  /** Whose title stands before its own. */
  readonly parent: Heading | null;
}

interface OpenSection {
  /** Null before the first heading. */
  readonly heading: Heading | null;
  readonly lines: ParsedLine[];
  readonly sums: Sums;
}

interface Assembly {
  title: string | null;
  /** «Ванная» above «Демонтаж:», «Стены:» and so on. */
  parent: Heading | null;
  current: OpenSection;
  readonly sections: OpenSection[];
  readonly sums: Sums;
  readonly unread: UnreadLine[];
  readonly notes: ParsedNote[];
  readonly totals: StatedTotal[];
}

/** Puts classified rows together: lines into sections with their kinds, totals beside what they sum. */
export function assemble(
  rows: readonly Row[],
  readings: readonly Reading[],
  classes: readonly RowClass[],
): ParsedEstimate {
  const current: OpenSection = { heading: null, lines: [], sums: emptySums() };
  const parts = { sections: [current], sums: emptySums(), unread: [], notes: [], totals: [] };
  const assembly: Assembly = { title: null, parent: null, current, ...parts };
  const lastPosition = classes.lastIndexOf("positions");

  for (const [index, row] of rows.entries()) {
    const reading = readings[index];
    const rowClass = classes[index];
    if (!reading) continue;
    if (rowClass === "title") setTitle(assembly, row);
    else if (rowClass === "heading") openHeading(assembly, row);
    else if (reading.kind === "positions") addPositions(assembly, row, reading);
    else if (reading.kind === "side") addSide(assembly, row, reading.row, index > lastPosition);
    else assembly.unread.push(leaveUnread(row, codeOf(reading)));
  }
  return summarise(assembly);
}

function codeOf(reading: Exclude<Reading, { kind: "positions" | "side" }>): UnreadCode {
  const isEmptySection = reading.kind === "words" && isSectionName(reading.text);
  return isEmptySection ? "empty_section" : reading.code;
}

/** The first one counts; «Объект: …» below «Смета …» is a detail. */
function setTitle(assembly: Assembly, row: Row): void {
  if (assembly.title === null) assembly.title = cutText(titleOf(row), MAX_TITLE_LENGTH);
  else addNote(assembly, row, { kind: "note", code: "detail", percent: null, amount: null });
}

function openHeading(assembly: Assembly, row: Row): void {
  const style = styleOf(row);
  const { heading, lines } = assembly.current;
  if (assembly.parent && isSameStyle(assembly.parent.style, style)) assembly.parent = null;
  else if (heading && lines.length === 0 && !isSameStyle(heading.style, style)) {
    assembly.parent = heading;
  }

  const { parent } = assembly;
  const own = headingText(squeeze(row.text));
  const title = parent === null ? own : `${parent.title} — ${own}`;
  const kind = kindOf(own) ?? parent?.kind ?? "work";
  const opened = { row, style, kind, title: cutText(title, MAX_TITLE_LENGTH), parent };
  assembly.current = { heading: opened, lines: [], sums: emptySums() };
  assembly.sections.push(assembly.current);
}

/** A heading that nothing followed is shown to the person, not dropped. */
function listEmptyHeadings(sections: readonly OpenSection[]): UnreadLine[] {
  const filled = new Set<Heading>();
  for (const { heading, lines } of sections) {
    if (lines.length === 0) continue;
    for (let above = heading; above && !filled.has(above); above = above.parent) filled.add(above);
  }
  return sections.flatMap(({ heading }) =>
    heading && !filled.has(heading) ? [leaveUnread(heading.row, "empty_section")] : [],
  );
}

function addPositions(
  { current, sums }: Assembly,
  row: Row,
  reading: Extract<Reading, { kind: "positions" }>,
): void {
  const kind = current.heading?.kind ?? "work";
  for (const draft of reading.drafts) {
    const line = toLine(draft, row, kind);
    current.lines.push(line);
    addLine(current.sums, line);
    addLine(sums, line);
  }
}

function addSide(assembly: Assembly, row: Row, side: SideRow, isLast: boolean): void {
  if (side.kind === "note") {
    addNote(assembly, row, side);
    return;
  }
  const sums = { section: assembly.current.sums, all: assembly.sums };
  assembly.totals.push(compareTotal(row, side, sums, isLast));
}

function addNote({ notes }: Assembly, row: Row, note: Extract<SideRow, { kind: "note" }>): void {
  const { lineNumber, source } = row;
  const { code, percent, amount } = note;
  notes.push({ lineNumber, text: source, code, reason: NOTE_REASONS[code], percent, amount });
}

/** «Объект: Ленина 12» is called «Ленина 12». */
function titleOf(row: Row): string {
  return headingText(squeeze(row.text).replace(/^(?:объект|адрес)(?: ?[:—–-] ?)/i, ""));
}

function summarise({ title, sections, sums, unread, notes, totals }: Assembly): ParsedEstimate {
  const filled = sections.filter((section) => section.lines.length > 0);
  return {
    title,
    sections: filled.map(({ heading, lines }) => ({
      title: heading?.title ?? null,
      kind: heading?.kind ?? "work",
      lines,
    })),
    unread: [...unread, ...listEmptyHeadings(sections)].toSorted(
      (left, right) => left.lineNumber - right.lineNumber,
    ),
    notes,
    totals,
    lineCount: filled.reduce((count, { lines }) => count + lines.length, 0),
    worksTotal: sums.works,
    materialsTotal: sums.materials,
    total: totalOf(sums),
  };
}
