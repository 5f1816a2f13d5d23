import type { Field } from "./editor/ui_store.ts";

/** Everything that the app says. */
export const texts = {
  loading: "Загрузка…",
  retry: "Повторить",
  closeApp: "Закрыть приложение",
  openAgainHint: "В чате с ботом нажмите «Сметы» слева от поля ввода.",
  keptHint: "Всё, что вы ввели, сохранено на этом телефоне.",
  notKeptHint: "Этот браузер ничего не хранит: неотправленное пропадёт вместе с окном.",
  back: "Назад",
  keptFrom: "Показано, как было",
  toEstimates: "Все сметы",
  notLoaded: "Эта часть не загрузилась. Откройте приложение заново, когда будет связь.",
  broken: "Что-то пошло не так",
  brokenHint: "Откройте страницу заново.",
  reload: "Открыть заново",

  estimates: "Сметы",
  sections: "Разделы",
  clients: "Заказчики",
  projects: "Объекты",
  catalogue: "Расценки",
  settings: "Настройки",
  newEstimate: "Новая смета",
  search: "Имя, адрес, номер, работа",
  searchLabel: "Поиск по заказчикам, объектам, сметам и сделкам",
  found: "Нашлось",
  foundClient: "Заказчик",
  foundProject: "Объект",
  foundEstimate: "Смета",
  foundDeal: "Сделка CRM",
  corrected: "Точно таких слов нет. Показано похожее:",
  status: "Статус",
  allStatuses: "Все",
  noEstimates: "Смет пока нет",
  noEstimatesHint: "Создайте первую: название, объект и заказчика можно указать потом.",
  nothingFound: "Ничего не нашлось",
  nothingFoundHint: "Попробуйте другое слово: номер, улицу, имя или телефон.",
  nothingFoundOfStatusHint:
    "Поиск идёт только по сметам с этим статусом. Чтобы искать везде, выберите «Все».",
  noneOfStatus: "Смет с этим статусом нет",
  noneOfStatusHint: "Чтобы увидеть остальные, выберите «Все».",
  more: "Показать ещё",
  untitled: "Без названия",

  works: "Работы",
  materials: "Материалы",
  discount: "Скидка",
  total: "ИТОГО",
  margin: "Маржа",
  cost: "Себестоимость",
  costUnknown: "Себестоимость указана не у всех строк",
  optional: "По желанию",
  chosen: "Выбрано: входит в итог",
  looseLines: "Без раздела",
  emptyEstimateHint: "Добавьте строку, раздел или вставьте готовый список.",
  notFound: "Этой сметы больше нет",
  notFoundHint: "Возможно, её удалили или она из другой компании.",
  frozenHint: "Содержание не меняется: смета уже отправлена или утверждена.",

  line: "строка",
  addLine: "Строка",
  addSection: "Раздел",
  newSection: "Новый раздел",
  sectionTitle: "Название раздела",
  list: "Список",
  pasteList: "Вставить список",
  newLine: "Новая строка",
  newLinePlaceholder: "Например: Стяжка пола 48 м2 780",
  namePlaceholder: "название",
  quantityPlaceholder: "кол-во",
  unitPlaceholder: "ед.",
  pricePlaceholder: "цена",
  costPlaceholder: "себест.",
  notFilled: "не заполнено",
  suggestions: "Подсказки из расценок",
  ofThisEstimate: "из этой сметы",
  moveLine: "Переместить строку",
  moveSection: "Переместить раздел",
  moveHint: "Перетащите или нажмите Alt + стрелку",
  lineMore: "Действия со строкой",
  sectionMore: "Действия с разделом",
  lineRemoved: "Строка удалена",
  undo: "Вернуть",
  undoStep: "Отменить действие",
  redoStep: "Повторить действие",
  menu: "Ещё",

  saved: "Сохранено",
  sending: "Отправляется…",
  conflict: "Конфликт",
  refused: "Не принято сервером",

  details: "Реквизиты сметы",

  clientPrices: "Суммы показаны в ценах заказчика, со скрытыми начислениями.",
} as const;

export const FIELD_NAMES: Readonly<Record<Field, string>> = {
  name: "Название",
  quantity: "Количество",
  unit: "Единица",
  price: "Цена",
  cost: "Себестоимость",
  title: "Название раздела",
};

const plural = new Intl.PluralRules("ru");

/** «1 строка», «2 строки», «5 строк» */
export function count(number: number, one: string, few: string, many: string): string {
  const form = { one, few, many, zero: many, two: few, other: few }[plural.select(number)];
  return `${number}\u00a0${form}`;
}

export function countLines(number: number): string {
  return count(number, "строка", "строки", "строк");
}

/** «Нет связи: 3 изменения» */
export function offline(waiting: number): string {
  if (waiting === 0) return "Нет связи";
  return `Нет связи: ${count(waiting, "изменение", "изменения", "изменений")}`;
}

/** «Не отправлено: 3 изменения» */
export function notSent(waiting: number): string {
  if (waiting === 0) return "Откройте заново";
  return `Не отправлено: ${count(waiting, "изменение", "изменения", "изменений")}`;
}

/** How old a price is: «сегодня», «12 дн. назад», «5 мес. назад», «2 г. назад». */
export function age(then: Date, now: Date): string {
  const days = Math.floor((now.getTime() - then.getTime()) / 86_400_000);
  if (days < 1) return "цена сегодня";
  if (days < 31) return `цена ${days}\u00a0дн. назад`;
  if (days < 365) return `цена ${Math.floor(days / 30.5)}\u00a0мес. назад`;
  return `цена ${Math.floor(days / 365)}\u00a0г. назад`;
}
