import type { SearchHit } from "../../domain/search.ts";
import { STATUS_NAMES } from "../../domain/estimate/status.ts";
import { packId } from "../../domain/ids.ts";
import { cleanText, cutText } from "../../domain/text.ts";
import type { EstimateListItem } from "../../domain/services.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { classifyTelegramError } from "../telegram_errors.ts";
import { INLINE } from "../texts_inline.ts";
import { hitAbout, hitLabel, hitMessage, namesOf } from "../texts_search.ts";
import { linkTo } from "./links.ts";

const SHOWN = 10;

/**
 * «@бот слово» in any chat: what a member may see, to send a line about it. Without a word the newest
 * estimates. Never kept by Telegram: another person who types the same sees something else.
 */
export async function answerInlineSearch(ctx: ChatContext): Promise<void> {
  const text = cleanText(ctx.inlineQuery?.query ?? "");
  const isMember = Boolean(ctx.work.person?.actor);
  const hits = isMember ? await findHits(ctx, text) : [];
  try {
    await ctx.answerInlineQuery(
      hits.map((hit) => resultOf(ctx, hit)),
      {
        cache_time: 0,
        is_personal: true,
        ...(hits.length === 0 ? { button: { text: INLINE.open, start_parameter: "inline" } } : {}),
      },
    );
  } catch (error) {
    if (classifyTelegramError(error)?.kind !== "late") throw error;
  }
}

async function findHits(ctx: ChatContext, text: string): Promise<readonly SearchHit[]> {
  const { search, estimates } = servicesOf(ctx);
  if (text !== "") return (await search.find({ text, limit: SHOWN })).items;
  return (await estimates.list({ limit: SHOWN })).items.map(newest);
}

function newest(item: EstimateListItem): SearchHit {
  return {
    kind: "estimate",
    id: item.id,
    title: item.title || (item.projectTitle ?? ""),
    number: item.number,
    about: "",
    estimateId: item.id,
    status: item.status,
    total: item.total,
    reasons: [],
  };
}

/**
 * Who searches sees whom it is about. What is sent says less: names of people but the one who was looked
 * for, phones and addresses are nobody's business in another chat, and the card opens for members alone.
 */
function resultOf(ctx: ChatContext, hit: SearchHit) {
  const about = hitAbout(hit);
  const { name } = namesOf(hit);
  const link = linkTo(ctx, hit);
  return {
    type: "article" as const,
    id: `${hit.kind[0]}${packId(hit.id)}`,
    title: cutText(hit.status ? `${name} · ${STATUS_NAMES[hit.status]}` : hitLabel(hit), 100),
    ...(about === "" ? {} : { description: about }),
    input_message_content: {
      message_text: hitMessage(hit).html,
      parse_mode: "HTML" as const,
    },
    ...(link === null
      ? {}
      : { reply_markup: { inline_keyboard: [[{ text: INLINE.card, url: link }]] } }),
  };
}
