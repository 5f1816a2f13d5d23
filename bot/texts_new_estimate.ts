import { rich } from "./html.ts";

export const NEW_ESTIMATE = {
  askProject: rich`Для какого объекта смета?`,
  askProjectForList: rich`Список сохранён. Для какого объекта смета?`,
  projectExpected: "объект: нажмите на него или напишите адрес нового",
  newProject: "➕ Новый объект",
  noProject: "Без объекта",
  askTitle: rich`Напишите адрес или название объекта. Например: Ленина 12, кв. 5`,
  titleExpected: "адрес или название объекта",
  askClient: rich`Кто заказчик? Имя и телефон, или пришлите контакт`,
  askLines: rich`Пришлите работы и материалы списком, по одной строке. Например: Штукатурка стен 120 м2 450`,
  linesHint: rich`Можно и файлом .xlsx или .csv.`,
  linesExpected: "список работ и материалов текстом или файл .xlsx, .csv",
  withoutLines: "Пока без строк",
} as const;
