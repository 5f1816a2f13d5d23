import type { Requisite } from "./choices.ts";
import { rich } from "./html.ts";

export const SETTINGS = {
  title: rich`<b>Настройки</b>`,
  company: "🏢 Компания",
  vat: "🧾 НДС",
  timezone: "🕒 Часовой пояс",
  askZone: rich`По какому времени вы работаете?`,
  vatTitle: (mode: string) =>
    rich`<b>НДС компании</b>\nСейчас: ${mode}. Выберите, как считать в новых сметах.`,
  askVatDay: (mode: string) =>
    rich`${mode}: с какого дня? Напишите дату, например 01.01.2027, или нажмите «Сегодня».`,
  today: "Сегодня",
  dayExpected: "дату, например: 01.01.2027",
  badDay: "Такого дня нет. Напишите так: 01.01.2027",
  vatSaved: (mode: string, day: string) =>
    rich`С ${day}: ${mode}. Сметы, которые уже есть, не изменились.`,
  clear: "Стереть",
  empty: "не указано",
} as const;

export const MANAGER_PAGE = {
  button: "🌐 Кабинет",
  link: (url: string, minutes: number) =>
    rich`🌐 Кабинет: все сметы компании, деньги и состояние CRM на большом экране.\n\n${url}\n\nСсылка ваша и одноразовая, работает ${minutes} минут. Никому её не пересылайте.`,
  below: "Ссылка — в сообщении ниже.",
  noAddress: "Открыть нельзя: у программы нет адреса в интернете.",
} as const;

/** The app outside Telegram: on a computer, or where Telegram's own window does not open. */
export const BROWSER_LOGIN = {
  button: "💻 В браузере",
  link: (url: string, minutes: number) =>
    rich`💻 Редактор смет в любом браузере, без Telegram.\n\n${url}\n\nСсылка ваша и одноразовая, работает ${minutes} минут. Никому её не пересылайте.`,
} as const;

/** How a field is called, and how it is asked for. */
export const REQUISITE_TEXTS: Readonly<
  Record<Requisite, { readonly label: string; readonly ask: string; readonly problem: string }>
> = {
  name: {
    label: "Название",
    ask: "Как называется ваша компания или бригада?",
    problem: "Название — от 1 до 200 знаков.",
  },
  fullName: {
    label: "Полное название",
    ask: "Напишите полное название для документов. Например: ООО «Ромашка»",
    problem: "Полное название — не больше 300 знаков.",
  },
  inn: {
    label: "ИНН",
    ask: "Напишите ИНН: 10 цифр у организации, 12 у предпринимателя.",
    problem: "В этом ИНН ошибка: не сходятся контрольные цифры. Проверьте и напишите ещё раз.",
  },
  kpp: { label: "КПП", ask: "Напишите КПП: 9 цифр.", problem: "КПП — это 9 цифр." },
  ogrn: {
    label: "ОГРН",
    ask: "Напишите ОГРН (13 цифр) или ОГРНИП (15 цифр).",
    problem: "ОГРН — это 13 цифр, ОГРНИП — 15.",
  },
  address: {
    label: "Адрес",
    ask: "Напишите юридический адрес.",
    problem: "Адрес — не больше 300 знаков.",
  },
  phone: {
    label: "Телефон",
    ask: "Напишите телефон для документов.",
    problem: "Телефон — не больше 50 знаков.",
  },
  email: {
    label: "Эл. почта",
    ask: "Напишите электронную почту для документов.",
    problem: "Это не похоже на почту. Например: ivan@mail.ru",
  },
  bankName: {
    label: "Банк",
    ask: "Напишите название банка.",
    problem: "Название банка — не больше 200 знаков.",
  },
  bankBik: { label: "БИК", ask: "Напишите БИК: 9 цифр.", problem: "БИК — это 9 цифр." },
  bankAccount: {
    label: "Расчётный счёт",
    ask: "Напишите расчётный счёт: 20 цифр.",
    problem: "Расчётный счёт — это 20 цифр.",
  },
  bankCorrespondentAccount: {
    label: "Корр. счёт",
    ask: "Напишите корреспондентский счёт: 20 цифр.",
    problem: "Корреспондентский счёт — это 20 цифр.",
  },
  signatory: {
    label: "Кто подписывает",
    ask: "Кто подписывает документы? Например: Иванов И. И.",
    problem: "Подпись — не больше 100 знаков.",
  },
};
