import { type Html, rich, join } from "./html.ts";
import { COMMANDS } from "./texts_common.ts";

export const START = {
  welcome: (name: string) =>
    rich`Здравствуйте, ${name}! Я Смётка: считаю сметы прямо в Telegram. Как называется ваша компания или бригада?`,
  nameExpected: "название компании или бригады текстом. Или нажмите «Пропустить»",
  founded: rich`Готово. Нажмите «➕ Новая смета» или пришлите список работ — я посчитаю.`,
  later: rich`Хорошо. Когда будете готовы, нажмите /start.`,
  again: (name: string) =>
    rich`Здравствуйте, ${name}! Нажмите «➕ Новая смета» или пришлите список работ — я посчитаю.`,
  badLink: rich`Эта ссылка не открывается. Возможно, она скопирована не целиком. Все сметы — в «📋 Сметы».`,
} as const;

const HOW_TO = [
  rich`<b>Как сделать смету</b>`,
  rich`1. Нажмите «➕ Новая смета» и выберите объект.`,
  rich`2. Пришлите работы и материалы списком, по одной строке: название, количество, единица, цена. Например:`,
  rich`<code>Штукатурка стен 120 м2 450</code>`,
  rich`3. Проверьте, что получилось, и нажмите «✅ Добавить».`,
  rich`4. На карточке сметы — PDF и Excel для заказчика.`,
];

const COMMAND_LIST = [
  rich`<b>Команды</b>`,
  ...COMMANDS.map(({ command, description }) => rich`/${command} — ${description.toLowerCase()}`),
];

/** @param publicUrl where the page about personal data is; null: nowhere that people reach */
export function helpText(hasMiniApp: boolean, publicUrl: string | null): Html {
  return join(
    [
      join(HOW_TO),
      rich`Список можно прислать и сразу, без вопросов: текстом, файлом .xlsx или .csv. Контакт заказчика — тоже.`,
      join(COMMAND_LIST),
      hasMiniApp
        ? null
        : rich`Редактор смет на весь экран здесь не подключён: для него нужен адрес https. Всё остальное работает в чате, кнопка «✏️ Открыть» показывает строки.`,
      publicUrl === null
        ? null
        : rich`На компьютере, без Telegram: «⚙️ Настройки» → «💻 В браузере», бот пришлёт ссылку для входа.`,
      publicUrl === null
        ? null
        : rich`Что хранится о людях, где и сколько: ${new URL("/privacy", publicUrl).href}`,
    ],
    "\n\n",
  );
}

/** What Telegram shows before the first message, and in the list of bots. */
export const PROFILE = {
  description:
    "Смётка считает строительные сметы прямо в Telegram. Пришлите список работ и материалов, проверьте и получите готовую смету в PDF и Excel.",
  shortDescription: "Строительные сметы прямо в Telegram: списком, с PDF и Excel.",
  menuButton: "Сметы",
} as const;
