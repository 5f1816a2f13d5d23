import { z } from "zod";
import type { CrmAccess, CrmKind } from "../../domain/crm.ts";
import { idSchema } from "../../domain/ids.ts";
import { actions } from "../actions.ts";
import { type ChatContext, chatIdOf, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { choice, defineQuestion, readChoice } from "../conversations/question.ts";
import { rich } from "../html.ts";
import { removeMessage, say, showCard } from "../messages.ts";
import { readText } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import { CRM, CRM_BUTTONS } from "../texts_crm.ts";
import { connectionOf, demandCrm, showConnection, showCrm } from "./crm.ts";

const none = z.strictObject({});
const atDomain = z.strictObject({ domain: z.string() });
const OAUTH = "oauth";

/**
 * A key is taken as it comes and judged after its message is deleted: a question that asks again would
 * leave the wrong key standing in the chat.
 */
function readKey(ctx: ChatContext) {
  const text = readText(ctx);
  return text === null ? null : { ok: true as const, value: text };
}

const bitrix24 = defineQuestion({
  step: "crm.bitrix24",
  params: none,
  expects: CRM.expectsUrl,
  prompt: () => ({ text: CRM.askBitrix24 }),
  read: readKey,
  handle: (ctx, _params, url: string) => tryAccess(ctx, { kind: "bitrix24", url: url.trim() }),
  cancel: showCrm,
});

const receiver = defineQuestion({
  step: "crm.webhook",
  params: none,
  expects: CRM.expectsUrl,
  prompt: () => ({ text: CRM.askReceiver }),
  read: readKey,
  handle: (ctx, _params, url: string) => tryAccess(ctx, { kind: "webhook", url: url.trim() }),
  cancel: showCrm,
});

const DOMAIN = /^(https?:\/\/)?[\w.-]+\.\w+(:\d+)?\/?$|^http:\/\/[\w.-]+:\d+\/?$/i;

const domain = defineQuestion({
  step: "crm.domain",
  params: none,
  expects: CRM.expectsDomain,
  prompt: () => ({ text: CRM.askDomain }),
  read: (ctx) => {
    const text = readText(ctx);
    if (text === null) return null;
    return DOMAIN.test(text) && text.length <= 100
      ? { ok: true, value: text }
      : { ok: false, problem: CRM.badDomain };
  },
  handle: (ctx, _params, value: string) => ask(ctx, token, { domain: value }),
  cancel: showCrm,
});

const token = defineQuestion({
  step: "crm.token",
  params: atDomain,
  expects: CRM.expectsToken,
  prompt: (_ctx, params) => ({
    text: CRM.askToken(params.domain),
    rows: [[choice(CRM_BUTTONS.oauth, OAUTH)]],
  }),
  read: (ctx) => (readChoice(ctx) === OAUTH ? { ok: true, value: OAUTH } : readKey(ctx)),
  handle: async (ctx, params, value: string) => {
    if (ctx.callbackQuery) return ask(ctx, oauth, params);
    await tryAccess(ctx, { kind: "amocrm", domain: params.domain, token: value.trim() });
  },
  cancel: showCrm,
});

const oauth = defineQuestion({
  step: "crm.oauth",
  params: atDomain,
  expects: CRM.expectsKeys,
  prompt: (_ctx, params) => ({ text: CRM.askOauth(params.domain) }),
  read: readKey,
  handle: async (ctx, params, text: string): Promise<void> => {
    const lines = text.split("\n").map((line) => line.trim());
    const [clientId, clientSecret, redirectUri, code, ...more] = lines.filter(Boolean);
    if (!clientId || !clientSecret || !redirectUri || !code || more.length > 0) {
      await forgetKey(ctx);
      await say(ctx, { text: CRM.badOauth });
      await ask(ctx, oauth, params);
      return;
    }
    const keys = { clientId, clientSecret, redirectUri, code };
    await tryAccess(ctx, { kind: "amocrm", domain: params.domain, oauth: keys });
  },
  cancel: showCrm,
});

const applicationToken = defineQuestion({
  step: "crm.application_token",
  params: z.strictObject({ connectionId: idSchema }),
  expects: CRM.expectsToken,
  prompt: async (ctx, { connectionId }) => {
    const { webhookUrl } = await connectionOf(ctx, connectionId);
    return { text: webhookUrl === null ? CRM.noHook : CRM.hookBitrix24(webhookUrl) };
  },
  read: readKey,
  handle: async (ctx, { connectionId }, value: string) => {
    await forgetKey(ctx);
    await servicesOf(ctx).crm.setApplicationToken(connectionId, value);
    await say(ctx, { text: rich`${CRM.hookSaved}` });
    await showConnection(ctx, connectionId);
  },
  cancel: (ctx, { connectionId }) => showConnection(ctx, connectionId),
});

const FIRST_QUESTIONS = { bitrix24, amocrm: domain, webhook: receiver } as const;

/** Connecting a CRM step by step. Nothing here calls it: a job does, and answers in the chat. */
export const crmConnectingFeature: Feature = {
  questions: [bitrix24, receiver, domain, token, oauth, applicationToken],
  presses: [
    onPress(actions.crmConnect, async (ctx, kind: CrmKind) => {
      demandCrm(ctx);
      await ask(ctx, FIRST_QUESTIONS[kind], {});
    }),
    onPress(actions.crmWebhook, async (ctx, id) => {
      const { kind, webhookUrl } = await connectionOf(ctx, id);
      if (kind === "bitrix24" && webhookUrl !== null) {
        return ask(ctx, applicationToken, { connectionId: id });
      }
      const text = webhookUrl === null ? CRM.noHook : CRM.hookOther(webhookUrl);
      await showCard(ctx, { text, rows: [[actions.crmConnection.button(BACK, id)]] }, "crm");
    }),
  ],
};

async function tryAccess(ctx: ChatContext, access: CrmAccess): Promise<void> {
  await forgetKey(ctx);
  const messageId = await say(ctx, { text: CRM.trying(access.kind) });
  await servicesOf(ctx).crm.requestConnecting(access, { chatId: chatIdOf(ctx), messageId });
}

async function forgetKey(ctx: ChatContext): Promise<void> {
  const messageId = ctx.message?.message_id;
  if (messageId === undefined || (await removeMessage(ctx, messageId))) return;
  await say(ctx, { text: CRM.notDeleted });
}
