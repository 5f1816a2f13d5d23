import type { Id } from "../../domain/ids.ts";
import { LOGIN_MINUTES, type LoginKind } from "../../domain/logins.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { say, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BROWSER_LOGIN, MANAGER_PAGE } from "../texts_settings.ts";
import { startParamOf } from "../views/estimate_card.ts";

/** «🌐 Кабинет» and «💻 В браузере»: one-time links to the manager's page and to the app. */
export const managerPageFeature: Feature = {
  presses: [
    onPress(actions.managerPage, (ctx) => sendLoginLink(ctx, "manager")),
    onPress(actions.browserLogin, (ctx, estimateId) => sendLoginLink(ctx, "miniapp", estimateId)),
  ],
};

/** A message of its own: the link is for the browser of this person and for a few minutes. */
async function sendLoginLink(
  ctx: ChatContext,
  kind: LoginKind,
  estimateId: Id | null = null,
): Promise<void> {
  const { publicUrl } = ctx.tools.config;
  if (publicUrl === null) return toast(ctx, MANAGER_PAGE.noAddress);
  const { path } = await servicesOf(ctx).logins.create(kind);
  const { href } = new URL(path, publicUrl);
  const place = estimateId === null ? "" : `&open=${startParamOf(estimateId)}`;
  const texts = kind === "manager" ? MANAGER_PAGE : BROWSER_LOGIN;
  await say(ctx, { text: texts.link(href + place, LOGIN_MINUTES) });
  await toast(ctx, MANAGER_PAGE.below);
}
