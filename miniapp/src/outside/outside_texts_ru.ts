/** What an ordinary browser says before the app opens in it. */
export const outsideTexts = {
  outside: "Откройте Смётку в Telegram",
  outsideHint:
    "Откройте чат с ботом и нажмите кнопку «Сметы» слева от поля ввода. Чтобы работать здесь, в этом браузере, нажмите в чате «⚙️ Настройки» → «💻 В браузере»: бот пришлёт ссылку для входа.",
  openTelegram: "Открыть бота",
  loginOver: "Вход в этом браузере закончился",
  login: "Вход в Смётку",
  loginHint: "Нажмите кнопку, чтобы войти в этом браузере. Вход действует 30 дней.",
  enter: "Войти",
  entering: "Входим…",
} as const;
