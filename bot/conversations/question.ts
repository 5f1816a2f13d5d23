import { type Conversation, createConversation } from "@grammyjs/conversations";
import type { Context } from "grammy";
import type { InlineKeyboardButton } from "grammy/types";
import type { z } from "zod";
import type { Answer, Asked, ChatContext, Params } from "../context.ts";
import type { Html } from "../html.ts";
import { QUESTION } from "./storage.ts";

/** What a question makes of an update. Null: this is not meant for it, let others look. */
export type Reading<Value> =
  | { readonly ok: true; readonly value: Value }
  | { readonly ok: false; readonly problem: string }
  | null;

export interface Prompt {
  readonly text: Html;
  /** Answers to choose from, each made by `choice`. */
  readonly rows?: readonly (readonly InlineKeyboardButton[])[];
}

/**
 * One question. Each is a conversation of one wait: its state is a few hundred bytes whatever was said
 * before, and costs the same at the hundredth question as at the first.
 */
export interface Question<P extends Params, Value> {
  /** The name of the wait, unique in the bot: `chat_state.steps` shows it. */
  readonly step: string;
  /** Checks what was stored: a question of an older version may have had other parameters. */
  readonly params: z.ZodType<P>;
  readonly prompt: (ctx: ChatContext, params: P) => Prompt | Promise<Prompt>;
  /** Pure: looks at the update only. */
  readonly read: (ctx: ChatContext, params: P) => Reading<Value>;
  readonly handle: (ctx: ChatContext, params: P, value: Value) => Promise<void>;
  /** With it the question has «Пропустить». */
  readonly skip?: ((ctx: ChatContext, params: P) => Promise<void>) | undefined;
  readonly skipLabel?: string;
  /** What follows «✖️ Отмена»; without it the chat says that it stopped. */
  readonly cancel?: ((ctx: ChatContext, params: P) => Promise<void>) | undefined;
  /** «Жду …» for everything that is no answer. Without it such updates pass by: a list that can be searched. */
  readonly expects?: string;
}

/** Any question, as the bot keeps them together. */
export interface KnownQuestion {
  readonly step: string;
  readonly expects: string | undefined;
  readonly hasCancel: boolean;
  /** "outdated": the stored parameters are not of this version. */
  readonly read: (ctx: ChatContext, asked: Asked) => Answer | "not mine" | "outdated";
  readonly handle: (ctx: ChatContext, answer: Answer) => Promise<void>;
}

export function defineQuestion<P extends Params, Value>(
  question: Question<P, Value>,
): Question<P, Value> & { readonly known: KnownQuestion } {
  return { ...question, known: forget(question) };
}

/** Hides the types: what goes in as a value comes out to the same question. */
function forget<P extends Params, Value>(question: Question<P, Value>): KnownQuestion {
  return {
    step: question.step,
    expects: question.expects,
    hasCancel: question.cancel !== undefined,
    read: (ctx, asked) => {
      const params = question.params.safeParse(asked.params).data;
      if (params === undefined) return "outdated";
      if (ctx.callbackQuery) {
        // A press under an older question is not an answer to this one.
        if (ctx.callbackQuery.message?.message_id !== asked.promptId) return "not mine";
        if (ctx.callbackQuery.data === CANCEL_DATA) return { kind: "cancel", asked };
        if (ctx.callbackQuery.data === SKIP_DATA) return { kind: "skip", asked };
      }
      const reading = question.read(ctx, params);
      if (reading?.ok) return { kind: "value", asked, value: reading.value };
      if (reading) return { kind: "problem", asked, problem: reading.problem };
      return "not mine";
    },
    handle: async (ctx, answer) => {
      const params = question.params.parse(answer.asked.params);
      if (answer.kind === "value") await question.handle(ctx, params, answer.value as Value);
      if (answer.kind === "skip") await question.skip?.(ctx, params);
      if (answer.kind === "cancel") await question.cancel?.(ctx, params);
    },
  };
}

export const CANCEL_DATA = "q:cancel";
export const SKIP_DATA = "q:skip";
const CHOICE_PREFIX = "q:=";

/** A button that answers the question; `value` is short, `readChoice` gives it back. */
export function choice(text: string, value: string): InlineKeyboardButton.CallbackButton {
  return { text, callback_data: CHOICE_PREFIX + value };
}

export function readChoice(ctx: ChatContext): string | null {
  const data = ctx.callbackQuery?.data ?? "";
  return data.startsWith(CHOICE_PREFIX) ? data.slice(CHOICE_PREFIX.length) : null;
}

export function isQuestionData(data: string): boolean {
  return data.startsWith("q:");
}

/**
 * The conversation that waits. It calls no API and touches no rows: it only takes the answer and ends;
 * what follows runs outside, where transformers, errors and the next question work as everywhere.
 */
export function createQuestionConversation(questions: ReadonlyMap<string, KnownQuestion>) {
  return createConversation<ChatContext, Context>(
    async (conversation: Conversation<ChatContext>, _first: Context, asked: Asked) => {
      await conversation.wait({ collationKey: asked.step });
      const isTaken = await conversation.external((ctx) => takeAnswer(ctx, asked, questions));
      if (!isTaken) await conversation.skip({ next: true });
      await conversation.halt({ next: true });
    },
    { id: QUESTION },
  );
}

/** True when the question is over. A problem leaves it open. */
function takeAnswer(
  ctx: ChatContext,
  asked: Asked,
  questions: ReadonlyMap<string, KnownQuestion>,
): boolean {
  const answer = questions.get(asked.step)?.read(ctx, asked) ?? "outdated";
  if (answer === "not mine") return false;
  if (answer === "outdated") {
    ctx.isOutdated = true;
    return true;
  }
  ctx.answer = answer;
  return answer.kind !== "problem";
}
