import { z } from "zod";
import type { Act, ActResult, RemainderLine, RemainderPart, TakenLine } from "../../domain/acts.ts";
import { parseDay } from "../../domain/calendar.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { explainNumberProblem } from "../../domain/number_sentences.ts";
import { formatQuantityRu, parseQuantityRu } from "../../domain/numbers_ru.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type ChatContext, chatIdOf, servicesOf } from "../context.ts";
import { ask } from "../conversations/asking.ts";
import { choice, defineQuestion, type Reading, readChoice } from "../conversations/question.ts";
import { rich } from "../html.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import { type Rows, say, showCard, toast } from "../messages.ts";
import { readField } from "../reading.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK } from "../texts_common.ts";
import {
  actLabel,
  actsText,
  actText,
  CONTRACT_BUTTONS as BUTTONS,
  CONTRACTS,
  lineLabel,
  mostOf,
} from "../texts_contracts.ts";
import { thingOf } from "../views/estimate_card.ts";

const SHOWN_ACTS = 10;
/** What Telegram takes as buttons of one message, with room for those below. */
const SHOWN_ROWS = 90;

type Taken = "all" | "half" | Quantity;

const quantityQuestion = defineQuestion({
  step: "act.quantity",
  params: z.strictObject({ actId: idSchema, section: z.number(), line: z.number() }),
  expects: CONTRACTS.quantityExpected,
  prompt: async (ctx, { actId, section, line }) => {
    const { line: found } = await findLine(ctx, actId, section, line);
    return {
      text: CONTRACTS.askQuantity(found, formatQuantityRu(mostOf(found))),
      rows: [
        [choice(BUTTONS.all, "all"), choice(BUTTONS.half, "half")],
        [choice(BUTTONS.nothing, "none")],
      ],
    };
  },
  read: (ctx): Reading<Taken> => {
    const chosen = readChoice(ctx);
    if (chosen === "all" || chosen === "half") return { ok: true, value: chosen };
    if (chosen === "none") return { ok: true, value: 0n as Quantity };
    const field = readField(ctx);
    return field?.ok ? readTaken(field.value) : field;
  },
  handle: async (ctx, { actId, section, line }, taken) => {
    const { estimateId, line: found } = await findLine(ctx, actId, section, line);
    const quantity = quantityOf(found, taken);
    await take(ctx, actId, [{ estimateId, lineId: found.id, quantity }]);
    await showSection(ctx, actId, section);
  },
  cancel: (ctx, { actId, section }) => showSection(ctx, actId, section),
});

const dateQuestion = defineQuestion({
  step: "act.date",
  params: z.strictObject({ actId: idSchema }),
  expects: CONTRACTS.dateExpected,
  prompt: () => ({ text: CONTRACTS.askDate }),
  read: (ctx) => {
    const field = readField(ctx);
    if (!field?.ok) return field;
    const [, date = "", month = "", year = ""] =
      /^(\d{1,2})\.(\d{1,2})\.(\d{4})$/.exec(field.value.trim()) ?? [];
    const day = parseDay(`${year}-${month.padStart(2, "0")}-${date.padStart(2, "0")}`);
    return day ? { ok: true, value: day } : { ok: false, problem: CONTRACTS.dateProblem };
  },
  handle: async (ctx, { actId }, date) => {
    const { acts } = servicesOf(ctx);
    const act = await acts.get(actId);
    const periodFrom = act.periodFrom > date ? date : act.periodFrom;
    await tell(ctx, await acts.set(actId, { version: null, date, periodFrom, periodTo: date }));
    await showAct(ctx, actId);
  },
  cancel: (ctx, { actId }) => showAct(ctx, actId),
});

