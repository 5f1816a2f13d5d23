import { formatInstant } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { say, show, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { AGREEMENT, AGREEMENT_BUTTONS, linkText } from "../texts_agreement.ts";

/** «🔗 Ссылка»: what the client opens. */
export const sharingFeature: Feature = {
  presses: [
    onPress(actions.estimateShare, sendLink),
    onPress(actions.linkRevoke, async (ctx, linkId) => {
      await servicesOf(ctx).sharing.revoke(linkId);
      await show(ctx, { text: AGREEMENT.linkRevoked });
    }),
  ],
};

/**
 * A new link below the card: a button that hands it on inside Telegram, and the plain address for every
 * other way. Only a hash of it is kept, so an old one can't be shown again.
 */
export async function sendLink(ctx: ChatContext, estimateId: Id): Promise<void> {
  const { publicUrl } = ctx.tools.config;
  if (publicUrl === null) return toast(ctx, AGREEMENT.noAddress);
  const { sharing, estimates, company } = servicesOf(ctx);
  const link = await sharing.share(estimateId);
  const [card, { timezone }] = await Promise.all([estimates.card(estimateId), company.get()]);
  const url = new URL(link.path, publicUrl).href;
  const text = linkText(card, {
    url,
    previewUrl: new URL(link.previewPath, publicUrl).href,
    until: formatInstant(link.expiresAt, timezone),
  });
  const rows = [
    [{ text: AGREEMENT_BUTTONS.sendLink, url: shareUrl(url, `Смета ${card.number}`) }],
    [actions.linkRevoke.button(AGREEMENT_BUTTONS.revokeLink, link.id)],
  ];
  await say(ctx, { text, rows });
  await toast(ctx, "Ссылка — в сообщении ниже.");
}

/** Telegram's own window «choose a chat»: core.telegram.org/widgets/share. */
export function shareUrl(url: string, text: string): string {
  const address = new URL("https://t.me/share/url");
  address.searchParams.set("url", url);
  address.searchParams.set("text", text);
  return address.href;
}
