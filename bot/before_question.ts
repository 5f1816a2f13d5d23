import type { MiddlewareFn } from "grammy";
import type { ChatContext } from "./context.ts";
import { leaveQuestion } from "./dispatch.ts";
import { answerByReply } from "./features/answering.ts";
import { leaveForExtra } from "./features/extras.ts";
import { followCompany } from "./features/team.ts";
import { followRole } from "./role_commands.ts";
import type { Routes } from "./routes.ts";

/**
 * What comes before the open question, in this order. One middleware: every update pays for each.
 *
 * Keeps the first error of all that follows: the plugin of conversations writes its state even when the
 * update failed.
 */
export function beforeQuestion(routes: Routes): MiddlewareFn<ChatContext> {
  return async (ctx, next) => {
    try {
      await followRole(ctx);
      await followCompany(ctx);
      if (await answerByReply(ctx)) return;
      await leaveForExtra(ctx, routes);
      await leaveQuestion(ctx, routes);
      await next();
    } catch (error) {
      ctx.failure ??= error;
      throw error;
    }
  };
}
