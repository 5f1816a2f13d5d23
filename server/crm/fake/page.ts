import { html } from "hono/html";
import type { HtmlEscapedString } from "hono/utils/html";

/** What a person sees of one deal. All texts are plain; the page escapes them. */
export interface DealCard {
  id: number;
  title: string;
  client: string | null;
  stage: string;
  outcome: "open" | "won" | "lost";
  /** Roubles. */
  amount: number;
  rows: { name: string; quantity: number; unit: string; price: number }[];
  notes: string[];
  files: { name: string; href: string; bytes: number }[];
  /** Stages the deal can be moved to, by funnel. */
  funnels: { name: string; stages: { id: string; name: string; isCurrent: boolean }[] }[];
}

export interface ContactCard {
  name: string;
  phones: readonly string[];
}

export interface DealsPage {
  service: string;
  deals: readonly DealCard[];
  /** The newest ones. */
  contacts: readonly ContactCard[];
}

type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

export const PAGE_CSP =
  "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/** The whole page: a list of deals with a form to move each. */
export function renderPage(page: DealsPage): Html {
  return html`<!doctype html>
    <html lang="ru">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.service} для пробы</title>
        <link rel="stylesheet" href="/_fake/page.css" />
        <script type="module" src="/_fake/page.js"></script>
      </head>
      <body>
        <header>
          <h1>${page.service} для пробы</h1>
          <p>
            Этот портал работает только на вашем компьютере. Согласованная смета появляется здесь
            сделкой; переместите сделку, и смета узнает об этом.
          </p>
        </header>
        <main id="deals">${renderDeals(page)}</main>
      </body>
    </html>`;
}

/** The lists alone, which the page asks for every two seconds. */
export function renderDeals({ deals, contacts }: DealsPage): Html {
  const empty = html`<p class="empty">
    Сделок пока нет. Согласуйте смету, и её сделка появится здесь сама.
  </p>`;
  return html`${deals.length === 0 ? empty : deals.map(renderDeal)} ${renderContacts(contacts)}`;
}

function renderContacts(contacts: readonly ContactCard[]): Html {
  return html`<article id="contacts">
    <h2>Контакты</h2>
    <ul>
      ${contacts.map(
        ({ name, phones }) => html`<li>${name} <small>${phones.join(", ")}</small></li>`,
      )}
    </ul>
  </article>`;
}

function renderDeal(deal: DealCard): Html {
  return html`<article id="deal-${deal.id}">
    <div class="head">
      <h2>${deal.title} <small>№ ${deal.id}</small></h2>
      <p class="amount">${money(deal.amount)}</p>
    </div>
    <p class="facts">
      <span class="stage ${deal.outcome}">${deal.stage}</span>
      ${deal.client === null ? html`<span>без клиента</span>` : html`<span>${deal.client}</span>`}
    </p>
    ${deal.rows.length === 0 ? "" : renderRows(deal)}
    ${deal.notes.map((note) => html`<pre>${note}</pre>`)}
    ${deal.files.length === 0 ? "" : renderFiles(deal)}
    <form method="post" action="/_fake/deals/${deal.id}/stage">
      <label>
        Переместить на стадию
        <select name="stage">
          ${deal.funnels.map(
            (funnel) =>
              html`<optgroup label="${funnel.name}">
                ${funnel.stages.map(
                  (stage) =>
                    html`<option value="${stage.id}" ${stage.isCurrent ? "selected" : ""}>
                      ${stage.name}
                    </option>`,
                )}
              </optgroup>`,
          )}
        </select>
      </label>
      <button>Переместить</button>
    </form>
  </article>`;
}

function renderRows(deal: DealCard): Html {
  return html`<details>
    <summary>Товары и работы: ${deal.rows.length}</summary>
    <div class="scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Название</th>
            <th scope="col">Кол-во</th>
            <th scope="col">Цена</th>
            <th scope="col">Сумма</th>
          </tr>
        </thead>
        <tbody>
          ${deal.rows.map(
            (row) =>
              html`<tr>
                <td>${row.name}</td>
                <td>${NUMBER.format(row.quantity)} ${row.unit}</td>
                <td>${money(row.price)}</td>
                <td>${money(row.price * row.quantity)}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </details>`;
}

function renderFiles(deal: DealCard): Html {
  return html`<ul class="files">
    ${deal.files.map(
      (file) =>
        html`<li>
          <a href="${file.href}">${file.name}</a> <small>${kilobytes(file.bytes)}</small>
        </li>`,
    )}
  </ul>`;
}

const MONEY = new Intl.NumberFormat("ru-RU", { style: "currency", currency: "RUB" });
const NUMBER = new Intl.NumberFormat("ru-RU", { maximumFractionDigits: 4 });

function money(roubles: number): string {
  return MONEY.format(roubles);
}

function kilobytes(bytes: number): string {
  return `${NUMBER.format(Math.max(1, Math.round(bytes / 1024)))} КБ`;
}
