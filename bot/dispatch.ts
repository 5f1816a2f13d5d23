import { Composer, type Middleware } from "grammy";
import type { ChatContext, Handler } from "./context.ts";
import { isQuestionData } from "./conversations/question.ts";
import { answeredAlbum } from "./chat_memory.ts";
import { isChosen, openChosen } from "./features/links.ts";
import { welcome } from "./features/start.ts";
import { rich } from "./html.ts";
import { MAIN_MENU } from "./keyboards.ts";
import { dropButtons, endPress, say, show, toast } from "./messages.ts";
import type { Routes } from "./routes.ts";
import { COMMON, nameOfKind, TOASTS, unexpected } from "./texts_common.ts";

interface Command {
  readonly name: string;
  readonly payload: string;
}

/** Reads «/start join_x», also as «/start@bot». Null for everything else. */
function commandOf(ctx: ChatContext): Command | null {
  const text = isChosen(ctx) ? "" : (ctx.message?.text ?? "");
  const match = /^\/([a-z0-9_]{1,32})(?:@(\w+))?(?:\s+([\s\S]*))?$/i.exec(text);
  if (!match) return null;
  const [, name = "", bot, payload = ""] = match;
  if (bot !== undefined && bot.toLowerCase() !== ctx.me.username.toLowerCase()) return null;
  return { name: name.toLowerCase(), payload };
}

/**
 * Before the conversation: a command, a button of the menu or a card chosen by «@bot word» ends the open
 * question, so that the conversation does not swallow it.
 */
export async function leaveQuestion(ctx: ChatContext, routes: Routes): Promise<void> {
  const isLeaving = commandOf(ctx) || routes.label(ctx.message?.text ?? "") || isChosen(ctx);
  if (isLeaving) await ctx.conversation.exitAll();
}

/** After the conversation: gives each update to the one who handles it. */
export function dispatch(routes: Routes, fallback: Handler): Middleware<ChatContext> {
  return async (ctx, next) => {
    if (ctx.isOutdated) await tellOutdated(ctx);
    if (ctx.answer) return finishAnswer(ctx, routes);
    if (ctx.callbackQuery) return press(ctx, routes);
    const command = commandOf(ctx);
    if (command) return runCommand(ctx, routes, command);
    if (!ctx.message) return next();
    // Whoever has no company yet is asked for its name first.
    const isAsked = ctx.asked !== null && !ctx.isOutdated;
    if (!ctx.work.person?.actor && !isAsked) return welcome(ctx);
    if (isChosen(ctx)) return openChosen(ctx);
    const label = routes.label(ctx.message.text ?? "");
    if (label) return label(ctx);
    const expects = isAsked ? routes.questions.get(ctx.asked?.step ?? "")?.expects : undefined;
    if (expects !== undefined) return tellExpected(ctx, expects);
    return fallback(ctx);
  };
}

/**
 * Around the conversation: a stored question that this version of the program does not ask any more ends
 * with words instead of an error.
 */
export function forgiveReplay(handle: Middleware<ChatContext>): Middleware<ChatContext> {
  const composer = new Composer(handle);
  return async (ctx, next) => {
    try {
      await next();
    } catch (error) {
      if (!(error instanceof Error) || !error.message.startsWith("Bad replay")) throw error;
      ctx.isOutdated = true;
      await composer.middleware()(ctx, () => Promise.resolve());
    }
  };
}

async function finishAnswer(ctx: ChatContext, routes: Routes): Promise<void> {
  const { answer } = ctx;
  if (!answer) return;
  if (answer.kind === "problem") {
    await say(ctx, { text: rich`${answer.problem}` });
    return;
  }
  if (answer.kind === "cancel") await cancelQuestion(ctx, routes);
  else await routes.questions.get(answer.asked.step)?.handle(ctx, answer);
  // The question is over: its buttons go, unless something else stands there by now.
  if (answer.asked.promptId !== null) await dropButtons(ctx, answer.asked.promptId);
  await endPress(ctx);
}

/** «✖️ Отмена» and /cancel do the same. */
async function cancelQuestion(ctx: ChatContext, routes: Routes): Promise<void> {
  const asked = ctx.answer?.asked ?? ctx.asked;
  const question = asked ? routes.questions.get(asked.step) : undefined;
  if (!asked || !question) {
    await say(ctx, { text: COMMON.nothingToCancel }, MAIN_MENU);
  } else if (question.hasCancel) {
    await question.handle(ctx, { kind: "cancel", asked });
  } else {
    await show(ctx, { text: COMMON.cancelled });
  }
}

async function press(ctx: ChatContext, routes: Routes): Promise<void> {
  const data = ctx.callbackQuery?.data ?? "";
  const handler = isQuestionData(data) ? "closed" : routes.press(data);
  if (handler === "closed") await refusePress(ctx, TOASTS.closedQuestion);
  else if (handler === "unknown") await refusePress(ctx, TOASTS.outdated);
  else if (handler === "broken") await toast(ctx, TOASTS.broken);
  else await handler(ctx);
  await endPress(ctx);
}

async function refusePress(ctx: ChatContext, text: string): Promise<void> {
  await toast(ctx, text);
  const pressed = ctx.callbackQuery?.message?.message_id;
  if (pressed !== undefined) await dropButtons(ctx, pressed);
}

async function runCommand(ctx: ChatContext, routes: Routes, command: Command): Promise<void> {
  if (command.name === "cancel") return cancelQuestion(ctx, routes);
  const handler = routes.command(command.name);
  if (!handler) {
    await say(ctx, { text: COMMON.unknownCommand }, MAIN_MENU);
    return;
  }
  if (command.name !== "start" && !ctx.work.person?.actor) return welcome(ctx);
  ctx.match = command.payload;
  await handler(ctx);
}

async function tellExpected(ctx: ChatContext, expects: string): Promise<void> {
  if (await isAlbumAnswered(ctx)) return;
  await say(ctx, { text: unexpected(nameOfKind(ctx.message ?? {}), expects) });
}

/** Photos of one album come as updates of their own; one answer is enough. */
export async function isAlbumAnswered(ctx: ChatContext): Promise<boolean> {
  const id = ctx.message?.media_group_id;
  if (id === undefined) return false;
  if ((await answeredAlbum.read(ctx))?.id === id) return true;
  await answeredAlbum.write(ctx, { id });
  return false;
}

async function tellOutdated(ctx: ChatContext): Promise<void> {
  await say(ctx, { text: COMMON.updated }, MAIN_MENU);
}
