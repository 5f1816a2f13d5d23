import { STATUS_NAMES } from "../../domain/estimate/status.ts";
import { packId } from "../../domain/ids.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { cleanText } from "../../domain/text.ts";
import type { EstimateListItem } from "../../domain/services.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { rich } from "../html.ts";
import { classifyTelegramError } from "../telegram_errors.ts";
import { INLINE } from "../texts_inline.ts";

const SHOWN = 10;

/** «@бот слово» in any chat: the person's estimates, to send a line about one. */
export async function answerInlineSearch(ctx: ChatContext): Promise<void> {
  const search = cleanText(ctx.inlineQuery?.query ?? "");
  const isMember = ctx.work.person?.actor !== null && ctx.work.person !== null;
  const items = isMember
    ? (await servicesOf(ctx).estimates.list({ search, limit: SHOWN })).items
    : [];
  try {
    await ctx.answerInlineQuery(items.map(resultOf), {
      cache_time: 0,
      is_personal: true,
      ...(items.length === 0 ? { button: { text: INLINE.open, start_parameter: "inline" } } : {}),
    });
  } catch (error) {
    if (classifyTelegramError(error)?.kind !== "late") throw error;
  }
}

function resultOf(item: EstimateListItem) {
  const place = item.projectTitle ?? item.title;
  const about = `${place === "" ? "" : `${place}, `}${formatMoneyRu(item.total)}`;
  return {
    type: "article" as const,
    id: packId(item.id),
    title: `${item.number} · ${STATUS_NAMES[item.status]}`,
    description: about,
    input_message_content: {
      message_text: rich`Смета <b>${item.number}</b>\n${about}`.html,
      parse_mode: "HTML" as const,
    },
  };
}
