import { type Act, ACT_STATUS_NAMES, type ActSummary, type RemainderLine } from "../domain/acts.ts";
import { formatDayShort } from "../domain/calendar.ts";
import { STATUS_MARKS } from "../domain/estimate/status.ts";
import type { Contract, ExtraDetails, ExtraSummary, OpenContract } from "../domain/extras.ts";
import { subtract, ZERO } from "../domain/money.ts";
import { formatMoneyRu, formatPercentRu, formatQuantityRu } from "../domain/numbers_ru.ts";
import {
  type Balance,
  type Payment,
  PAYMENT_KIND_NAMES,
  type Payments,
  type StageState,
} from "../domain/payments.ts";
import { cutText } from "../domain/text.ts";
import { plural } from "../domain/words_ru.ts";
import { type Html, join, rich } from "./html.ts";

export const CONTRACT_BUTTONS = {
  extra: "🧾 Доп. работа",
  acts: "📑 Акт",
  payments: "💳 Оплаты",
  newExtra: "➕ Новая доп. работа",
  parent: "⬆️ Основная смета",
  reason: "📷 Причина и фото",
  dropPhotos: "🗑 Убрать фото",
  ready: "Готово",
  actRest: "➕ Акт на всё, что осталось",
  actEmpty: "➕ Акт: выбрать работы",
  sections: "☑️ Что принято",
  date: "📅 Дата",
  signed: "✅ Подписан",
  cancelAct: "🚫 Отменить акт",
  removeAct: "🗑 Удалить",
  ks2Pdf: "📄 КС-2",
  ks2Xlsx: "📊 КС-2",
  ks3Pdf: "📄 КС-3",
  ks3Xlsx: "📊 КС-3",
  all: "Всё",
  half: "Половина",
  nothing: "Ничего",
  received: "➕ Получено",
  stage: "📅 Добавить этап",
  restore: "↩️ Вернуть оплату",
} as const;

export const CONTRACTS = {
  askExtra: rich`Что добавить к смете? Пришлите доп. работы, по одной в строке. Например: штробление 12 м 450`,
  extraExpected: "доп. работу текстом, например: штробление 12 м 450",
  notRead:
    "Не поняла, что добавить. Напишите работу, количество и цену. Например: доп: штробление 12 м 450",
  askContract: rich`К какой смете эта доп. работа?`,
  contractExpected: "выбор сметы кнопкой",
  noContracts: rich`Доп. работа добавляется к утверждённой смете, а таких пока нет. Сначала согласуйте смету.`,
  extras: (number: string) => rich`<b>Доп. работы к смете ${number}</b>`,
  noExtras: rich`Пока нет ни одной. Можно просто написать в чат: «доп: штробление 12 м 450», с фото или без.`,
  askReason: rich`Почему нужна эта работа? Напишите причину и пришлите фото: заказчик увидит их на странице сметы.`,
  reasonExpected: "причину текстом или фото",
  reasonSaved: rich`Причина записана. Можно прислать ещё фото или нажать «Готово».`,
  photoSaved: (count: number) =>
    rich`Фото приложено: ${count} ${plural(count, "снимок", "снимка", "снимков")}. Ещё фото, причина — или «Готово».`,
  photosDropped: "Фото убраны.",
  photoTooBig: "Фото слишком большое. Пришлите его как фото, а не файлом.",
  photoGone: "Telegram не отдал фото. Пришлите его ещё раз.",
  askQuantity: (line: RemainderLine, most: string) =>
    join([
      rich`<b>${cutText(line.name, 200)}</b>`,
      rich`По смете ${formatQuantityRu(line.approved)} ${line.unit}, можно принять до ${most} ${line.unit}. Сколько принято?`,
    ]),
  quantityExpected: "количество: «всё», «половина» или число",
  askDate: rich`Дата акта? Например: 22.11.2026. По ней берётся ставка НДС.`,
  dateExpected: "дату, например 22.11.2026",
  dateProblem: "Не поняла дату. Напишите так: 22.11.2026",
  nothingLeft: "Всё уже принято: в новый акт брать нечего.",
  signed: (number: number) => `Акт № ${number} подписан.`,
  cancelled: (number: number) => `Акт № ${number} отменён, работы снова в остатке.`,
  removed: (number: number) => `Черновик акта № ${number} удалён.`,
  changed: "Акт изменился. Вот он как есть, нажмите ещё раз.",
  late: "Акт уже подписан или отменён.",
  empty: "В акте пока ничего нет. Отметьте, что принято.",
  paperOrdered: "Готовлю документ, пришлю сюда.",
  askPayment: rich`Сколько получили? Например: аванс 50 000, или 120 000 20.11`,
  paymentExpected: "сумму, например: аванс 50 000",
  askStage: rich`Какой этап оплаты? Например: Аванс 30 % 01.12`,
  stageExpected: "этап оплаты, например: Аванс 30 % 01.12",
  paymentRemoved: "Оплата убрана. Её можно вернуть.",
  paymentRestored: "Оплата снова учтена.",
  stageRemoved: "Этап убран.",
} as const;

