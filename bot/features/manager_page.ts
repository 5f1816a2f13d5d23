import { LOGIN_MINUTES } from "../../domain/logins.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { say, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { MANAGER_PAGE } from "../texts_settings.ts";

/** «🌐 Кабинет»: a one-time link to the manager's page. */
export const managerPageFeature: Feature = {
  presses: [onPress(actions.managerPage, sendLoginLink)],
};

/** A message of its own: the link is for the browser of this person and for a few minutes. */
async function sendLoginLink(ctx: ChatContext): Promise<void> {
  const { publicUrl } = ctx.tools.config;
  if (publicUrl === null) return toast(ctx, MANAGER_PAGE.noAddress);
  const { path } = await servicesOf(ctx).logins.create();
  const url = new URL(path, publicUrl).href;
  await say(ctx, { text: MANAGER_PAGE.link(url, LOGIN_MINUTES) });
  await toast(ctx, MANAGER_PAGE.below);
}
