import { can } from "../../domain/access.ts";
import type { Revision } from "../../domain/agreement.ts";
import { type Id, packId } from "../../domain/ids.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { type Html, join, rich } from "../html.ts";
import { type Rows, say, showCard, toast } from "../messages.ts";
import {
  AGREEMENT_BUTTONS,
  comparisonText,
  describeRevision,
  lateText,
} from "../texts_agreement.ts";
import { BACK } from "../texts_common.ts";

/** Older ones are in the records; the chat compares the last few. */
const SHOWN_REVISIONS = 6;

/** What can be done with a frozen estimate, by whoever looks at it. */
export function decisionRows(ctx: ChatContext, revision: Revision): Rows {
  const { actor } = servicesOf(ctx);
  const { id } = revision;
  if (revision.status === "approved") {
    return [[actions.revise.button(AGREEMENT_BUTTONS.revise, id)]];
  }
  const isLeader = can(actor, "estimate.approve", { companyId: actor.companyId });
  const decisions =
    isLeader && revision.audience === "manager"
      ? [
          [
            actions.approve.button(AGREEMENT_BUTTONS.approve, id),
            actions.giveBack.button(AGREEMENT_BUTTONS.giveBack, id),
          ],
        ]
      : [];
  return [
    ...decisions,
    [
      actions.withdraw.button(AGREEMENT_BUTTONS.withdraw, id),
      actions.revise.button(AGREEMENT_BUTTONS.revise, id),
    ],
  ];
}

export async function revisionLine(ctx: ChatContext, revision: Revision): Promise<Html> {
  const { timezone } = await servicesOf(ctx).company.get();
  return rich`<i>${describeRevision(revision, timezone)}</i>`;
}

/** Tells the second one what the first one did: over the chat at a press, else in the chat. */
export async function tellLate(ctx: ChatContext, revision: Revision): Promise<void> {
  const { timezone } = await servicesOf(ctx).company.get();
  const text = lateText(revision, timezone);
  if (ctx.callbackQuery) await toast(ctx, text);
  else await say(ctx, { text: rich`${text}` });
}

/** The revisions for the history of an estimate, newest first, and buttons to compare neighbours. */
export async function revisionHistory(
  ctx: ChatContext,
  card: EstimateCard,
): Promise<{ text: Html; rows: Rows }> {
  const { agreement, company } = servicesOf(ctx);
  const { items: all } = await agreement.revisions(card.id);
  const shown = all.slice(0, SHOWN_REVISIONS);
  const { timezone } = await company.get();
  const lines = shown.map(
    (revision) =>
      rich`• ${describeRevision(revision, timezone)} · ${formatMoneyRu(revision.total)}`,
  );
  const pairs = shown.flatMap((revision, index) => {
    const before = all[index + 1];
    return before ? [compareButton(card.id, before.revision, revision.revision)] : [];
  });
  const [last] = all;
  const now = last && isEditable(card.status) ? [compareButton(card.id, last.revision, DRAFT)] : [];
  return {
    text: join([lines.length === 0 ? null : rich`<b>Версии</b>`, ...lines]),
    rows: [...now, ...pairs].map((button) => [button]),
  };
}

/** Revisions count from 1, so 0 is free to mean the estimate as it is now. */
const DRAFT = 0;
const REVISION_NOW = "сейчас";

function compareButton(id: Id, from: number, to: number) {
  const target = to === DRAFT ? REVISION_NOW : `версия ${to}`;
  return actions.compare.button(`🔍 Версия ${from} → ${target}`, id, from, to);
}

/** «было 412 300 → стало 398 750», and which lines made the difference. */
export async function showComparison(
  ctx: ChatContext,
  id: Id,
  from: number,
  to: number,
): Promise<void> {
  const { agreement, estimates } = servicesOf(ctx);
  const { number } = await estimates.card(id);
  const comparison = await agreement.compare(id, { from, to: to === DRAFT ? null : to });
  const names = {
    number,
    from: `версия ${from}`,
    to: to === DRAFT ? REVISION_NOW : `версия ${to}`,
  };
  const rows = [[actions.estimateHistory.button(BACK, id)]];
  await showCard(ctx, { text: comparisonText(names, comparison), rows }, `e.${packId(id)}`);
}
