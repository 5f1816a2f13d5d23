import { z } from "zod";
import { AUDIENCES } from "../domain/agreement.ts";
import { nameOfWork } from "../domain/dead_letters.ts";
import { formatDay, formatInstant, parseDay } from "../domain/calendar.ts";
import { unansweredHint } from "../domain/extras.ts";
import { idSchema } from "../domain/ids.ts";
import { type Kopecks, parseMoney, subtract, ZERO } from "../domain/money.ts";
import type { NotificationKind } from "../domain/notifications.ts";
import { formatMoneyRu } from "../domain/numbers_ru.ts";
import { PAYMENT_KIND_NAMES, PAYMENT_KINDS } from "../domain/payments.ts";
import type { EstimateCard } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { plural } from "../domain/words_ru.ts";
import { actions } from "./actions.ts";
import { type Html, join, rich } from "./html.ts";
import type { View } from "./messages.ts";
import { RETRY } from "./texts_common.ts";
import { AGREEMENT_BUTTONS } from "./texts_agreement.ts";
import { CRM_BUTTONS } from "./texts_crm.ts";
import { cardText } from "./texts_estimates.ts";
import { MANAGER_PAGE } from "./texts_settings.ts";

const estimate = z.looseObject({
  estimateId: idSchema,
  number: z.string(),
  title: z.string(),
  total: z.string(),
});
const revision = estimate.extend({ revisionId: idSchema, revision: z.number() });
const by = { byName: z.string() };
const act = estimate.extend({
  ...by,
  act: z.number(),
  amount: z.string(),
  accepted: z.string(),
});
const asked = { questionId: idSchema, text: z.string() };

/** What else is known when the message goes out. */
export interface NotificationSurroundings {
  readonly count: number;
  readonly timezone: string;
  /** For people in several companies; null for all others. */
  readonly companyName: string | null;
  /** The estimate as it is now, for those who decide about it. */
  readonly card: EstimateCard | null;
  /** Whether whoever reads it may mend the CRM. */
  readonly mendsCrm: boolean;
}

/** Days of the client's silence about extra work after which the law speaks. */
const EXTRA_SILENCE = 10;

type Writer = (content: unknown, around: NotificationSurroundings) => View;

function write<Schema extends z.ZodType>(
  schema: Schema,
  view: (content: z.output<Schema>, around: NotificationSurroundings) => View,
): Writer {
  return (content, around) => view(schema.parse(content), around);
}

