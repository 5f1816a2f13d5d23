import type { ColumnRole } from "./choices.ts";
import { rich } from "./html.ts";

export const ROLE_NAMES: Readonly<Record<ColumnRole, string>> = {
  name: "Название",
  quantity: "Количество",
  unit: "Единица",
  price: "Цена",
  sum: "Сумма",
};

export const TABLES = {
  tooBig:
    "Файл больше 20 МБ: Telegram не даёт мне его скачать. Уберите из него лишнее и пришлите ещё раз.",
  gone: "Не получилось скачать файл у Telegram. Пришлите его, пожалуйста, ещё раз.",
  check: rich`Проверьте, что в каких столбцах. Нажмите на то, что неверно.`,
  done: "✅ Столбцы верны",
  none: "нет",
  noColumn: "Такого столбца нет",
  choose: (role: string) => rich`В каком столбце ${role}?`,
  gonePending: "Эта таблица здесь больше не ждёт. Пришлите её ещё раз.",
} as const;
