import type { Discount } from "../domain/estimate/estimate.ts";
import { STATUS_NAMES } from "../domain/estimate/status.ts";
import { add, formatMoney, type Kopecks } from "../domain/money.ts";
import { formatMoneyRu, formatPercentRu } from "../domain/numbers_ru.ts";
import type { EstimateCard, EstimateListItem, SectionSummary } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { describeVat } from "../domain/vat.ts";
import { plural } from "../domain/words_ru.ts";
import { type Html, rich, join } from "./html.ts";

/** Columns of the table of sections, in characters of equal width: what a narrow phone shows. */
const TABLE_WIDTH = 32;
const SHOWN_SECTIONS = 25;

export const ESTIMATE_BUTTONS = {
  open: "✏️ Открыть",
  lines: "➕ Строки",
  pdf: "📄 PDF",
  xlsx: "📊 Excel",
  submit: "📤 На согласование",
  more: "⋯ Ещё",
  copy: "📑 Копия",
  discount: "🏷 Скидка",
  vat: "🧾 НДС",
  client: "👤 Заказчик",
  history: "🕘 История",
  share: "🔗 Ссылка",
  remove: "🗑 Удалить",
  restore: "Вернуть",
  all: "📋 Все сметы",
} as const;

export function cardText(card: EstimateCard): Html {
  return join([
    rich`<b>${card.number}</b> · ${STATUS_NAMES[card.status]}`,
    placeLine(card),
    card.title === "" ? null : rich`<i>${cutText(card.title, 200)}</i>`,
    sectionTable(card),
    ...totalLines(card),
  ]);
}

function placeLine(card: EstimateCard): Html {
  const place = card.project?.title ?? "Без объекта";
  return card.client
    ? rich`${cutText(place, 120)} · ${cutText(card.client.name, 80)}`
    : rich`${cutText(place, 120)}`;
}

function sectionTable({ sections, loose }: EstimateCard): Html {
  const rows = [...(loose ? [{ ...loose, title: "Без раздела" }] : []), ...sections];
  if (rows.length === 0) return rich`Строк пока нет: нажмите «${ESTIMATE_BUTTONS.lines}».`;
  const shown = rows.slice(0, SHOWN_SECTIONS).map(sectionRow);
  const rest = rows.slice(SHOWN_SECTIONS);
  if (rest.length > 0) {
    const noun = plural(rest.length, "раздел", "раздела", "разделов");
    shown.push(tableRow(`ещё ${rest.length} ${noun}`, add(...rest.map(sumOf))));
  }
  return rich`<pre>${shown.join("\n")}</pre>`;
}

function sectionRow(section: SectionSummary): string {
  return tableRow(section.title, sumOf(section));
}

function tableRow(title: string, amount: Kopecks): string {
  const right = formatMoneyRu(amount);
  const left = cutText(title.replace(/\s+/g, " "), Math.max(8, TABLE_WIDTH - right.length - 1));
  return left + " ".repeat(Math.max(1, TABLE_WIDTH - left.length - right.length)) + right;
}

function sumOf({ work, material }: SectionSummary): Kopecks {
  return add(work, material);
}

function totalLines({ totals, vat, date, discount }: EstimateCard): (Html | null)[] {
  return [
    rich`Работы ${formatMoneyRu(totals.works)} · Материалы ${formatMoneyRu(totals.materials)}`,
    ...totals.adjustments.map(
      ({ title, amount }) => rich`${cutText(title, 100)}: ${formatMoneyRu(amount)}`,
    ),
    discount === null
      ? null
      : rich`Скидка ${describeDiscount(discount)}: −${formatMoneyRu(totals.discount)}`,
    totals.vatPercent === null || totals.vatPercent === 0
      ? null
      : rich`НДС ${totals.vatPercent}\u00a0%: ${formatMoneyRu(totals.vat)}`,
    rich`<b>ИТОГО ${formatMoneyRu(totals.total)}</b> · ${describeVat(vat, date)}`,
  ];
}

/** «10 % на работы», «5 000,00 ₽» */
export function describeDiscount(discount: Discount): string {
  const size =
    discount.kind === "percent"
      ? formatPercentRu(discount.percent)
      : formatMoneyRu(discount.amount);
  return discount.base === "works" ? `${size} на работы` : size;
}

/** Sums in buttons: whole roubles where there are no kopecks. */
export function shortMoney(value: Kopecks): string {
  return formatMoney(value).endsWith(".00")
    ? formatMoneyRu(value).replace(",00", "")
    : formatMoneyRu(value);
}

/** «СМ-2026-0001 · Ленина 12 · 198 038 ₽» */
export function listItemLabel(item: EstimateListItem): string {
  const place = item.projectTitle ?? (item.title || item.clientName || "без объекта");
  return `${item.number} · ${cutText(place, 30)} · ${shortMoney(item.total)}`;
}

export const ESTIMATES = {
  listTitle: rich`<b>Сметы</b>`,
  listLegend: rich`📝 черновик · 📤 на согласовании · ✅ утверждена · ↩️ на доработке · 🗄 архив`,
  searchHint: rich`Чтобы найти смету, напишите номер, адрес, имя или телефон.`,
  none: rich`Смет пока нет. Нажмите «➕ Новая смета».`,
  notFound: (words: string) =>
    rich`По запросу «${words}» смет не нашлось. Напишите иначе или откройте все: /estimates`,
  ofProject: (title: string) => rich`<b>Сметы объекта</b> ${title}`,
  noneOfProject: rich`По этому объекту смет пока нет.`,
  removed: (number: string) => rich`🗑 Смета ${number} удалена. Номер останется за ней.`,
  removedToast: "Смета удалена. Её можно вернуть.",
  restoredToast: "Смета снова на месте.",
  copied: (number: string) => `Это копия: ${number}.`,
  empty: "В смете пока нет строк. Сначала добавьте их.",
} as const;
