import type { Id } from "../../domain/ids.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { isOnScreen, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { TOASTS } from "../texts_common.ts";
import { ESTIMATES } from "../texts_estimates.ts";
import {
  moreRows,
  showEstimate,
  showEstimateCard,
  showEstimateMenu,
  thingOf,
} from "../views/estimate_card.ts";
import { showLinesPage } from "../views/estimate_lines.ts";
import { showHistory } from "../views/estimate_history.ts";
import { showComparison } from "../views/revisions.ts";

/** The card of an estimate and what its buttons do, but for terms, documents and lines. */
export const estimateCardFeature: Feature = {
  presses: [
    onPress(actions.estimateCard, showEstimate),
    onPress(actions.estimateMore, async (ctx, id) => {
      const card = await cardOf(ctx, id);
      await showEstimateMenu(ctx, card, moreRows(card));
    }),
    onPress(actions.estimateOpen, showLinesPage),
    onPress(actions.estimateHistory, showHistory),
    onPress(actions.estimateCopy, copy),
    onPress(actions.estimateRemove, remove),
    onPress(actions.estimateRestore, restore),
    onPress(actions.compare, showComparison),
  ],
};

function cardOf(ctx: ChatContext, id: Id): Promise<EstimateCard> {
  return servicesOf(ctx).estimates.card(id);
}

/** The card becomes the copy's, so a second tap on the same button finds the original gone from it. */
async function copy(ctx: ChatContext, id: Id): Promise<void> {
  if (!(await isOnScreen(ctx, thingOf(id)))) return toast(ctx, TOASTS.notHere);
  const card = await servicesOf(ctx).estimates.duplicate(id);
  await toast(ctx, ESTIMATES.copied(card.number));
  await showEstimateCard(ctx, card);
}

async function remove(ctx: ChatContext, id: Id): Promise<void> {
  await servicesOf(ctx).estimates.remove(id);
  await toast(ctx, ESTIMATES.removedToast);
  await showEstimate(ctx, id);
}

async function restore(ctx: ChatContext, id: Id): Promise<void> {
  const card = await servicesOf(ctx).estimates.restore(id);
  await toast(ctx, ESTIMATES.restoredToast);
  await showEstimateCard(ctx, card);
}