/** «📑 Акт»: what was done is accepted, by everything, by section or by line. */
export const actsFeature: Feature = {
  questions: [quantityQuestion, dateQuestion],
  presses: [
    onPress(actions.acts, openActs),
    onPress(actions.actNew, create),
    onPress(actions.act, showAct),
    onPress(actions.actSections, showSections),
    onPress(actions.actSection, showSection),
    onPress(actions.actTake, async (ctx, actId, section, share) => {
      const { estimateId, lines } = await findSection(ctx, actId, section);
      const taken = lines.map((line) => ({
        estimateId,
        lineId: line.id,
        quantity: quantityOf(line, share === "none" ? (0n as Quantity) : share),
      }));
      await take(ctx, actId, taken);
      await showSection(ctx, actId, section);
    }),
    onPress(actions.actLine, (ctx, actId, section, line) =>
      ask(ctx, quantityQuestion, { actId, section, line }),
    ),
    onPress(actions.actDate, (ctx, actId) => ask(ctx, dateQuestion, { actId })),
    onPress(actions.actSign, async (ctx, actId, version) => {
      const result = await servicesOf(ctx).acts.sign(actId, { version });
      if (result.outcome === "done") await toast(ctx, CONTRACTS.signed(result.act.number));
      await tell(ctx, result);
      await showAct(ctx, actId);
    }),
    onPress(actions.actCancel, async (ctx, actId) => {
      const result = await servicesOf(ctx).acts.cancel(actId);
      if (result.outcome === "done") await toast(ctx, CONTRACTS.cancelled(result.act.number));
      await showAct(ctx, actId);
    }),
    onPress(actions.actRemove, async (ctx, actId) => {
      const { acts } = servicesOf(ctx);
      const act = await acts.get(actId);
      await acts.remove(actId);
      await toast(ctx, CONTRACTS.removed(act.number));
      await openActs(ctx, act.estimateId);
    }),
    onPress(actions.actPaper, async (ctx, actId, form, format) => {
      await servicesOf(ctx).acts.order(actId, { form, format }, { chatId: chatIdOf(ctx) });
      await toast(ctx, CONTRACTS.paperOrdered);
    }),
  ],
};

async function openActs(ctx: ChatContext, estimateId: Id): Promise<void> {
  const { acts, extras } = servicesOf(ctx);
  const [{ items }, contract] = await Promise.all([
    acts.list(estimateId, { limit: SHOWN_ACTS }),
    extras.contract(estimateId),
  ]);
  const back = [actions.estimateCard.button(BACK, estimateId)];
  if (!contract) return toast(ctx, CONTRACTS.late);
  const rows = [
    ...items.map((act) => [actions.act.button(actLabel(act), act.id)]),
    [actions.actNew.button(BUTTONS.actRest, estimateId, "all")],
    [actions.actNew.button(BUTTONS.actEmpty, estimateId, "none")],
    back,
  ];
  await showCard(ctx, { text: actsText(contract), rows }, thingOf(estimateId));
}

async function create(ctx: ChatContext, estimateId: Id, share: "all" | "none"): Promise<void> {
  const { acts } = servicesOf(ctx);
  const isLeft = linesOf(await acts.remainder(estimateId)).some(({ left }) => left > 0n);
  if (!isLeft) return toast(ctx, CONTRACTS.nothingLeft);
  const result = await acts.create(estimateId, { take: share === "all" ? "everything" : [] });
  await tell(ctx, result);
  if (result.outcome !== "done") return openActs(ctx, estimateId);
  if (share === "none") return showSections(ctx, result.act.id);
  await show(ctx, result.act);
}

async function showAct(ctx: ChatContext, actId: Id): Promise<void> {
  await show(ctx, await servicesOf(ctx).acts.get(actId));
}

async function show(ctx: ChatContext, act: Act): Promise<void> {
  const { id, estimateId, status, version } = act;
  const papers = [
    [
      actions.actPaper.button(BUTTONS.ks2Pdf, id, "ks2", "pdf"),
      actions.actPaper.button(BUTTONS.ks2Xlsx, id, "ks2", "xlsx"),
    ],
    [
      actions.actPaper.button(BUTTONS.ks3Pdf, id, "ks3", "pdf"),
      actions.actPaper.button(BUTTONS.ks3Xlsx, id, "ks3", "xlsx"),
    ],
  ];
  const steps: Rows =
    status === "draft"
      ? [
          [
            actions.actSections.button(BUTTONS.sections, id),
            actions.actDate.button(BUTTONS.date, id),
          ],
          [actions.actSign.button(BUTTONS.signed, id, version)],
        ]
      : [];
  const end =
    status === "draft"
      ? [[actions.actRemove.button(BUTTONS.removeAct, id)]]
      : status === "signed"
        ? [[actions.actCancel.button(BUTTONS.cancelAct, id)]]
        : [];
  const rows = [...steps, ...papers, ...end, [actions.acts.button(BACK, estimateId)]];
  await showCard(ctx, { text: actText(act), rows }, thingOf(id));
}

