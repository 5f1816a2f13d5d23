import { actions } from "../actions.ts";
import { servicesOf } from "../context.ts";
import { dropButtons, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { TOASTS } from "../texts_common.ts";

/** «Повторить» under the news of work that was given up. */
export const jobsFeature: Feature = {
  presses: [
    onPress(actions.jobRetry, async (ctx, id) => {
      const outcome = await servicesOf(ctx).deadLetters.retry(id);
      await toast(ctx, outcome === "again" ? TOASTS.retried : TOASTS.retriedBefore);
      const pressed = ctx.callbackQuery?.message?.message_id;
      if (pressed !== undefined) await dropButtons(ctx, pressed);
    }),
  ],
};
