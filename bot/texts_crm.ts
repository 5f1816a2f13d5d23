import { CRM_NAMES, type CrmKind } from "../domain/crm.ts";
import type { MappedStatus } from "../domain/crm_stages.ts";
import { type Html, rich } from "./html.ts";

export const CRM_BUTTONS = {
  crm: "🔗 CRM",
  sync: "🔄 Синхронизировать",
  stages: "🗂 Воронка и стадии",
  otherPipeline: "Другая воронка",
  noStage: "Не менять стадию",
  webhook: "📥 Вебхук из CRM",
  errors: "⚠️ Последние ошибки",
  retry: "🔁 Повторить",
  again: "🔁 Попробовать ещё раз",
  read: "👌 Понятно",
  disconnect: "🔌 Отключить",
  sureDisconnect: "Да, отключить",
  reviews: "👥 Это один и тот же клиент?",
  newPerson: "➕ Это другой человек",
  connectAnother: "➕ Подключить ещё",
  oauth: "У меня ключи интеграции (OAuth)",
  open: "🔗 Открыть CRM",
} as const;

export const STATUS_LABELS: Readonly<Record<MappedStatus, string>> = {
  submitted: "📤 На согласовании",
  approved: "✅ Утверждена",
  returned: "↩️ На доработке",
};

export const CRM = {
  none: rich`<b>CRM</b>\nПока не подключена. Подключите, и заказчики придут из CRM сюда, а утверждённые сметы станут там сделками: со строками, суммой и PDF.`,
  title: rich`<b>CRM</b>`,
  which: rich`Что подключаем?`,
  askBitrix24: rich`<b>Битрикс24</b>\nОткройте в нём: Разработчикам → Другое → Входящий вебхук. Отметьте право «CRM (crm)», сохраните и пришлите сюда адрес вебхука. Он такой: https://ваш-портал.bitrix24.ru/rest/1/ключ/\n\nСообщение с ключом я сразу удалю.`,
  askDomain: rich`<b>amoCRM</b>\nПришлите адрес вашей amoCRM. Он такой: name.amocrm.ru`,
  badDomain: "Это не адрес amoCRM. Нужен вид name.amocrm.ru",
  askToken: (domain: string): Html =>
    rich`<b>${domain}</b>\nОткройте в amoCRM от имени администратора: amoМаркет → Создать интеграцию → Внешняя → «Ключи и доступы» → «Сгенерировать долгосрочный токен». Пришлите его сюда.\n\nСообщение с токеном я сразу удалю.`,
  askOauth: (domain: string): Html =>
    rich`<b>${domain}</b>\nПришлите четыре строки из «Ключей и доступов» интеграции:\n1. ID интеграции\n2. Секретный ключ\n3. Адрес перенаправления\n4. Код авторизации (он живёт 20 минут)\n\nСообщение с ключами я сразу удалю.`,
  badOauth: rich`Нужны ровно четыре строки: ID интеграции, секретный ключ, адрес перенаправления и код авторизации. Сообщение я удалил, пришлите ещё раз.`,
  askReceiver: rich`<b>Своя система</b>\nПришлите адрес, на который посылать события (https://…). Это может быть 1С, Планфикс или скрипт Google Таблиц. Вид сообщений описан в документации.`,
  expectsUrl: "адрес вебхука",
  expectsDomain: "адрес amoCRM, например: name.amocrm.ru",
  expectsToken: "токен",
  expectsKeys: "четыре строки с ключами",
  trying: (kind: CrmKind): Html => rich`Проверяю связь: ${CRM_NAMES[kind]}…`,
  notDeleted: rich`⚠️ Сообщение с ключом удалить не получилось. Удалите его сами.`,
  connected: (kind: CrmKind, account: string): Html =>
    rich`✅ <b>${CRM_NAMES[kind]} подключена</b>: ${account}`,
  next: rich`Теперь нажмите «${CRM_BUTTONS.sync}»: я загружу заказчиков и сделки.`,
  refused: (kind: CrmKind, reason: string): Html =>
    rich`❌ <b>${CRM_NAMES[kind]}: не получилось подключить</b>\n${reason}\n\nНичего не сохранено.`,
  signingKey: (key: string): Html =>
    rich`Ключ подписи, покажу один раз: <tg-spoiler><code>${key}</code></tg-spoiler>`,
  hookBitrix24: (url: string): Html =>
    rich`<b>Вебхук из Битрикс24</b>\nЧтобы узнавать об изменениях сразу, откройте в Битрикс24: Разработчикам → Другое → Исходящий вебхук.\nАдрес обработчика:\n<code>${url}</code>\nСобытия: создание, обновление и удаление контактов, компаний и сделок.\n\nСохраните и пришлите сюда «Токен приложения» из этой же формы.`,
  hookOther: (url: string): Html =>
    rich`<b>Вебхук из CRM</b>\nМы подписались сами. Адрес, на который CRM сообщает об изменениях:\n<code>${url}</code>`,
  noHook: rich`Смётка не видна из интернета: не задан PUBLIC_URL. Об изменениях в CRM мы узнаём раз в час.`,
  hookSaved: "Токен сохранён. Теперь об изменениях узнаём сразу.",
  askPipeline: rich`По какой воронке вести сделки?`,
  noPipelines: rich`В этой CRM воронок нет.`,
  stages: (pipeline: string): Html =>
    rich`<b>Воронка «${pipeline}»</b>\nСтадия сделки и статус сметы меняют друг друга. Нажмите на статус, чтобы выбрать стадию.`,
  askStage: (status: MappedStatus): Html => rich`Какая стадия значит «${STATUS_LABELS[status]}»?`,
  syncStarts: rich`Синхронизация: начинаем…`,
  noErrors: rich`<b>Последние ошибки</b>\nОшибок не было.`,
  errors: rich`<b>Последние ошибки</b>`,
  failedPushes: (numbers: string): Html => rich`Не переданы в CRM: ${numbers}`,
  retried: (count: number): string =>
    count === 0 ? "Повторять нечего: всё передано." : "Передаём ещё раз.",
  askDisconnect: (name: string): Html =>
    rich`Отключить ${name}? Ключи удалим сразу. Загруженные заказчики и сделки в CRM останутся.`,
  disconnected: "Отключено.",
  noReviews: rich`Сомнительных совпадений нет: каждый заказчик из CRM нашёл своё место.`,
  decided: "Запомнил.",
} as const;