/** Under the card of an approved estimate. */
export function contractLines(contract: Contract): Html {
  const { total, extrasTotal, extras, balance } = contract;
  const waiting = extras.filter(({ status }) => status === "submitted").length;
  return join([
    extras.length === 0
      ? null
      : rich`По договору ${formatMoneyRu(total)} + доп. ${formatMoneyRu(extrasTotal)} = <b>${formatMoneyRu(balance.agreed)}</b>`,
    waiting === 0 ? null : rich`Доп. работ на согласовании: ${waiting}`,
    isUntouched(balance) ? null : balanceLine(balance),
  ]);
}

function isUntouched({ accepted, received }: Balance): boolean {
  return accepted === ZERO && received === ZERO;
}

/** «Выполнено … · оплачено … · остаток …» */
export function balanceLine({ accepted, received, left }: Balance): Html {
  const rest =
    left < ZERO
      ? `переплата ${formatMoneyRu(subtract(ZERO, left))}`
      : `остаток ${formatMoneyRu(left)}`;
  return rich`Выполнено ${formatMoneyRu(accepted)} · оплачено ${formatMoneyRu(received)} · ${rest}`;
}

/** Under the card of extra work. */
export function extraLines({ parent, reason, photos }: ExtraDetails): Html {
  return join([
    rich`Доп. работа к смете ${parent.number}`,
    reason === "" ? null : rich`Причина: ${cutText(reason, 300)}`,
    photos.length === 0 ? null : rich`Фото: ${photos.length}`,
  ]);
}

export function extraLabel({ number, status, total }: ExtraSummary): string {
  return `${STATUS_MARKS[status]} ${number} · ${formatMoneyRu(total)}`;
}

export function contractLabel(contract: OpenContract): string {
  const place = contract.projectTitle ?? (contract.title || contract.clientName || "без объекта");
  return `${contract.number} · ${cutText(place, 40)}`;
}

export function actsText(contract: Contract): Html {
  return join([
    rich`<b>Акты по смете ${contract.number}</b>`,
    rich`Согласовано ${formatMoneyRu(contract.balance.agreed)}`,
    balanceLine(contract.balance),
  ]);
}

export function actLabel({ number, status, date, total }: ActSummary): string {
  return `№ ${number} от ${formatDayShort(date)} · ${ACT_STATUS_NAMES[status]} · ${formatMoneyRu(total)}`;
}

export function actText(act: Act): Html {
  const lines = act.parts.flatMap((part) => part.lines);
  const vat = act.parts.filter(({ vatPercent }) => vatPercent !== null);
  return join([
    rich`<b>Акт № ${act.number}</b> от ${formatDayShort(act.date)} · ${ACT_STATUS_NAMES[act.status]}`,
    rich`Период ${formatDayShort(act.periodFrom)}–${formatDayShort(act.periodTo)}`,
    lines.length === 0
      ? rich`Пока ничего не отмечено.`
      : rich`${lines.length} ${plural(lines.length, "строка", "строки", "строк")}`,
    ...act.parts.map(
      ({ number, total, vatPercent }) =>
        rich`${number}: ${formatMoneyRu(total)}${vatPercent === null ? "" : `, НДС ${vatPercent}\u00a0%`}`,
    ),
    rich`<b>ИТОГО ${formatMoneyRu(act.total)}</b>${vat.length === 0 ? " · без НДС" : ""}`,
    act.signedByName === null ? null : rich`Подписал: ${cutText(act.signedByName, 80)}`,
  ]);
}

export function lineLabel(line: RemainderLine): string {
  const taken = formatQuantityRu(line.inAct);
  const rest = line.left + line.inAct === line.inAct ? "" : ` из ${formatQuantityRu(mostOf(line))}`;
  const mark = line.inAct === 0n ? "◻️" : line.left === 0n ? "✅" : "◪";
  return `${mark} ${cutText(line.name, 34)} · ${taken}${rest} ${line.unit}`;
}

export function mostOf({ left, inAct }: RemainderLine): RemainderLine["left"] {
  return (left + inAct) as RemainderLine["left"];
}

export function paymentsText({ number, payments, stages, balance }: Payments): Html {
  return join([
    rich`<b>Оплаты по смете ${number}</b>`,
    rich`Согласовано ${formatMoneyRu(balance.agreed)}`,
    balanceLine(balance),
    stages.length === 0 ? null : rich`\n<b>План</b>`,
    ...stages.map(stageLine),
    payments.length === 0 ? rich`\nОплат пока нет.` : rich`\n<b>Получено</b>`,
    ...payments.slice(0, 20).map((payment) => rich`• ${paymentLabel(payment)}`),
    payments.length > 20 ? rich`… и ещё ${payments.length - 20}` : null,
  ]);
}

function stageLine({ title, size, amount, dueOn, open }: StageState): Html {
  const share = size.kind === "percent" ? `, ${formatPercentRu(size.percent)}` : "";
  const due = dueOn === null ? "" : `, до ${formatDayShort(dueOn)}`;
  const state = open === ZERO ? "✅" : `осталось ${formatMoneyRu(open)}`;
  return rich`• ${cutText(title, 80)}${share}: ${formatMoneyRu(amount)}${due} — ${state}`;
}

/** «22.11.2026 · аванс 50 000,00 ₽» */
export function paymentLabel({ receivedOn, kind, amount }: Payment): string {
  return `${formatDayShort(receivedOn)} · ${PAYMENT_KIND_NAMES[kind]} ${formatMoneyRu(amount)}`;
}
