import type { ChatContext, Params } from "../context.ts";
import { type Rows, say, show, type View } from "../messages.ts";
import { CANCEL, SKIP } from "../texts_common.ts";
import { CANCEL_DATA, type Prompt, type Question, SKIP_DATA } from "./question.ts";
import { QUESTION } from "./storage.ts";

/** Asks in place of the pressed message, or below what was typed. An open question is dropped. */
export async function ask<P extends Params, Value>(
  ctx: ChatContext,
  question: Question<P, Value>,
  params: P,
): Promise<void> {
  const view = viewOf(question, await question.prompt(ctx, params));
  await wait(ctx, question.step, params, await show(ctx, view));
}

/** Asks below, where the pressed message must stay to be read. */
export async function askBelow<P extends Params, Value>(
  ctx: ChatContext,
  question: Question<P, Value>,
  params: P,
): Promise<void> {
  const view = viewOf(question, await question.prompt(ctx, params));
  await wait(ctx, question.step, params, await say(ctx, view));
}

/** Waits for an answer to a message that is there already: a list whose next word searches. */
export async function listen<P extends Params, Value>(
  ctx: ChatContext,
  question: Question<P, Value>,
  params: P,
): Promise<void> {
  await wait(ctx, question.step, params, null);
}

async function wait(
  ctx: ChatContext,
  step: string,
  params: Params,
  promptId: number | null,
): Promise<void> {
  await ctx.conversation.exitAll();
  await ctx.conversation.enter(QUESTION, { step, params, promptId });
}

function viewOf<P extends Params, Value>(
  question: Pick<Question<P, Value>, "skip" | "skipLabel" | "expects">,
  { text, rows = [] }: Prompt,
): View {
  const ends = [
    ...(question.skip ? [{ text: question.skipLabel ?? SKIP, callback_data: SKIP_DATA }] : []),
    { text: CANCEL, callback_data: CANCEL_DATA },
  ];
  const all: Rows = [...rows, ends];
  return { text, rows: all };
}
