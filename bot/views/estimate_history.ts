import type { Change } from "../../domain/estimate/changes.ts";
import type { Id } from "../../domain/ids.ts";
import { cutText } from "../../domain/text.ts";
import { plural } from "../../domain/words_ru.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { type Html, rich, join } from "../html.ts";
import { showCard } from "../messages.ts";
import { BACK } from "../texts_common.ts";
import { thingOf } from "./estimate_card.ts";
import { revisionHistory } from "./revisions.ts";

/** How far back the chat looks; the Mini App shows everything. */
const VERSIONS_BACK = 10;
const SHOWN = 15;

/** What was changed last, newest first. */
export async function showHistory(ctx: ChatContext, id: Id): Promise<void> {
  const { estimates } = servicesOf(ctx);
  const card = await estimates.card(id);
  const since = Math.max(0, card.version - VERSIONS_BACK);
  const { changes } = await estimates.changesSince(id, since);
  const events = summarise(changes).toReversed();
  const revisions = await revisionHistory(ctx, card);
  const text = join([
    revisions.text,
    rich`<b>${card.number}</b> · последние изменения`,
    ...events.slice(0, SHOWN).map((event) => rich`• ${event}`),
    events.length > SHOWN ? rich`… и раньше` : null,
  ]);
  const rows = [...revisions.rows, [actions.estimateCard.button(BACK, id)]];
  await showCard(ctx, { text, rows }, thingOf(id));
}

/** Many lines at once (a pasted list) are one event. */
function summarise(changes: readonly Change[]): Html[] {
  const events: Html[] = [];
  let added: string[] = [];
  const flush = () => {
    const [only] = added;
    if (added.length === 1 && only !== undefined) events.push(rich`добавлена строка «${only}»`);
    if (added.length > 1) {
      events.push(
        rich`добавлено ${added.length} ${plural(added.length, "строка", "строки", "строк")}`,
      );
    }
    added = [];
  };
  for (const change of changes) {
    if (change.type === "line.add") {
      added.push(cutText(change.line.name, 80));
      continue;
    }
    flush();
    events.push(describe(change));
  }
  flush();
  return events;
}

function describe(change: Exclude<Change, { type: "line.add" }>): Html {
  switch (change.type) {
    case "section.add":
      return rich`добавлен раздел «${cutText(change.section.title, 80)}»`;
    case "section.set":
      return rich`изменён раздел`;
    case "section.move":
    case "line.move":
      return rich`изменён порядок`;
    case "section.remove":
      return rich`удалён раздел`;
    case "line.set":
      return rich`изменена строка`;
    case "line.remove":
      return rich`удалена строка`;
    case "adjustment.add":
    case "adjustment.set":
      return rich`изменено начисление`;
    case "adjustment.remove":
      return rich`удалено начисление`;
    case "room.add":
    case "room.set":
    case "room.remove":
      return rich`изменены размеры помещения`;
    case "estimate.set":
      return describeHeader(Object.keys(change.set));
    default:
      return change satisfies never;
  }
}

const HEADER_WORDS: Readonly<Record<string, string>> = {
  discount: "скидка",
  vat: "НДС",
  clientId: "заказчик",
  projectId: "объект",
  title: "название",
  validUntil: "срок действия",
};

function describeHeader(fields: readonly string[]): Html {
  if (fields.length > 4) return rich`смета создана`;
  const words = fields.map((field) => HEADER_WORDS[field] ?? "условия");
  return rich`изменено: ${[...new Set(words)].join(", ")}`;
}
