import { z } from "zod";
import { type Id, idSchema } from "../../domain/ids.ts";
import { readPaymentText, readStageText } from "../../domain/payment_text.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import { type Rows, say, showCard, toast } from "../messages.ts";
import { rich } from "../html.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import {
  CONTRACT_BUTTONS as BUTTONS,
  CONTRACTS,
  paymentLabel,
  paymentsText,
} from "../texts_contracts.ts";
import { thingOf } from "../views/estimate_card.ts";

/** Older ones are in the list above the buttons. */
const SHOWN_PAYMENTS = 8;

const paymentQuestion = defineQuestion({
  step: "payment.add",
  params: z.strictObject({ estimateId: idSchema }),
  expects: CONTRACTS.paymentExpected,
  prompt: () => ({ text: CONTRACTS.askPayment }),
  read: readField,
  handle: async (ctx, { estimateId }, text: string) => {
    const { payments, company } = servicesOf(ctx);
    const read = readPaymentText(text, await company.today());
    if (!read.ok) {
      await say(ctx, { text: rich`${read.problem}` });
      return askPayment(ctx, estimateId);
    }
    await payments.add(estimateId, read.value);
    await showPayments(ctx, estimateId);
  },
  cancel: (ctx, { estimateId }) => showPayments(ctx, estimateId),
});

const stageQuestion = defineQuestion({
  step: "payment.stage",
  params: z.strictObject({ estimateId: idSchema }),
  expects: CONTRACTS.stageExpected,
  prompt: () => ({ text: CONTRACTS.askStage }),
  read: readField,
  handle: async (ctx, { estimateId }, text: string) => {
    const { payments, company } = servicesOf(ctx);
    const read = readStageText(text, await company.today());
    if (!read.ok) {
      await say(ctx, { text: rich`${read.problem}` });
      return askStage(ctx, estimateId);
    }
    await payments.addStage(estimateId, read.value);
    await showPayments(ctx, estimateId);
  },
  cancel: (ctx, { estimateId }) => showPayments(ctx, estimateId),
});

/** «💳 Оплаты»: what came, what is planned, what is left. */
export const paymentsFeature: Feature = {
  questions: [paymentQuestion, stageQuestion],
  presses: [
    onPress(actions.payments, (ctx, estimateId) => showPayments(ctx, estimateId)),
    onPress(actions.paymentAdd, askPayment),
    onPress(actions.stageAdd, askStage),
    onPress(actions.paymentRemove, async (ctx, id) => {
      const payment = await servicesOf(ctx).payments.remove(id);
      await toast(ctx, CONTRACTS.paymentRemoved);
      const undo = [actions.paymentRestore.button(BUTTONS.restore, id)];
      await showPayments(ctx, payment.estimateId, [undo]);
    }),
    onPress(actions.paymentRestore, async (ctx, id) => {
      const payment = await servicesOf(ctx).payments.restore(id);
      await toast(ctx, CONTRACTS.paymentRestored);
      await showPayments(ctx, payment.estimateId);
    }),
    onPress(actions.stageRemove, async (ctx, estimateId, stageId) => {
      await servicesOf(ctx).payments.removeStage(stageId);
      await toast(ctx, CONTRACTS.stageRemoved);
      await showPayments(ctx, estimateId);
    }),
  ],
};

function askPayment(ctx: ChatContext, estimateId: Id): Promise<void> {
  return ask(ctx, paymentQuestion, { estimateId });
}

function askStage(ctx: ChatContext, estimateId: Id): Promise<void> {
  return ask(ctx, stageQuestion, { estimateId });
}

async function showPayments(ctx: ChatContext, estimateId: Id, first: Rows = []): Promise<void> {
  const found = await servicesOf(ctx).payments.get(estimateId);
  const id = found.estimateId;
  const rows = [
    ...first,
    [actions.paymentAdd.button(BUTTONS.received, id), actions.stageAdd.button(BUTTONS.stage, id)],
    ...found.payments
      .slice(0, SHOWN_PAYMENTS)
      .map((payment) => [actions.paymentRemove.button(`🗑 ${paymentLabel(payment)}`, payment.id)]),
    ...found.stages
      .slice(0, SHOWN_PAYMENTS)
      .map(({ id: stageId, title }) => [
        actions.stageRemove.button(`🗑 План: ${cutText(title, LABEL_LENGTH - 10)}`, id, stageId),
      ]),
    [actions.estimateCard.button(BACK, id)],
  ];
  await showCard(ctx, { text: paymentsText(found), rows }, thingOf(id));
}
