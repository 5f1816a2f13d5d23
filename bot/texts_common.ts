import { type Html, rich } from "./html.ts";

/** Labels of the public contract: people and tests find buttons by them. */
export const CANCEL = "✖️ Отмена";
export const SKIP = "Пропустить";

export const MENU = {
  newEstimate: "➕ Новая смета",
  estimates: "📋 Сметы",
  clients: "👥 Клиенты",
  projects: "🏗 Объекты",
  settings: "⚙️ Настройки",
  help: "❓ Помощь",
  search: "🔎 Поиск",
} as const;

export const RETRY = "Повторить";
export const BACK = "⬅️ Назад";
export const MORE_ITEMS = "Ещё ▶️";
export const TO_START = "⏮ В начало";

export const COMMANDS = [
  { command: "new", description: "Новая смета" },
  { command: "estimates", description: "Сметы" },
  { command: "clients", description: "Клиенты" },
  { command: "projects", description: "Объекты" },
  { command: "search", description: "Поиск" },
  { command: "catalogue", description: "Расценки" },
  { command: "settings", description: "Настройки" },
  { command: "help", description: "Помощь" },
  { command: "cancel", description: "Отменить вопрос" },
] as const;

/** What leaders have besides. */
export const LEADER_COMMANDS = [{ command: "team", description: "Команда" }] as const;

export const TOASTS = {
  outdated: "Эта кнопка устарела. Откройте нужное ещё раз из меню.",
  broken: "Эта кнопка не читается. Откройте нужное ещё раз из меню.",
  closedQuestion: "Этот вопрос уже закрыт.",
  changed: "Смета изменилась. Вот она как есть, нажмите ещё раз.",
  retried: "Запустили ещё раз. Если снова не получится, мы напишем.",
  retriedBefore: "Уже запущено ещё раз.",
  notHere: "Здесь этого уже нет. Нажмите на нужное ещё раз.",
} as const;

export const COMMON = {
  cancelled: rich`Хорошо, остановились. Что дальше — в меню внизу.`,
  nothingToCancel: rich`Отменять нечего. Что дальше — в меню внизу.`,
  updated: rich`Бот обновился, и последний вопрос закрылся. Всё, что вы уже ввели, сохранено. Начните это место ещё раз из меню.`,
  failed: rich`Не получилось выполнить последнее действие: на нашей стороне ошибка, мы её записали. Ваши данные не изменились. Попробуйте ещё раз или нажмите /start.`,
  failedToast: "Не получилось: ошибка на нашей стороне. Данные не изменились. Попробуйте ещё раз.",
  editedNotRead: rich`Вы изменили сообщение, которое уже прочитано. Чтобы правка вошла в смету, пришлите её новым сообщением.`,
  unknownCommand: rich`Такой команды нет. Все команды — в /help.`,
  group: (username: string): Html =>
    rich`Я считаю сметы только в личной переписке. Напишите мне: @${username}`,
} as const;

/** What came instead of an awaited text. */
const KINDS: readonly (readonly [string, string])[] = [
  ["text", "пустое сообщение"],
  ["voice", "голосовое сообщение"],
  ["video_note", "видеосообщение"],
  ["photo", "фото"],
  ["video", "видео"],
  ["animation", "анимация"],
  ["sticker", "стикер"],
  ["venue", "место на карте"],
  ["location", "геопозиция"],
  ["contact", "контакт"],
  ["document", "файл"],
  ["audio", "аудио"],
  ["poll", "опрос"],
  ["dice", "кубик"],
];

export function nameOfKind(message: object): string {
  const found = KINDS.find(([field]) => field in message);
  return found?.[1] ?? "сообщение другого вида";
}

/** «Жду …» for what is no answer to the open question. */
export function unexpected(kind: string, expects: string): Html {
  return rich`Пришло: ${kind}. А я жду ${expects}. Остановиться — /cancel.`;
}

export function unexpectedNow(kind: string): Html {
  return rich`Пришло: ${kind}. С этим я пока не умею работать. Пришлите список работ текстом, файл .xlsx или .csv, контакт заказчика — или выберите в меню.`;
}
