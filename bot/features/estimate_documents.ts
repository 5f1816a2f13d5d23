import type { Id } from "../../domain/ids.ts";
import type { DocumentFormat } from "../../domain/documents.ts";
import { actions } from "../actions.ts";
import { type ChatContext, chatIdOf, servicesOf } from "../context.ts";
import { rich } from "../html.ts";
import { say, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { DOCUMENTS } from "../texts_documents.ts";
import { ESTIMATES } from "../texts_estimates.ts";

/** «📄 PDF», «📊 Excel»: ordered here, made and sent by a job. */
export const estimateDocumentsFeature: Feature = {
  presses: [onPress(actions.estimateDocument, order)],
};

async function order(ctx: ChatContext, id: Id, format: DocumentFormat): Promise<void> {
  const { estimates, documents } = servicesOf(ctx);
  const card = await estimates.card(id);
  if (card.sums.lines === 0) return toast(ctx, ESTIMATES.empty);
  const chatId = chatIdOf(ctx);
  const ordered = await documents.order(id, format, { chatId });
  if (!ordered.isNew) return toast(ctx, DOCUMENTS.already(format));
  await toast(ctx, DOCUMENTS.ordered(format));
  const notice = await say(ctx, { text: rich`${DOCUMENTS.preparing(format, card.number)}` });
  if (notice !== null) await documents.announced(ordered.id, notice);
  await ctx.api.sendChatAction(chatId, "upload_document");
}
