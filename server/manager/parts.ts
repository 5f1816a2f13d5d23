import { html } from "hono/html";
import { formatInstant } from "../../domain/calendar.ts";
import { type EstimateStatus, STATUS_NAMES } from "../../domain/estimate/status.ts";
import type { Kopecks } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { FoundIds } from "../services/search.ts";
import { plural } from "../../domain/words_ru.ts";
import type { Html } from "../pages/layout.ts";

/** What stands in a cell; texts are escaped by the template. */
type Cell = Html | string | number;

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => Cell;
  /** Figures stand at the right; the main one names the row where the table becomes cards. */
  readonly look?: "figure" | "main";
}

/** With more columns a table needs all of a page. */
const MOST_NARROW = 4;

/** A table that becomes a list of cards where it is narrow. `caption` is for those who do not see it. */
export function renderTable<Row>(
  caption: string,
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  empty: string,
): Html {
  if (rows.length === 0) return html`<p class="empty">${empty}</p>`;
  const look = columns.length > MOST_NARROW ? "table wide" : "table";
  return html`<div class="${look}">
    <table>
      <caption class="hidden">
        ${caption}
      </caption>
      <thead>
        <tr>
          ${columns.map(
            ({ title, look }) => html`<th scope="col" class="${look ?? ""}">${title}</th>`,
          )}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          (row) =>
            html`<tr>
              ${columns.map(
                ({ title, cell, look }) =>
                  html`<td class="${look ?? ""}" data-title="${title}">${cell(row)}</td>`,
              )}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

export function renderMoney(value: Kopecks): Html {
  return html`<span class="sum">${formatMoneyRu(value)}</span>`;
}

const COUNTS = new Intl.NumberFormat("ru-RU");

/** «12 000» */
export function formatCount(count: number): string {
  return COUNTS.format(count);
}

export function renderStatus(status: EstimateStatus): Html {
  return html`<span class="badge ${status}">${STATUS_NAMES[status]}</span>`;
}

export type Look = "good" | "warn" | "bad" | "plain";

export function renderBadge(text: string, look: Look): Html {
  return html`<span class="badge ${look}">${text}</span>`;
}

/** A text and how it looks, for tables of words. */
export type BadgeWords = readonly [text: string, look: Look];

/** «22.11.2026, 14:05» */
export function renderMoment(moment: Date | null, timezone: string, never = "—"): Html {
  if (moment === null) return html`<span class="muted">${never}</span>`;
  return html`<time datetime="${moment.toISOString()}">${formatInstant(moment, timezone)}</time>`;
}

/** «25 мин», «3 ч», «2 дня» — whole units: nobody plans by the rest. */
export function formatHours(hours: number): string {
  if (hours < 1) return `${Math.max(1, Math.round(hours * 60))}\u00a0мин`;
  if (hours < 48) return `${Math.round(hours)}\u00a0ч`;
  const days = Math.round(hours / 24);
  return `${days}\u00a0${plural(days, "день", "дня", "дней")}`;
}

export function hoursBetween(from: Date, to: Date): number {
  return Math.max(0, to.getTime() - from.getTime()) / 3_600_000;
}

export function renderFacts(facts: readonly (readonly [string, Cell])[]): Html {
  return html`<dl class="facts">
    ${facts
      .filter(([, value]) => value !== "")
      .map(
        ([name, value]) =>
          html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`,
      )}
  </dl>`;
}

/** Links to the next page and back to the first one. */
export function renderPager(
  path: string,
  query: Readonly<Record<string, string>>,
  next: string | null,
): Html {
  const isFirst = query["after"] === undefined;
  if (isFirst && next === null) return html``;
  const rest = { ...query };
  delete rest["after"];
  return html`<nav class="pager" aria-label="Страницы">
    ${isFirst ? "" : html`<a class="button" href="${addressOf(path, rest)}">К началу</a>`}
    ${
      next === null
        ? ""
        : html`<a class="button" rel="next" href="${addressOf(path, { ...rest, after: next })}"
            >Дальше</a
          >`
    }
  </nav>`;
}

export function addressOf(path: string, query: Readonly<Record<string, string>>): string {
  const given = Object.entries(query).filter(([, value]) => value !== "");
  const text = new URLSearchParams(given).toString();
  return text === "" ? path : `${path}?${text}`;
}

export interface Choice {
  readonly value: string;
  readonly title: string;
}

/** One question of a filter. */
export type FilterField =
  | { readonly kind: "search"; readonly name: string; readonly title: string }
  | {
      readonly kind: "choice";
      readonly name: string;
      readonly title: string;
      readonly choices: readonly Choice[];
    };

/** A form that narrows a list: works by itself, also without a script. */
export function renderFilter(
  path: string,
  fields: readonly FilterField[],
  query: Readonly<Record<string, string>>,
): Html {
  const isNarrowed = fields.some(({ name }) => (query[name] ?? "") !== "");
  return html`<form
    class="filter"
    method="get"
    action="${path}"
    role="search"
    aria-label="В этом списке"
  >
    ${fields.map((field) => renderField(field, query[field.name] ?? ""))}
    <div class="filter-buttons">
      <button>Показать</button>
      ${isNarrowed ? html`<a class="button quiet" href="${path}">Сбросить</a>` : ""}
    </div>
  </form>`;
}

/** What the search did with a typed text, where that would surprise. */
export function renderSearched({ ids, corrections, isCut }: FoundIds): Html | string {
  if (corrections.length > 0) return renderCorrections(corrections);
  if (!isCut || ids === null) return "";
  return html`<p class="notice">
    Показаны ${ids.length} самых подходящих. Добавьте слово, чтобы искать точнее.
  </p>`;
}

export function renderCorrections(corrections: readonly string[]): Html | string {
  if (corrections.length === 0) return "";
  return html`<p class="notice">
    Точно таких слов нет. Показано похожее: ${corrections.join(", ")}
  </p>`;
}

function renderField(field: FilterField, value: string): Html {
  const id = `filter-${field.name}`;
  return html`<div class="field ${field.kind}">
    <label for="${id}">${field.title}</label>
    ${
      field.kind === "search"
        ? html`<input
            id="${id}"
            type="search"
            name="${field.name}"
            value="${value}"
            maxlength="200"
          />`
        : html`<select id="${id}" name="${field.name}">
            ${field.choices.map(
              (choice) =>
                html`<option
                  value="${choice.value}"
                  ${choice.value === value ? html`selected` : ""}
                >
                  ${choice.title}
                </option>`,
            )}
          </select>`
    }
  </div>`;
}

export function renderCard(title: string, body: Html, id?: string): Html {
  return html`<section class="card" ${id ? html`id="${id}"` : ""}>
    <h2>${title}</h2>
    ${body}
  </section>`;
}