async function showSections(ctx: ChatContext, actId: Id): Promise<void> {
  const { act, sections } = await readSections(ctx, actId);
  const rows = sections.slice(0, SHOWN_ROWS).map(({ title, lines }, index) => {
    const open = lines.filter((line) => mostOf(line) > 0n);
    const full = open.filter(({ left }) => left === 0n).length;
    const mark = open.every(({ inAct }) => inAct === 0n) ? "◻️" : full === open.length ? "✅" : "◪";
    const label = `${mark} ${cutText(title, LABEL_LENGTH - 12)} · ${full} из ${open.length}`;
    return [actions.actSection.button(label, actId, index)];
  });
  const back = [actions.act.button(BUTTONS.ready, actId)];
  await showCard(ctx, { text: actText(act), rows: [...rows, back] }, thingOf(actId));
}

async function showSection(ctx: ChatContext, actId: Id, index: number): Promise<void> {
  const { act, sections } = await readSections(ctx, actId);
  const section = sections[index];
  if (!section) return showSections(ctx, actId);
  const share = (label: string, word: "all" | "half" | "none") =>
    actions.actTake.button(label, actId, index, word);
  const lines = section.lines
    .slice(0, SHOWN_ROWS)
    .map((line, place) => [actions.actLine.button(lineLabel(line), actId, index, place)]);
  const rows = [
    [share(BUTTONS.all, "all"), share(BUTTONS.half, "half")],
    [share(BUTTONS.nothing, "none")],
    ...lines,
    [actions.actSections.button(BACK, actId)],
  ];
  const text = rich`${actText(act)}\n\n<b>${cutText(section.title, 200)}</b>`;
  await showCard(ctx, { text, rows }, thingOf(actId));
}

interface ShownSection {
  readonly estimateId: Id;
  readonly title: string;
  readonly lines: readonly RemainderLine[];
}

async function readSections(ctx: ChatContext, actId: Id) {
  const { acts } = servicesOf(ctx);
  const act = await acts.get(actId);
  const parts = await acts.remainder(act.estimateId, actId);
  const sections: ShownSection[] = parts.flatMap((part) =>
    part.sections.map(({ title, lines }) => ({
      estimateId: part.estimateId,
      title: title ?? (part.title || "Работы и материалы"),
      lines,
    })),
  );
  return { act, sections };
}

async function findSection(ctx: ChatContext, actId: Id, index: number): Promise<ShownSection> {
  const { sections } = await readSections(ctx, actId);
  return sections[index] ?? { estimateId: actId, title: "", lines: [] };
}

async function findLine(ctx: ChatContext, actId: Id, section: number, index: number) {
  const { estimateId, lines } = await findSection(ctx, actId, section);
  const line = lines[index];
  if (!line) throw new TypeError("the line of an act is gone");
  return { estimateId, line };
}

function linesOf(parts: readonly RemainderPart[]): RemainderLine[] {
  return parts.flatMap(({ sections }) => sections.flatMap(({ lines }) => lines));
}

function quantityOf(line: RemainderLine, taken: Taken): Quantity {
  if (taken === "all") return mostOf(line);
  // Of what was approved, as far as there is so much left.
  const half = (line.approved / 2n) as Quantity;
  if (taken === "half") return half < mostOf(line) ? half : mostOf(line);
  return taken;
}

function readTaken(text: string): Reading<Taken> {
  if (/^вс[её]$/iu.test(text.trim())) return { ok: true, value: "all" };
  if (/^половин\p{L}*$/iu.test(text.trim())) return { ok: true, value: "half" };
  const read = parseQuantityRu(text);
  if (read.ok) return { ok: true, value: read.value };
  return { ok: false, problem: explainNumberProblem(read.reason, { kind: "quantity" }) };
}

async function take(ctx: ChatContext, actId: Id, lines: readonly TakenLine[]): Promise<void> {
  await tell(ctx, await servicesOf(ctx).acts.set(actId, { version: null, lines }));
}

/** What stood in the way; nothing when it is done. */
async function tell(ctx: ChatContext, result: ActResult): Promise<void> {
  if (result.outcome === "done") return;
  const text =
    result.outcome === "over"
      ? result.lines
          .slice(0, 3)
          .map(
            ({ name, most, unit }) =>
              `${cutText(name, 60)}: осталось только ${formatQuantityRu(most)} ${unit}`,
          )
          .join("; ")
      : CONTRACTS[result.outcome];
  if (ctx.callbackQuery) return toast(ctx, text);
  await say(ctx, { text: rich`${text}` });
}
