import { rich } from "./html.ts";

/** Discount, VAT and client of an estimate. */
export const TERMS = {
  askDiscount: rich`Какая скидка? Напишите процент или сумму. Например: <b>10 %</b>, <b>5 000 ₽</b> или <b>10 % на работы</b>`,
  discountExpected: "размер скидки, например: 10 % или 5 000 ₽",
  percentOrRoubles: "Это проценты или рубли? Напишите так: 10 % или 10 ₽",
  otherDiscount: "✏️ Другая",
  noDiscount: "Без скидки",
  onWorks: "Только на работы",
  onAll: "На всю смету",
  noVat: "Без НДС",
  onTop: "сверху",
  included: "в том числе",
  newClient: "➕ Новый заказчик",
  noClient: "Без заказчика",
} as const;
