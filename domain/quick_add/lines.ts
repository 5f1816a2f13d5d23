import type { LineKind } from "../estimate/estimate.ts";
import type { Draft } from "./draft.ts";
import { kindOf } from "./headings.ts";
import { UNREAD_REASONS } from "./reasons.ts";
import type { Row } from "./text.ts";
import type { ParsedLine, UnreadCode, UnreadLine } from "./types.ts";

/** A line of its section; what is named «материалы» is one also among works. */
export function toLine(draft: Draft, row: Row, sectionKind: LineKind): ParsedLine {
  const { name, quantity, price, warnings } = draft;
  const isMaterial = /^(?:материал|расходн)/i.test(name) && kindOf(name) !== "work";
  const kind = isMaterial ? "material" : sectionKind;
  const unit = draft.unit ?? (kind === "work" ? "усл" : "шт");
  const { lineNumber, source } = row;
  return { lineNumber, source, name, quantity, unit, price, kind, warnings };
}

export function leaveUnread({ lineNumber, source }: Row, code: UnreadCode): UnreadLine {
  return { lineNumber, text: source, code, reason: UNREAD_REASONS[code] };
}