const writers: Readonly<Record<NotificationKind, Writer>> = {
  created: write(estimate.extend(by), (content) =>
    about(content, rich`➕ ${name(content.byName)}: новая смета ${content.number}`),
  ),
  changed: write(estimate.extend(by), (content, { count }) => {
    const times = count > 1 ? ` (${count} ${plural(count, "правка", "правки", "правок")})` : "";
    return about(
      content,
      rich`✏️ Смета ${content.number} изменена: ${name(content.byName)}${times}`,
    );
  }),
  submitted: write(revision.extend(by), (content, { card }) => ({
    text: join([
      rich`📤 ${name(content.byName)} просит утвердить смету ${content.number}, версия ${content.revision}`,
      card && card.status === "submitted" && card.revision === content.revision
        ? rich`\n${cardText(card)}`
        : summary(content),
    ]),
    rows: [
      [
        actions.approve.button(AGREEMENT_BUTTONS.approve, content.revisionId),
        actions.giveBack.button(AGREEMENT_BUTTONS.giveBack, content.revisionId),
      ],
      openRow(content.estimateId),
    ],
  })),
  approved: write(
    revision.extend({ ...by, side: z.enum(["company", "client"]), at: z.string() }),
    (content, { timezone }) => {
      const who = content.side === "client" ? "Согласовал заказчик" : "Утвердил руководитель";
      const at = formatInstant(new Date(content.at), timezone);
      return about(
        content,
        join([
          rich`✅ Смета ${content.number} утверждена!`,
          rich`${who}: ${name(content.byName)}, ${at}`,
        ]),
      );
    },
  ),
  returned: write(revision.extend({ ...by, reason: z.string() }), (content) =>
    about(
      content,
      join([
        rich`↩️ Смета ${content.number} на доработке: ${cutText(content.reason, 1000)}`,
        rich`Вернул руководитель: ${name(content.byName)}`,
      ]),
    ),
  ),
  question: write(
    revision.extend({ ...by, ...asked, lineName: z.string().nullable() }),
    (content) => ({
      text: join([
        rich`❓ Вопрос заказчика по смете ${content.number}${content.byName === "" ? "" : `: ${name(content.byName)}`}`,
        content.lineName === null ? null : rich`Строка: ${cutText(content.lineName, 200)}`,
        rich`<i>${cutText(content.text, 2000)}</i>`,
        rich`Чтобы ответить, ответьте на это сообщение или нажмите кнопку.`,
      ]),
      rows: [
        [actions.answer.button(AGREEMENT_BUTTONS.answer, content.questionId)],
        openRow(content.estimateId),
      ],
    }),
  ),
  answer: write(revision.extend({ ...by, ...asked, question: z.string() }), (content) =>
    about(
      content,
      join([
        rich`💬 ${name(content.byName)} отвечает заказчику по смете ${content.number}`,
        rich`<i>${cutText(content.question, 1000)}</i>`,
        rich`${cutText(content.text, 2000)}`,
      ]),
    ),
  ),
  expiring: write(estimate.extend({ validUntil: z.string() }), (content) =>
    about(
      content,
      rich`⏳ Цены в смете ${content.number} действуют до ${dayText(content.validUntil)}`,
    ),
  ),
  expired: write(estimate.extend({ validUntil: z.string() }), (content) =>
    about(
      content,
      rich`⌛ Срок цен в смете ${content.number} истёк ${dayText(content.validUntil)}`,
    ),
  ),
  unanswered: write(
    revision.extend({ audience: z.enum(AUDIENCES), days: z.number(), isExtra: z.boolean() }),
    (content) =>
      about(
        content,
        join([
          rich`⏰ Смета ${content.number} ждёт ответа ${content.days} ${plural(content.days, "день", "дня", "дней")}`,
          rich`${content.audience === "client" ? "Напомните заказчику." : "Утвердите её или верните на доработку."}`,
          content.isExtra && content.days >= EXTRA_SILENCE
            ? rich`${unansweredHint(content.number)}`
            : null,
        ]),
      ),
  ),
  unpaid: write(
    estimate.extend({
      stage: z.string(),
      open: z.string(),
      dueOn: z.string(),
      isLate: z.boolean(),
    }),
    (content) => {
      const open = moneyText(content.open);
      const day = dayText(content.dueOn);
      return about(
        content,
        join([
          rich`💰 ${content.isLate ? `Не оплачено с ${day}` : `Срок оплаты ${day}`}: ${open}`,
          rich`${cutText(content.stage, 200)}, смета ${content.number}`,
        ]),
      );
    },
  ),
  act_signed: write(act, (content) => {
    const { number } = content;
    return about(
      content,
      join([
        rich`📑 Акт № ${content.act} к смете ${number} подписан: ${name(content.byName)}`,
        rich`Принято по акту: ${moneyText(content.amount)}. Всего по договору: ${moneyText(content.accepted)}`,
      ]),
    );
  }),
  act_cancelled: write(act, (content) => {
    const { number } = content;
    return about(
      content,
      join([
        rich`🚫 Акт № ${content.act} к смете ${number} отменён: ${name(content.byName)}`,
        rich`В нём было ${moneyText(content.amount)}. Принято по договору: ${moneyText(content.accepted)}`,
      ]),
    );
  }),
  payment: write(
    estimate.extend({
      ...by,
      payment: z.enum(PAYMENT_KINDS),
      amount: z.string(),
      receivedOn: z.string(),
      left: z.string(),
      isTakenOut: z.boolean(),
    }),
    (content) => {
      const what = `${PAYMENT_KIND_NAMES[content.payment]}, ${dayText(content.receivedOn)}`;
      const done = content.isTakenOut ? "Оплата убрана" : "Оплата";
      return about(
        content,
        join([
          rich`💵 ${done}: ${moneyText(content.amount)} по смете ${content.number} (${what})`,
          rich`${content.isTakenOut ? "Убрано" : "Внесено"}: ${name(content.byName)}. ${leftText(content.left)}`,
        ]),
      );
    },
  ),
  viewed: write(revision.extend({ at: z.string() }), (content, { timezone }) =>
    about(
      content,
      rich`👀 Заказчик открыл смету ${content.number}: ${formatInstant(new Date(content.at), timezone)}`,
    ),
  ),
  crm_trouble: write(
    z.looseObject({ system: z.string(), reason: z.string() }),
    (content, { mendsCrm }) => ({
      text: join([
        rich`⚠️ ${content.system}: ${cutText(content.reason, 1000)}`,
        mendsCrm ? null : rich`Чинит связь владелец. Сметы целы и дойдут позже.`,
      ]),
      rows: [
        [
          mendsCrm
            ? actions.crm.button(CRM_BUTTONS.open)
            : actions.managerPage.button(MANAGER_PAGE.button),
        ],
      ],
    }),
  ),
  dead_letter: write(
    z.looseObject({
      deadLetterId: idSchema,
      queue: z.string(),
      number: z.string().nullable().default(null),
    }),
    ({ deadLetterId, queue, number }) => ({
      text: rich`⚠️ Не получилось: ${nameOfWork(queue)}${number === null ? "" : `, смета ${number}`}. Все попытки исчерпаны. Данные целы. Если причина устранена, нажмите «Повторить».`,
      rows: [[actions.jobRetry.button(RETRY, deadLetterId)]],
    }),
  ),
};

