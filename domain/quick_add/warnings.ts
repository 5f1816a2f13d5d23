import { type Kopecks, multiply } from "../money.ts";
import { formatAmountRu, formatMoneyRu, formatQuantityRu } from "../numbers_ru.ts";
import type { Quantity } from "../quantity.ts";
import type { LineWarning, WarningCode } from "./types.ts";

const MESSAGES: Readonly<Record<WarningCode, string>> = {
  no_price: "Цена не указана",
  no_quantity: "Количество не указано: пока записан 0",
  quantity_assumed: "Количество не указано: записано 1",
  unit_assumed: "Единица не указана: записаны штуки",
  unit_unknown: "Такой единицы нет в списке, оставлена как написано",
  unit_mismatch: "Единица у цены не та, что у количества",
  quantity_computed: "Количество посчитано",
  quantity_rounded: "Количество округлено до 7 знаков",
  price_rounded: "Цена округлена до копеек",
  price_approximate: "Цена примерная",
  price_computed: "Цена за единицу посчитана из суммы",
  sum_mismatch: "Сумма не сходится",
  sum_kept: "Сумма не делится на количество без остатка: записана целиком",
  grouped_number: "Пробел в числе прочитан как разделитель тысяч",
  package_size: "Проверьте: это количество или фасовка?",
  order_guessed: "Количество взято из середины строки",
  zero_quantity: "Количество 0",
};

export function warn(code: WarningCode): LineWarning {
  return { code, message: MESSAGES[code] };
}

/** «Посчитано: 3х4 = 12» */
export function warnComputed(expression: string, quantity: Quantity): LineWarning {
  const message = `Посчитано: ${expression} = ${formatQuantityRu(quantity)}`;
  return { code: "quantity_computed", message };
}

/** «В тексте сумма 7 800,00 ₽, а 22 × 350,00 = 7 700,00 ₽» */
export function warnSum(price: Kopecks, quantity: Quantity, stated: Kopecks): LineWarning {
  const product = `${formatQuantityRu(quantity)} × ${formatAmountRu(price)}`;
  const computed = formatMoneyRu(multiply(price, quantity));
  const message = `В тексте сумма ${formatMoneyRu(stated)}, а ${product} = ${computed}`;
  return { code: "sum_mismatch", message };
}
