import { z } from "zod";
import { type Id, idSchema } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { splitCallbackData } from "../callback_data.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { askBelow } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { say } from "../messages.ts";
import { readText } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { AGREEMENT } from "../texts_agreement.ts";

const answerQuestion = defineQuestion({
  step: "question.answer",
  params: z.strictObject({ questionId: idSchema }),
  expects: AGREEMENT.answerExpected,
  prompt: async (ctx, { questionId }) => {
    const { line, text } = await servicesOf(ctx).questions.get(questionId);
    return { text: AGREEMENT.askAnswer(line?.name ?? null, text) };
  },
  read: (ctx) => {
    const text = readText(ctx);
    return text === null ? null : { ok: true, value: text };
  },
  handle: (ctx, { questionId }, text: string) => answer(ctx, questionId, text),
});

/** The client's questions: answered by a button, or by a reply to the message that brought one. */
export const answeringFeature: Feature = {
  questions: [answerQuestion],
  presses: [
    onPress(actions.answer, (ctx, questionId) => askBelow(ctx, answerQuestion, { questionId })),
  ],
};

async function answer(ctx: ChatContext, questionId: Id, text: string): Promise<void> {
  await servicesOf(ctx).questions.answer(questionId, text);
  await say(ctx, { text: AGREEMENT.answered });
}

/**
 * Before the open question: who replies to a message says what the words are for. Telegram sends the
 * replied message along with its buttons, and one of them names the client's question. False where it is
 * no such reply.
 */
export async function answerByReply(ctx: ChatContext): Promise<boolean> {
  const questionId = repliedQuestion(ctx);
  const text = questionId === null ? null : readText(ctx);
  if (questionId === null || text === null || text.startsWith("/")) return false;
  await answer(ctx, questionId, text);
  return true;
}

function repliedQuestion(ctx: ChatContext): Id | null {
  const replied = ctx.message?.reply_to_message;
  if (replied?.from?.id !== ctx.me.id) return null;
  const buttons = replied.reply_markup?.inline_keyboard.flat() ?? [];
  for (const button of buttons) {
    if (!("callback_data" in button)) continue;
    const { name, texts } = splitCallbackData(button.callback_data);
    const values = name === actions.answer.name ? actions.answer.read(texts) : null;
    if (values) return values[0];
  }
  return null;
}
