import { z } from "zod";
import { can } from "../../domain/access.ts";
import type { DecisionResult } from "../../domain/agreement.ts";
import { forbidden } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { askBelow } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { dropButtons, say, toast } from "../messages.ts";
import { readText } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { AGREEMENT } from "../texts_agreement.ts";
import { showEstimate } from "../views/estimate_card.ts";
import { tellLate } from "../views/revisions.ts";

const reasonQuestion = defineQuestion({
  step: "agreement.reason",
  params: z.strictObject({ revisionId: idSchema, messageId: z.number().nullable() }),
  expects: AGREEMENT.reasonExpected,
  prompt: async (ctx, { revisionId }) => {
    const { number } = await servicesOf(ctx).agreement.revision(revisionId);
    return { text: AGREEMENT.askReason(number) };
  },
  read: (ctx) => {
    const text = readText(ctx);
    return text === null ? null : { ok: true, value: text };
  },
  handle: async (ctx, { revisionId, messageId }, reason: string) => {
    const by = { channel: "chat", reason } as const;
    const result = await servicesOf(ctx).agreement.giveBack({ revisionId }, by);
    const { revision } = result;
    if (messageId !== null) await dropButtons(ctx, messageId);
    if (result.outcome === "late") await tellLate(ctx, revision);
    else await say(ctx, { text: AGREEMENT.returned(revision.number) });
    await showEstimate(ctx, revision.estimateId);
  },
});

/** What is done with a frozen revision: approve, give back, take back, open the next one. */
export const decidingFeature: Feature = {
  questions: [reasonQuestion],
  presses: [
    onPress(actions.approve, async (ctx, revisionId) => {
      const { agreement } = servicesOf(ctx);
      const result = await agreement.approve({ revisionId }, { channel: "chat" });
      await tell(ctx, result, ({ number }) => AGREEMENT.approved(number));
    }),
    onPress(actions.giveBack, askReason),
    onPress(actions.withdraw, async (ctx, revisionId) => {
      const result = await servicesOf(ctx).agreement.withdraw({ revisionId });
      await tell(ctx, result, ({ number }) => AGREEMENT.withdrawn(number));
    }),
    onPress(actions.revise, async (ctx, revisionId) => {
      const result = await servicesOf(ctx).agreement.revise({ revisionId });
      await tell(ctx, result, ({ number, revision }) => AGREEMENT.revised(number, revision + 1));
    }),
  ],
};

/** Words over the chat, then the estimate as it is now in place of the pressed message. */
async function tell(
  ctx: ChatContext,
  { outcome, revision }: DecisionResult,
  describe: (revision: DecisionResult["revision"]) => string,
): Promise<void> {
  if (outcome === "late") await tellLate(ctx, revision);
  else await toast(ctx, describe(revision));
  await showEstimate(ctx, revision.estimateId);
}

/** Nobody should type a reason that comes too late, or that he may not give. */
async function askReason(ctx: ChatContext, revisionId: Id): Promise<void> {
  const { actor, agreement } = servicesOf(ctx);
  const revision = await agreement.revision(revisionId);
  if (!can(actor, "estimate.approve", { companyId: actor.companyId })) throw forbidden();
  if (revision.status !== "submitted") {
    await tellLate(ctx, revision);
    return showEstimate(ctx, revision.estimateId);
  }
  const messageId = ctx.callbackQuery?.message?.message_id ?? null;
  await askBelow(ctx, reasonQuestion, { revisionId, messageId });
}
