import { z } from "zod";
import { can } from "../../domain/access.ts";
import { type ApiKey, KEY_SCOPES, newKeySchema } from "../../domain/api_keys.ts";
import { formatInstant } from "../../domain/calendar.ts";
import { forbidden, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion } from "../conversations/question.ts";
import { type Html, join, rich } from "../html.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import { say, showCard, toast } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { API_KEYS, SCOPE_NAMES } from "../texts_api_keys.ts";
import { BACK, CANCEL } from "../texts_common.ts";

const nameQuestion = defineQuestion({
  step: "api_key.name",
  params: z.strictObject({ scope: z.enum(KEY_SCOPES) }),
  expects: API_KEYS.nameExpected,
  prompt: () => ({ text: API_KEYS.askName }),
  read: (ctx) => {
    const text = readField(ctx);
    if (!text?.ok) return text;
    const name = newKeySchema.shape.name.safeParse(text.value);
    return name.success ? { ok: true, value: name.data } : { ok: false, problem: API_KEYS.badName };
  },
  handle: async (ctx, { scope }, name: string) => {
    const { token } = await servicesOf(ctx).apiKeys.create({ name, scope });
    // A message of its own: the list comes and goes, and the secret must not come back with it.
    await say(ctx, { text: API_KEYS.made(name, token) });
    await showKeys(ctx);
  },
  cancel: showKeys,
});

/** «🔑 Ключи API»: what other programs of the company come with. Owners only. */
export const apiKeysFeature: Feature = {
  questions: [nameQuestion],
  presses: [
    onPress(actions.apiKeys, showKeys),
    onPress(actions.apiKeyNew, async (ctx, scope) => {
      demandOwner(ctx);
      await ask(ctx, nameQuestion, { scope });
    }),
    onPress(actions.apiKeyAskRevoke, askRevoke),
    onPress(actions.apiKeyRevoke, async (ctx, id) => {
      await servicesOf(ctx).apiKeys.revoke(id);
      await toast(ctx, API_KEYS.revoked);
      await showKeys(ctx);
    }),
  ],
};

async function showKeys(ctx: ChatContext): Promise<void> {
  const { apiKeys, company } = servicesOf(ctx);
  const keys = await apiKeys.list();
  const { timezone } = await company.get();
  const lines = keys.map((key) => keyText(key, timezone));
  const rows = [
    [
      actions.apiKeyNew.button(API_KEYS.newRead, "read"),
      actions.apiKeyNew.button(API_KEYS.newWrite, "write"),
    ],
    ...keys.map(({ id, name }) => [
      actions.apiKeyAskRevoke.button(cutText(API_KEYS.revokeLabel(name), LABEL_LENGTH), id),
    ]),
    [actions.settings.button(BACK)],
  ];
  const text = join([API_KEYS.title, ...(lines.length > 0 ? lines : [API_KEYS.none])], "\n\n");
  await showCard(ctx, { text, rows }, "api_keys");
}

function keyText({ name, scope, createdByName, usedAt }: ApiKey, timezone: string): Html {
  const used = usedAt ? formatInstant(usedAt, timezone) : "ещё ни разу";
  return rich`<b>${name}</b> · ${SCOPE_NAMES[scope]}\nСоздал: ${createdByName} · использован: ${used}`;
}

async function askRevoke(ctx: ChatContext, id: Id): Promise<void> {
  const key = (await servicesOf(ctx).apiKeys.list()).find((one) => one.id === id);
  if (!key) throw notFound("Запись ключа");
  const rows = [
    [actions.apiKeyRevoke.button(API_KEYS.sureRevoke, id), actions.apiKeys.button(CANCEL)],
  ];
  await showCard(ctx, { text: API_KEYS.askRevoke(key.name), rows }, "api_keys");
}

/** Asked before a question is: nobody should type a name that will be refused. */
function demandOwner(ctx: ChatContext): void {
  const { actor } = servicesOf(ctx);
  if (!can(actor, "keys.edit", { companyId: actor.companyId })) throw forbidden();
}
