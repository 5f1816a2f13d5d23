import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { html } from "hono/html";
import type { Id } from "../../domain/ids.ts";
import { COMMON_STYLE, type Html } from "../pages/layout.ts";

const STYLE = COMMON_STYLE + read("manager.css");
const SCRIPT = read("manager.browser.js");

/** What the pages load from their own path, by name. A changed file has another address. */
export const ASSETS: Readonly<Record<string, { readonly type: string; readonly text: string }>> = {
  [`${hashOf(STYLE)}.css`]: { type: "text/css; charset=utf-8", text: STYLE },
  [`${hashOf(SCRIPT)}.js`]: { type: "text/javascript; charset=utf-8", text: SCRIPT },
};
const STYLE_ADDRESS = `/manager/assets/${hashOf(STYLE)}.css`;
const SCRIPT_ADDRESS = `/manager/assets/${hashOf(SCRIPT)}.js`;

export const SEARCH_PATH = "/manager/search";
/** Letters that the search looks at. */
export const MOST_SEARCHED = 200;

const SECTIONS = [
  { path: "/manager", title: "Обзор" },
  { path: "/manager/estimates", title: "Сметы" },
  { path: "/manager/projects", title: "Объекты" },
  { path: "/manager/clients", title: "Клиенты" },
  { path: "/manager/team", title: "Команда" },
  { path: "/manager/crm", title: "CRM" },
  { path: "/manager/notifications", title: "Уведомления" },
  { path: "/manager/calls", title: "Журнал обмена" },
] as const;

export interface Shell {
  readonly title: string;
  readonly body: Html;
  /** The path of the page, to mark its section. */
  readonly path: string;
  readonly personName: string;
  readonly companyId: Id;
  readonly companies: readonly { readonly companyId: Id; readonly companyName: string }[];
  /** What stands in the search box: what was looked for. */
  readonly searched: string;
  /** Seconds after which the page looks again by itself, with or without a script. */
  readonly refresh?: number;
}

/** A page of somebody who is logged in. */
export function renderShell(shell: Shell): Html {
  const body = html`<a class="skip" href="#main">К содержанию</a>
    <header class="top">
      <div class="brand">
        <span class="logo" aria-hidden="true">С</span>
        <span>Смётка<span class="muted"> · кабинет</span></span>
      </div>
      ${renderCompanies(shell)} ${renderSearchBox(shell.searched)}
      <div class="person">
        <a href="/manager/sessions">${shell.personName}</a>
        <form method="post" action="/manager/logout">
          <button class="quiet">Выйти</button>
        </form>
      </div>
    </header>
    <nav class="sections" aria-label="Разделы">
      <ul>
        ${SECTIONS.map(
          ({ path, title }) =>
            html`<li>
              <a href="${path}" ${isWithin(shell.path, path) ? html`aria-current="page"` : ""}
                >${title}</a
              >
            </li>`,
        )}
      </ul>
    </nav>
    <main id="main" tabindex="-1">
      <h1>${shell.title}</h1>
      ${shell.body} ${shell.refresh === undefined ? "" : html`<span data-hasty hidden></span>`}
    </main>`;
  return renderDocument(shell.title, body, { refresh: shell.refresh ?? null, isLive: true });
}

/** A page of somebody who is not: logging in, refusals. */
export function renderBare(title: string, body: Html): Html {
  const main = html`<main id="main" class="bare">
    <div class="card">
      <h1>${title}</h1>
      ${body}
    </div>
  </main>`;
  return renderDocument(title, main, { refresh: null, isLive: false });
}

function renderDocument(
  title: string,
  body: Html,
  { refresh, isLive }: { refresh: number | null; isLive: boolean },
): Html {
  return html`<!doctype html>
    <html lang="ru">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex, nofollow" />
        <meta name="format-detection" content="telephone=no" />
        ${
          refresh === null
            ? ""
            : html`<noscript><meta http-equiv="refresh" content="${refresh}" /></noscript>`
        }
        <title>${title} · Смётка</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="${STYLE_ADDRESS}" />
        ${isLive ? html`<script type="module" src="${SCRIPT_ADDRESS}"></script>` : ""}
      </head>
      <body>
        ${body}
      </body>
    </html>`;
}

/** Looks through everything: on each page, and works without a script. */
function renderSearchBox(searched: string): Html {
  return html`<form
    class="find"
    method="get"
    action="${SEARCH_PATH}"
    role="search"
    aria-label="По всему кабинету"
  >
    <label class="hidden" for="find">Найти клиента, объект, смету, строку или сделку</label>
    <input
      id="find"
      type="search"
      name="q"
      value="${searched}"
      maxlength="${MOST_SEARCHED}"
      placeholder="Имя, телефон, номер"
      autocomplete="off"
    />
    <button class="second">Найти</button>
  </form>`;
}

function renderCompanies({ companies, companyId }: Shell): Html {
  const current = companies.find((company) => company.companyId === companyId);
  if (companies.length < 2) return html`<div class="company">${current?.companyName ?? ""}</div>`;
  return html`<form class="company" method="post" action="/manager/company">
    <label class="hidden" for="company">Компания</label>
    <select id="company" name="companyId">
      ${companies.map(
        (company) =>
          html`<option
            value="${company.companyId}"
            ${company.companyId === companyId ? html`selected` : ""}
          >
            ${company.companyName}
          </option>`,
      )}
    </select>
    <button class="quiet">Перейти</button>
  </form>`;
}

function isWithin(path: string, section: string): boolean {
  return path === section || (section !== "/manager" && path.startsWith(`${section}/`));
}

function read(name: string): string {
  return readFileSync(join(import.meta.dirname, name), "utf8");
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
