import { z } from "zod";
import { type Day, formatDayShort, parseDay } from "../../domain/calendar.ts";
import { describeVat, VAT_RATES, type VatMode, vatPercent } from "../../domain/vat.ts";
import { actions } from "../actions.ts";
import { GROUND_NAMES, VAT_CHOICES, vatChoice, vatModeOf } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { choice, defineQuestion, type Reading, readChoice } from "../conversations/question.ts";
import { inPairs } from "../keyboards.ts";
import { say, showCard } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import { SETTINGS } from "../texts_settings.ts";
import { TERMS } from "../texts_terms.ts";
import { demandOwner } from "./company.ts";

const GROUNDS = ["usn", "npd", "patent", "article145"] as const;
const TODAY = "today";

/** From which day the company charges VAT how: the rate of an estimate goes by its date. */
const dayQuestion = defineQuestion({
  step: "company.vat_day",
  params: z.strictObject({ choice: z.string().refine((text) => VAT_CHOICES.includes(text)) }),
  expects: SETTINGS.dayExpected,
  prompt: async (ctx, params) => {
    const today = await servicesOf(ctx).company.today();
    return {
      text: SETTINGS.askVatDay(nameOfMode(vatModeOf(params.choice), today)),
      rows: [[choice(SETTINGS.today, TODAY)]],
    };
  },
  read: (ctx): Reading<Day | typeof TODAY> => {
    if (readChoice(ctx) === TODAY) return { ok: true, value: TODAY };
    const text = readField(ctx);
    if (!text?.ok) return text;
    const day = readDay(text.value);
    return day === null ? { ok: false, problem: SETTINGS.badDay } : { ok: true, value: day };
  },
  handle: async (ctx, params, answer) => {
    const { company } = servicesOf(ctx);
    const validFrom = answer === TODAY ? await company.today() : answer;
    const mode = vatModeOf(params.choice);
    await company.setVatMode({ validFrom, mode });
    const name = nameOfMode(mode, validFrom);
    await say(ctx, { text: SETTINGS.vatSaved(name, formatDayShort(validFrom)) });
  },
});

export const companyVatFeature: Feature = {
  questions: [dayQuestion],
  presses: [
    onPress(actions.companyVat, showVat),
    onPress(actions.companyVatSet, async (ctx, chosen) => {
      demandOwner(ctx);
      await ask(ctx, dayQuestion, { choice: chosen });
    }),
  ],
};

async function showVat(ctx: ChatContext): Promise<void> {
  const { company } = servicesOf(ctx);
  const today = await company.today();
  const mode = await company.vatModeOn(today);
  const modes: VatMode[] = [
    ...GROUNDS.map((ground) => ({ kind: "none" as const, ground })),
    ...VAT_RATES.flatMap((rate) => [
      { kind: "on_top" as const, rate },
      { kind: "included" as const, rate },
    ]),
  ];
  const buttons = modes.map((each) =>
    actions.companyVatSet.button(nameOfMode(each, today), vatChoice(each)),
  );
  const rows = [...inPairs(buttons), [actions.company.button(BACK)]];
  await showCard(ctx, { text: SETTINGS.vatTitle(nameOfMode(mode, today)), rows }, "vat");
}

function nameOfMode(mode: VatMode, day: Day): string {
  if (mode.kind === "none") return `${describeVat(mode, day)}: ${GROUND_NAMES[mode.ground]}`;
  const percent = `${vatPercent(mode.rate, day)}\u00a0%`;
  return `${percent} ${mode.kind === "on_top" ? TERMS.onTop : TERMS.included}`;
}

/** «1.1.2027», «01.01.27», «2027-01-01» */
export function readDay(text: string): Day | null {
  const match = /^(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?:\s*г\.?)?$/.exec(text.trim());
  if (!match) return parseDay(text.trim());
  const [, day = "", month = "", year = ""] = match;
  const fullYear = year.length === 2 ? `20${year}` : year;
  return parseDay(`${fullYear}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`);
}
