import { formatDayShort, dayIn } from "../domain/calendar.ts";
import type { CatalogueFields } from "../domain/catalogue.ts";
import { formatMoneyRu } from "../domain/numbers_ru.ts";
import type { CatalogueItem } from "../domain/services.ts";
import { cutText } from "../domain/text.ts";
import { type Html, rich, join } from "./html.ts";
import { pricesOf } from "./texts_lists.ts";
import { shortMoney } from "./texts_estimates.ts";

export const CATALOGUE_FIELDS = {
  price: { label: "💰 Цена", ask: "Напишите новую цену в рублях.", expects: "цену, например: 450" },
  name: { label: "✏️ Название", ask: "Напишите название.", expects: "название текстом" },
  unit: {
    label: "📏 Единица",
    ask: "Напишите единицу: м², шт, п.м.",
    expects: "единицу, например: м²",
  },
} as const;
export type CatalogueField = keyof typeof CATALOGUE_FIELDS;

export const CATALOGUE = {
  button: "💰 Расценки",
  title: rich`<b>Расценки</b>`,
  hint: rich`Чтобы найти, напишите название. Чтобы загрузить свой прайс, пришлите файл .xlsx или .csv.`,
  none: rich`Расценок пока нет. Пришлите прайс файлом .xlsx или .csv, или нажмите «➕ Новая расценка». Цены запоминаются и сами, из ваших смет.`,
  notFound: (words: string) => rich`По запросу «${words}» расценок не нашлось.`,
  add: "➕ Новая расценка",
  askNew: rich`Напишите название, единицу и цену. Например: Штукатурка стен м2 450`,
  expected: "название, единицу и цену. Например: Штукатурка стен м2 450",
  badLine: "Не вижу цены в конце. Напишите так: Штукатурка стен м2 450",
  badUnit: "Единица — короткое слово: м², шт, п.м., компл.",
  makeMaterial: "🧱 Это материал",
  makeWork: "🔨 Это работа",
  found: (count: number) => rich`<b>Понятно: ${pricesOf(count)}</b>`,
  nothing: rich`<b>В файле не нашлось ни одной расценки.</b>`,
  unread: (count: number) => rich`<b>Не понятно строк: ${count}</b>`,
  updates: rich`Расценки с таким же названием и единицей обновятся, остальные добавятся.`,
  readOnly: "Менять расценки могут владелец и руководитель.",
} as const;

const SOURCES: Readonly<Record<CatalogueItem["source"], string>> = {
  import: "из файла",
  learned: "из ваших смет",
  manual: "введена вручную",
};

export function itemText(item: CatalogueItem, timeZone: string): Html {
  return join([
    rich`<b>${cutText(item.name, 300)}</b>`,
    rich`${formatMoneyRu(item.price)}${item.unit === "" ? "" : ` за ${item.unit}`}`,
    rich`${item.kind === "work" ? "Работа" : "Материал"}${item.section === "" ? "" : ` · ${cutText(item.section, 100)}`}${item.code === "" ? "" : ` · ${item.code}`}`,
    rich`Цена ${SOURCES[item.source]}, ${formatDayShort(dayIn(timeZone, item.pricedAt))}`,
  ]);
}

/** «Штукатурка стен · 450 ₽/м²» */
export function itemLabel(item: CatalogueFields): string {
  const unit = item.unit === "" ? "" : `/${item.unit}`;
  return `${cutText(item.name, 40)} · ${shortMoney(item.price)}${unit}`;
}
