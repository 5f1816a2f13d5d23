import { html } from "hono/html";
import { AppError } from "../../domain/errors.ts";
import { LOGIN_MINUTES } from "../../domain/logins.ts";
import type { Html } from "../pages/layout.ts";
import { readOutage } from "../routes/errors.ts";
import { renderBare } from "./layout.ts";

/*
 * Pages of who is not in: logging in, refusals, trouble.
 */

export const LOGIN_PATH = "/manager/login";

const REFUSALS: Readonly<Partial<Record<AppError["code"], 400 | 403 | 404 | 409 | 429 | 503>>> = {
  invalid: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  frozen: 409,
  limit: 429,
  unavailable: 503,
};

/** What a person may read, as a page; null for everything else. */
export function renderRefusal(thrown: Error) {
  const error = readOutage(thrown) ?? thrown;
  const status = error instanceof AppError ? REFUSALS[error.code] : undefined;
  if (status === undefined) return null;
  const title = status === 404 ? "Здесь ничего нет" : "Не получилось";
  const body = html`<p>${error.message}</p>
    <p><a href="/manager">На главную кабинета</a></p>`;
  return { status, body: renderBare(title, body) };
}

export function renderTrouble(): Html {
  return renderBare(
    "Не получилось",
    html`<p>Что-то пошло не так. Сметы целы. Подождите немного и попробуйте ещё раз.</p>
      <p><a href="/manager">На главную кабинета</a></p>`,
  );
}

/** Who was a manager and is none any more: there is no page to go to, only out. */
export function renderForbidden(): Html {
  return renderBare(
    "Кабинет закрыт",
    html`<p>Кабинет открыт владельцу и руководителям, а у вас в этой компании другая роль.</p>
      <p>Сметы остались в чате с ботом и в приложении.</p>
      <form method="post" action="/manager/logout"><button class="second">Выйти</button></form>`,
  );
}

export function renderHowToEnter(): Html {
  return renderBare(
    "Кабинет Смётки",
    html`<p>
        Здесь руководитель видит все сметы компании: деньги, согласование, работу команды и связь с
        CRM.
      </p>
      <p>
        Чтобы войти, откройте чат с ботом, нажмите «⚙️ Настройки», затем «🌐 Кабинет», и откройте
        ссылку, которую он пришлёт.
      </p>`,
  );
}

export function renderEnter(token: string): Html {
  return renderBare(
    "Вход в кабинет",
    html`<p>Нажмите кнопку, чтобы войти в этом браузере. Вход действует 30 дней.</p>
      <form method="post" action="${LOGIN_PATH}/${token}">
        <button>Войти</button>
      </form>`,
  );
}

export function renderOldLink(): Html {
  return renderBare(
    "Ссылка больше не работает",
    html`<p>Ссылка одноразовая и действует ${LOGIN_MINUTES} минут. Эта уже открыта или устарела.</p>
      <p>Попросите у бота новую: «⚙️ Настройки» → «🌐 Кабинет».</p>`,
  );
}
