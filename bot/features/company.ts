import { z } from "zod";
import { can } from "../../domain/access.ts";
import { companyFieldsSchema, isInn } from "../../domain/companies.ts";
import { forbidden } from "../../domain/errors.ts";
import type { Company } from "../../domain/services.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { REQUISITES, type Requisite, TIMEZONES } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { defineQuestion, type Reading } from "../conversations/question.ts";
import { type Html, rich, join } from "../html.ts";
import { inPairs } from "../keyboards.ts";
import { show, showCard } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import { REQUISITE_TEXTS, SETTINGS } from "../texts_settings.ts";

/** Fields of digits only: people paste them with spaces. */
const DIGITS: ReadonlySet<Requisite> = new Set([
  "inn",
  "kpp",
  "ogrn",
  "bankBik",
  "bankAccount",
  "bankCorrespondentAccount",
]);

const questions = new Map(REQUISITES.map((field) => [field, requisiteQuestion(field)] as const));

function requisiteQuestion(field: Requisite) {
  const texts = REQUISITE_TEXTS[field];
  return defineQuestion({
    step: `company.${field}`,
    params: z.strictObject({}),
    expects: `текст: ${texts.label}`,
    prompt: () => ({ text: rich`${texts.ask}` }),
    read: (ctx) => {
      const text = readField(ctx);
      return text?.ok ? readRequisite(field, text.value) : text;
    },
    handle: async (ctx, _params, value: string) => {
      await showCompany(ctx, await servicesOf(ctx).company.set({ [field]: value }));
    },
    skipLabel: SETTINGS.clear,
    skip:
      field === "name"
        ? undefined
        : async (ctx) => showCompany(ctx, await servicesOf(ctx).company.set({ [field]: "" })),
    cancel: async (ctx) => showCompany(ctx, await servicesOf(ctx).company.get()),
  });
}

export function readRequisite(field: Requisite, text: string): Reading<string> {
  const value = DIGITS.has(field) ? text.replace(/[\s-]/g, "") : text;
  const isRight =
    companyFieldsSchema.shape[field].safeParse(value).success &&
    (field !== "inn" || isInn(value)) &&
    (field !== "email" || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(value));
  return isRight ? { ok: true, value } : { ok: false, problem: REQUISITE_TEXTS[field].problem };
}

/** «🏢 Компания»: what stands in the head of documents, one question each. */
export const companyFeature: Feature = {
  questions: [...questions.values()],
  presses: [
    onPress(actions.company, async (ctx) => {
      await showCompany(ctx, await servicesOf(ctx).company.get());
    }),
    onPress(actions.requisite, async (ctx, field) => {
      demandOwner(ctx);
      const question = questions.get(field);
      if (question) await ask(ctx, question, {});
    }),
    onPress(actions.timezones, async (ctx) => {
      demandOwner(ctx);
      const zones = TIMEZONES.map(({ name }, index) => [actions.timezoneSet.button(name, index)]);
      const rows = [...zones, [actions.company.button(BACK)]];
      await show(ctx, { text: SETTINGS.askZone, rows });
    }),
    onPress(actions.timezoneSet, async (ctx, index) => {
      const timezone = TIMEZONES[index]?.zone ?? "Europe/Moscow";
      await showCompany(ctx, await servicesOf(ctx).company.set({ timezone }));
    }),
  ],
};

/** Asked before a question is: nobody should type an answer that will be refused. */
export function demandOwner(ctx: ChatContext): void {
  const { actor } = servicesOf(ctx);
  if (!can(actor, "company.edit", { companyId: actor.companyId })) throw forbidden();
}

async function showCompany(ctx: ChatContext, company: Company): Promise<void> {
  const buttons = REQUISITES.map((field) =>
    actions.requisite.button(REQUISITE_TEXTS[field].label, field),
  );
  const rows = [
    ...inPairs(buttons),
    [actions.companyVat.button(SETTINGS.vat), actions.timezones.button(SETTINGS.timezone)],
    [actions.settings.button(BACK)],
  ];
  await showCard(ctx, { text: companyText(company), rows }, "company");
}

function companyText(company: Company): Html {
  const fields = REQUISITES.filter((field) => field !== "name").map((field) => {
    const value = company[field] === "" ? SETTINGS.empty : cutText(company[field], 200);
    return rich`${REQUISITE_TEXTS[field].label}: ${value}`;
  });
  const zone = TIMEZONES.find(({ zone: name }) => name === company.timezone)?.name;
  return join([
    rich`<b>${cutText(company.name, 200)}</b>`,
    ...fields,
    rich`Часовой пояс: ${zone ?? company.timezone}`,
  ]);
}