/**
 * The message of a notification. Throws for a kind or a content that this version does not know.
 */
export function notificationView(
  kind: string,
  content: unknown,
  around: NotificationSurroundings,
): View {
  const writer = Object.hasOwn(writers, kind) ? writers[kind as NotificationKind] : undefined;
  if (!writer) throw new TypeError(`no words for notifications of kind ${kind}`);
  const view = writer(content, around);
  const { companyName } = around;
  if (companyName === null) return view;
  return { ...view, text: join([rich`🏢 ${cutText(companyName, 100)}`, view.text]) };
}

function about(content: z.output<typeof estimate>, text: Html): View {
  return { text: join([text, summary(content)]), rows: [openRow(content.estimateId)] };
}

function summary({ title, total }: z.output<typeof estimate>): Html {
  const sum = readMoney(total);
  const parts = [cutText(title, 120), sum === ZERO ? "" : `Итого ${formatMoneyRu(sum)}`];
  return rich`${parts.filter((part) => part !== "").join(" · ")}`;
}

function readMoney(text: string): Kopecks {
  return parseMoney(text) ?? ZERO;
}

function moneyText(text: string): string {
  return formatMoneyRu(readMoney(text));
}

function leftText(text: string): string {
  const left = readMoney(text);
  return left < ZERO
    ? `Оплачено больше, чем согласовано, на ${formatMoneyRu(subtract(ZERO, left))}`
    : `Осталось получить ${formatMoneyRu(left)}`;
}

function openRow(estimateId: string) {
  return [actions.estimateCard.button(AGREEMENT_BUTTONS.openEstimate, estimateId)];
}

function name(text: string): string {
  return cutText(text, 80);
}

function dayText(text: string): string {
  const day = parseDay(text);
  return day === null ? text : formatDay(day);
}
