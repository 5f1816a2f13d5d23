import type { ParsedEstimate, ParsedLine } from "../../domain/quick_add/types.ts";
import { add, type Kopecks, multiply, ZERO } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { PriceSuggestion } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import type { ListPlace, PendingList } from "../chat_memory.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { type Html, rich, join, MAX_TEXT, plainText, takeFitting } from "../html.ts";
import type { Rows, View } from "../messages.ts";
import { CANCEL } from "../texts_common.ts";
import { CONTRACT_BUTTONS } from "../texts_contracts.ts";
import { countLines, LISTS, previewLine, problemLine } from "../texts_lists.ts";

/** What is not understood must be seen; the rest of the message goes to the lines. */
const ROOM_FOR_PROBLEMS = 1400;
const ROOM_FOR_MARKS = 150;

type Suggestions = ReadonlyMap<ParsedLine, PriceSuggestion>;

/** What the company knows about a list. */
export interface PreviewFacts {
  readonly suggestions: Suggestions;
  /** Whether it may be extra work of an approved estimate. */
  readonly canBeExtra: boolean;
}

export async function readPreviewFacts(
  ctx: ChatContext,
  place: ListPlace,
  parsed: ParsedEstimate,
): Promise<PreviewFacts> {
  const [suggestions, canBeExtra] = await Promise.all([
    suggest(ctx, parsed),
    place.kind === "unknown" && ctx.work.hasContracts(),
  ]);
  return { suggestions, canBeExtra };
}

/** What was understood of a list, line by line, and what was not and why. Fits into one message. */
export function previewView(
  { listId, place }: Pick<PendingList, "listId" | "place">,
  parsed: ParsedEstimate,
  { suggestions, canBeExtra }: PreviewFacts,
): View {
  const head = parsed.lineCount > 0 ? LISTS.understood(parsed.lineCount) : LISTS.nothing;
  const problems = problemBlock(parsed);
  const totals = parsed.lineCount > 0 ? totalBlock(parsed, suggestions) : rich``;
  const offer = place.kind === "unknown" && parsed.lineCount > 0 ? LISTS.offer : rich``;
  const fixed = join([head, problems, totals, offer], "\n\n");
  const room = MAX_TEXT - plainText(fixed).length - ROOM_FOR_MARKS;
  const lines = lineBlock(parsed, suggestions, room);
  return {
    text: join([head, lines, problems, totals, offer], "\n\n"),
    rows: buttonsOf(listId, place, { lineCount: parsed.lineCount, canBeExtra }),
  };
}

function buttonsOf(
  listId: string,
  place: ListPlace,
  { lineCount, canBeExtra }: { lineCount: number; canBeExtra: boolean },
): Rows {
  const ends = [actions.listFix.button(LISTS.fix, listId), actions.listDrop.button(CANCEL, listId)];
  if (lineCount === 0) return [ends];
  if (place.kind === "unknown") {
    return [
      [actions.listCreate.button(LISTS.create, listId)],
      ...(canBeExtra ? [[actions.extraFromList.button(CONTRACT_BUTTONS.extra, listId)]] : []),
      ends,
    ];
  }
  return [[actions.listAdd.button(LISTS.add(lineCount), listId)], ends];
}

/** Prices that adding the list will take from the catalogue and from own estimates. */
async function suggest(ctx: ChatContext, parsed: ParsedEstimate): Promise<Suggestions> {
  const found = new Map<ParsedLine, PriceSuggestion>();
  const unpriced = parsed.sections
    .flatMap(({ lines }) => lines)
    .filter((line) => line.price === null);
  if (unpriced.length === 0) return found;
  const suggestions = await servicesOf(ctx).catalogue.suggestPrices(unpriced);
  for (const [index, line] of unpriced.entries()) {
    const suggestion = suggestions[index];
    if (suggestion) found.set(line, suggestion);
  }
  return found;
}

function lineBlock(parsed: ParsedEstimate, suggestions: Suggestions, room: number): Html {
  const rows: Html[] = [];
  let number = 0;
  for (const { title, lines } of parsed.sections) {
    const gap = rows.length === 0 ? "" : "\n";
    if (title !== null) rows.push(rich`${gap}<b>${cutText(title, 100)}</b>`);
    for (const line of lines) {
      number += 1;
      rows.push(previewLine(line, number, suggestions.get(line) ?? null));
    }
  }
  const { taken, left } = takeFitting(rows, room);
  return join([...taken, left > 0 ? rich`… и ещё ${countLines(left)}` : null]);
}

function problemBlock(parsed: ParsedEstimate): Html {
  const stated = parsed.totals.flatMap(({ text, warning }) =>
    warning === null ? [] : [problemLine(text, warning)],
  );
  const unread = parsed.unread.map(({ text, reason }) => problemLine(text, reason));
  const notes = parsed.notes
    .filter(({ code }) => code !== "greeting" && code !== "header")
    .map(({ text, reason }) => problemLine(text, reason));
  const rows = [
    ...(unread.length === 0 ? [] : [LISTS.unread(unread.length), ...unread]),
    ...stated,
    ...(notes.length === 0 ? [] : [LISTS.notes, ...notes]),
  ];
  const { taken, left } = takeFitting(rows, ROOM_FOR_PROBLEMS);
  return join([...taken, left > 0 ? rich`… и ещё ${left}` : null]);
}

function totalBlock(parsed: ParsedEstimate, suggestions: Suggestions): Html {
  const filled = [...suggestions].map(([line, { price }]) => ({
    kind: line.kind,
    amount: multiply(price, line.quantity),
  }));
  const sumOf = (kind: ParsedLine["kind"]): Kopecks =>
    add(ZERO, ...filled.filter((line) => line.kind === kind).map(({ amount }) => amount));
  const works = add(parsed.worksTotal, sumOf("work"));
  const materials = add(parsed.materialsTotal, sumOf("material"));
  return LISTS.total(
    formatMoneyRu(works),
    formatMoneyRu(materials),
    formatMoneyRu(add(works, materials)),
  );
}
