import type { InlineKeyboardButton } from "grammy/types";
import type { SearchHit } from "../../domain/search.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { readLine } from "../reading.ts";
import type { Feature } from "../routes.ts";
import { MENU } from "../texts_common.ts";
import { hitLabel, hitTexts, SEARCH } from "../texts_search.ts";
import { createListScreen } from "../views/list_screen.ts";

const screen = createListScreen({
  name: "search",
  action: actions.search,
  load: (ctx, { search = "", cursor, limit }) =>
    servicesOf(ctx).search.find({ text: search, cursor, limit }),
  button: buttonOf,
  title: SEARCH.title,
  hint: SEARCH.hint,
  details: hitTexts,
  empty: SEARCH.ask,
  notFound: SEARCH.notFound,
});

/** «🔎 Поиск»: clients, objects, estimates and deals of a CRM by one word. */
export const searchFeature: Feature = {
  ...screen,
  commands: {
    search: async (ctx) => {
      const words = typeof ctx.match === "string" ? ctx.match.trim().slice(0, 100) : "";
      await (words === "" ? screen.open(ctx) : screen.search(ctx, words));
    },
  },
  labels: { [MENU.search]: screen.open },
};

/** Null: a deal without an estimate has no card here. */
function buttonOf(hit: SearchHit): InlineKeyboardButton | null {
  if (hit.kind === "client") return actions.clientCard.button(hitLabel(hit), hit.id);
  if (hit.kind === "project") return actions.projectCard.button(hitLabel(hit), hit.id);
  return hit.estimateId === null
    ? null
    : actions.estimateCard.button(hitLabel(hit), hit.estimateId);
}

/** A line sent outside any question: true when something was found by it and shown. */
export async function searchUnasked(ctx: ChatContext): Promise<boolean> {
  const words = readLine(ctx);
  if (words === null) return false;
  const { items } = await servicesOf(ctx).search.find({ text: words, limit: 1 });
  if (items.length > 0) await screen.search(ctx, words);
  return items.length > 0;
}
