import { type Content, groupLines } from "../../../domain/estimate/estimate.ts";
import type { Change } from "../../../domain/estimate/changes.ts";

/** One row of the editor, top to bottom. */
export type Row =
  | { readonly kind: "section"; readonly key: string; readonly sectionId: string | null }
  | {
      readonly kind: "line";
      readonly key: string;
      readonly lineId: string;
      readonly sectionId: string | null;
      /** «1», «2», … through the whole estimate. */
      readonly number: number;
    }
  /** Where the next line of a section is typed. */
  | { readonly kind: "adding"; readonly key: string; readonly sectionId: string | null };

/** All rows in reading order. Lines before the first section have no head. */
export function outlineOf(content: Content): readonly Row[] {
  const rows: Row[] = [];
  const groups = groupLines(content);
  let number = 0;
  for (const { section, lines } of groups) {
    const sectionId = section?.id ?? null;
    if (sectionId !== null || groups.length > 1) {
      rows.push({ kind: "section", key: `section/${sectionId}`, sectionId });
    }
    for (const { id } of lines) {
      number += 1;
      rows.push({ kind: "line", key: id, lineId: id, sectionId, number });
    }
    rows.push({ kind: "adding", key: `adding/${sectionId}`, sectionId });
  }
  if (groups.length === 0) rows.push({ kind: "adding", key: "adding/null", sectionId: null });
  return rows;
}

/** Whether changes may move, add or take away rows; most edits only fill a cell. */
export function changesOutline(changes: readonly Change[]): boolean {
  return changes.some(
    ({ type }) =>
      type !== "line.set" && type !== "estimate.set" && !/^(?:adjustment|room)\./.test(type),
  );
}
