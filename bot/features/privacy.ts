import { InputFile } from "grammy";
import { can } from "../../domain/access.ts";
import type { Id } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { type ChatContext, chatIdOf, servicesOf } from "../context.ts";
import { showCard, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, CANCEL } from "../texts_common.ts";
import { erasedText, PRIVACY, PRIVACY_BUTTONS } from "../texts_privacy.ts";

/** What the owner does when a client asks about his data: all of it as a file, or erased. */
export const privacyFeature: Feature = {
  presses: [
    onPress(actions.privacy, showPrivacy),
    onPress(actions.privacyExport, sendExport),
    onPress(actions.privacyAsk, askErase),
    onPress(actions.privacyErase, async (ctx, clientId) => {
      const erasure = await servicesOf(ctx).privacy.erase(clientId);
      const rows = [[actions.clientCard.button(BACK, clientId)]];
      await showCard(ctx, { text: erasedText(erasure), rows }, `c.${clientId}`);
    }),
  ],
};

/** The buttons of a client's card that only owners have. */
export function privacyRows(ctx: ChatContext, clientId: Id) {
  const { actor } = servicesOf(ctx);
  if (!can(actor, "company.edit", { companyId: actor.companyId })) return [];
  return [[actions.privacy.button(PRIVACY_BUTTONS.open, clientId)]];
}

async function showPrivacy(ctx: ChatContext, clientId: Id): Promise<void> {
  const { name } = await servicesOf(ctx).clients.get(clientId);
  const rows = [
    [
      actions.privacyExport.button(PRIVACY_BUTTONS.export, clientId),
      actions.privacyAsk.button(PRIVACY_BUTTONS.erase, clientId),
    ],
    [actions.clientCard.button(BACK, clientId)],
  ];
  await showCard(ctx, { text: PRIVACY.card(name), rows }, `c.${clientId}`);
}

async function sendExport(ctx: ChatContext, clientId: Id): Promise<void> {
  const text = await servicesOf(ctx).privacy.export(clientId);
  const file = new InputFile(new TextEncoder().encode(text), PRIVACY.fileName);
  await ctx.api.sendDocument(chatIdOf(ctx), file, { caption: PRIVACY.file });
  await toast(ctx, "Файл — в сообщении ниже.");
}

async function askErase(ctx: ChatContext, clientId: Id): Promise<void> {
  const { name } = await servicesOf(ctx).clients.get(clientId);
  const rows = [
    [actions.privacyErase.button(PRIVACY_BUTTONS.sure, clientId)],
    [actions.privacy.button(CANCEL, clientId)],
  ];
  await showCard(ctx, { text: PRIVACY.ask(name), rows }, `c.${clientId}`);
}
