import type { InlineKeyboardButton } from "grammy/types";
import { z } from "zod";
import { looksLikeList } from "../../domain/quick_add/quick_add.ts";
import type { Page, PageRequest } from "../../domain/paging.ts";
import type { Action } from "../callback_data.ts";
import { rememberedSearch } from "../chat_memory.ts";
import type { ListMode } from "../choices.ts";
import type { ChatContext, Handler } from "../context.ts";
import { listen } from "../conversations/asking.ts";
import { defineQuestion, type Question } from "../conversations/question.ts";
import { rich, type Html, join } from "../html.ts";
import { type Rows, showCard, toast } from "../messages.ts";
import { readLine } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { MORE_ITEMS, TO_START, TOASTS } from "../texts_common.ts";

/** What fits on a phone's screen together with the keyboard of the menu. */
export const PAGE_SIZE = 8;

/** A list in the chat: pages by buttons, and a word typed after it searches. */
export interface ListSpec<Item> {
  readonly name: string;
  readonly action: Action<[string | null, ListMode]>;
  readonly load: (ctx: ChatContext, request: PageRequest) => Promise<Page<Item>>;
  /** Null: nothing opens. */
  readonly button: (item: Item) => InlineKeyboardButton | null;
  readonly title: Html;
  readonly hint: Html;
  /** What stands above the buttons about what was found. */
  readonly details?: (items: readonly Item[]) => Html;
  readonly empty: Html;
  readonly notFound: (words: string) => Html;
  /** Buttons under the items. */
  readonly rows?: Rows;
  /** A file sent while the list is open. */
  readonly onFile?: Handler;
}

export interface ListScreen extends Feature {
  readonly open: Handler;
  /** As if the words had been typed after the list. */
  readonly search: (ctx: ChatContext, words: string) => Promise<void>;
}

type Found = { readonly kind: "words"; readonly words: string } | { readonly kind: "file" };
type NoParams = Readonly<Record<string, never>>;

export function createListScreen<Item>(spec: ListSpec<Item>): ListScreen {
  const search: Question<NoParams, Found> = {
    step: `${spec.name}.search`,
    params: z.strictObject({}),
    prompt: () => ({ text: spec.hint }),
    read: (ctx) => {
      if (spec.onFile && ctx.message?.document) return { ok: true, value: { kind: "file" } };
      const words = readLine(ctx);
      if (words === null || looksLikeList(words)) return null;
      return { ok: true, value: { kind: "words", words } };
    },
    handle: async (ctx, _params, found) => {
      if (found.kind === "file") return spec.onFile?.(ctx);
      return showPage(ctx, { words: found.words, cursor: null });
    },
  };

  async function showPage(
    ctx: ChatContext,
    { words, cursor }: { words: string; cursor: string | null },
  ): Promise<void> {
    const page = await spec.load(ctx, { search: words, cursor, limit: PAGE_SIZE });
    const mode: ListMode = words === "" ? "all" : "found";
    const messageId = await showCard(
      ctx,
      { text: textOf(spec, page, words), rows: rowsOf(spec, page, { mode, cursor }) },
      spec.name,
    );
    if (messageId !== null && words !== "") await rememberedSearch.write(ctx, { messageId, words });
    await listen(ctx, search, {});
  }

  async function turnPage(ctx: ChatContext, cursor: string | null, mode: ListMode): Promise<void> {
    if (mode === "all") return showPage(ctx, { words: "", cursor });
    const remembered = await rememberedSearch.read(ctx);
    if (remembered?.messageId === ctx.callbackQuery?.message?.message_id && remembered) {
      return showPage(ctx, { words: remembered.words, cursor });
    }
    await toast(ctx, TOASTS.outdated);
    return showPage(ctx, { words: "", cursor: null });
  }

  return {
    open: (ctx) => showPage(ctx, { words: "", cursor: null }),
    search: (ctx, words) => showPage(ctx, { words, cursor: null }),
    presses: [onPress(spec.action, turnPage)],
    questions: [defineQuestion(search)],
  };
}

function textOf<Item>(spec: ListSpec<Item>, page: Page<Item>, words: string): Html {
  if (page.items.length === 0) return words === "" ? spec.empty : spec.notFound(words);
  const title = words === "" ? spec.title : rich`${spec.title} · поиск «${words}»`;
  return join([title, ...(spec.details ? [spec.details(page.items)] : []), spec.hint]);
}

function rowsOf<Item>(
  spec: ListSpec<Item>,
  page: Page<Item>,
  { mode, cursor }: { mode: ListMode; cursor: string | null },
): Rows {
  const turns = [
    ...(cursor === null ? [] : [spec.action.button(TO_START, null, mode)]),
    ...(page.next === null ? [] : [spec.action.button(MORE_ITEMS, page.next, mode)]),
  ];
  return [
    ...page.items.flatMap((item) => {
      const button = spec.button(item);
      return button ? [[button]] : [];
    }),
    ...(turns.length === 0 ? [] : [turns]),
    ...(spec.rows ?? []),
  ];
}
