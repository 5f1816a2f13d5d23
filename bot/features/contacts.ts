import { actions } from "../actions.ts";
import { pendingContact } from "../chat_memory.ts";
import { clientOfContact, saveClient } from "../client_input.ts";
import type { ChatContext } from "../context.ts";
import { say, show, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { CLIENTS } from "../texts_clients.ts";
import { CANCEL } from "../texts_common.ts";
import { showClient } from "./clients.ts";

/** A contact outside any question becomes a client, when the person says so. */
export async function offerContact(ctx: ChatContext): Promise<boolean> {
  const { contact } = ctx.message ?? {};
  if (!contact) return false;
  const input = clientOfContact(contact);
  const isOwn = contact.user_id !== undefined && contact.user_id === ctx.from?.id;
  const offer = isOwn ? CLIENTS.offerOwn : CLIENTS.offer;
  const messageId = await say(ctx, {
    text: offer(input.name, input.phone),
    rows: [[actions.contactAdd.button(CLIENTS.offerAdd), actions.contactDrop.button(CANCEL)]],
  });
  await pendingContact.write(ctx, { ...input, messageId });
  return true;
}

export const contactsFeature: Feature = {
  presses: [
    onPress(actions.contactAdd, async (ctx) => {
      const contact = await takeContact(ctx);
      if (!contact) return;
      const { client, isNew } = await saveClient(ctx, contact);
      await toast(ctx, (isNew ? CLIENTS.added : CLIENTS.already)(client.name));
      await showClient(ctx, client);
    }),
    onPress(actions.contactDrop, async (ctx) => {
      if (await takeContact(ctx)) await show(ctx, { text: CLIENTS.offerDropped });
    }),
  ],
};

/** The contact of the pressed message, once. */
async function takeContact(ctx: ChatContext) {
  const contact = await pendingContact.read(ctx);
  if (contact?.messageId === ctx.callbackQuery?.message?.message_id && contact) {
    await pendingContact.forget(ctx);
    return contact;
  }
  await toast(ctx, CLIENTS.offerGone);
  return null;
}
