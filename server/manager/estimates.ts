import { html } from "hono/html";
import { z } from "zod";
import { formatDayShort, parseDay } from "../../domain/calendar.ts";
import { ESTIMATE_STATUSES, STATUS_NAMES } from "../../domain/estimate/status.ts";
import { type Id, idSchema, packId, unpackId } from "../../domain/ids.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { SearchReason } from "../../domain/search.ts";
import { plural } from "../../domain/words_ru.ts";
import { listMembers } from "../../db/memberships.ts";
import {
  countEstimateReports,
  ESTIMATE_ORDERS,
  type EstimateReport,
  type EstimateReportFilter,
  listEstimateReports,
} from "../../db/report_estimates.ts";
import type { Html } from "../pages/layout.ts";
import { staleCursor } from "../services/paging.ts";
import { explainFound, findIds } from "../services/search.ts";
import type { ManagerPage } from "./page.ts";
import {
  type FilterField,
  renderFilter,
  renderMoment,
  renderMoney,
  renderPager,
  renderSearched,
  renderStatus,
  renderTable,
} from "./parts.ts";
import { renderReasons } from "./reasons.ts";

const PATH = "/manager/estimates";
const PAGE = 50;
const MANY_MEMBERS = 200;

const oneId = idSchema.nullable().catch(null);
const filterSchema = z.object({
  q: z.string().max(200).catch("").default(""),
  status: z.enum(ESTIMATE_STATUSES).nullable().catch(null).default(null),
  foreman: oneId.default(null),
  project: oneId.default(null),
  client: oneId.default(null),
  order: z.enum(ESTIMATE_ORDERS).catch("newest").default("newest"),
});

/** What a list is narrowed to, of the address of its page: what can't be read narrows nothing. */
export function readEstimateFilter(
  query: Readonly<Record<string, string>>,
): Omit<EstimateReportFilter, "ids" | "after" | "limit"> & { readonly text: string } {
  const read = filterSchema.parse(query);
  return {
    text: read.q,
    status: read.status,
    foremanId: read.foreman,
    projectId: read.project,
    clientId: read.client,
    order: read.order,
  };
}

/** The fields of an address that narrow the list, and nothing else of it. */
export function filterOf(query: Readonly<Record<string, string>>): Record<string, string> {
  const names = Object.keys(filterSchema.shape);
  return Object.fromEntries(Object.entries(query).filter(([name]) => names.includes(name)));
}

/** Of the last row of a page, for the next one. */
export function placeAfter({ id, place }: Pick<EstimateReport, "id" | "place">): string {
  return `${packId(id)}${place}`;
}

/** Throws `invalid` for what `placeAfter` never makes. */
export function readPlace(after: string | undefined): { place: string; id: Id } | null {
  if (after === undefined) return null;
  const id = unpackId(after.slice(0, 22));
  const place = after.slice(22);
  if (id === null || !/^[\d .:+-]{0,40}$/.test(place)) throw staleCursor();
  return { id, place };
}

/** Every estimate of the company: searched, narrowed, sorted, page by page. */
export const estimatesPage: ManagerPage = async ({ tx, actor, query, timezone }) => {
  const { companyId } = actor;
  const { text, ...narrowed } = readEstimateFilter(query);
  const look = { tx, companyId, readerId: null };
  const searched = await findIds(look, { text, kind: "estimate" });
  const after = readPlace(query["after"]);
  const filter = { ...narrowed, ids: searched.ids, after, limit: PAGE };
  const [found, counted, members] = await Promise.all([
    listEstimateReports(tx, companyId, filter),
    countEstimateReports(tx, companyId, filter),
    listMembers(tx, companyId, MANY_MEMBERS),
  ]);
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  const ids = rows.map(({ id }) => id);
  const reasons = await explainFound(look, { kind: "estimate", ids, terms: searched.terms });
  const next = last && found.length > PAGE ? placeAfter(last) : null;
  const foremen = members.map(({ userId, name }) => ({ value: userId, title: name }));
  const body = html`<div class="card">
    ${renderFilter(PATH, fieldsOf(foremen), query)} ${renderNarrowed(query)}
    ${renderSearched(searched)}
    <div class="above">
      <p>
        <b>${counted.count}</b> ${plural(counted.count, "смета", "сметы", "смет")} на
        <b class="sum">${formatMoneyRu(counted.total)}</b>
      </p>
      ${renderExport(query)}
    </div>
    ${renderRows(rows, timezone, reasons)} ${renderPager(PATH, query, next)}
  </div>`;
  return { title: "Сметы", body };
};

function fieldsOf(foremen: readonly { value: string; title: string }[]): FilterField[] {
  return [
    { kind: "search", name: "q", title: "Номер, объект, заказчик, телефон, работа" },
    {
      kind: "choice",
      name: "status",
      title: "Состояние",
      choices: [
        { value: "", title: "все, кроме архива" },
        ...ESTIMATE_STATUSES.map((status) => ({ value: status, title: STATUS_NAMES[status] })),
      ],
    },
    {
      kind: "choice",
      name: "foreman",
      title: "Прораб",
      choices: [{ value: "", title: "все" }, ...foremen],
    },
    {
      kind: "choice",
      name: "order",
      title: "Порядок",
      choices: [
        { value: "", title: "сначала новые" },
        { value: "changed", title: "недавно изменённые" },
        { value: "sum", title: "сначала дорогие" },
      ],
    },
  ];
}

/** A list that was opened from an object or a client says so: the filter has no field for it. */
function renderNarrowed(query: Readonly<Record<string, string>>): Html | string {
  if (query["project"] === undefined && query["client"] === undefined) return "";
  const what = query["project"] === undefined ? "одного заказчика" : "одного объекта";
  return html`<p class="notice">Сметы ${what}. <a href="${PATH}">Показать все</a></p>`;
}

function renderExport(query: Readonly<Record<string, string>>): Html {
  return html`<form class="buttons" method="post" action="/manager/exports">
    ${Object.entries(filterOf(query)).map(
      ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
    )}
    <button class="second" name="format" value="xlsx">Скачать Excel</button>
    <button class="second" name="format" value="csv">CSV</button>
  </form>`;
}

function renderRows(
  rows: readonly EstimateReport[],
  timezone: string,
  reasons: ReadonlyMap<Id, readonly SearchReason[]>,
): Html {
  return renderTable(
    "Сметы",
    [
      {
        title: "Номер",
        look: "main",
        cell: ({ id, number }) => html`<a class="number" href="${PATH}/${id}">${number}</a>`,
      },
      {
        title: "Объект",
        cell: ({ id, projectTitle, title, clientName }) =>
          html`<span
            >${projectTitle ?? (title || "Без объекта")}
            ${clientName === null ? "" : html`<span class="muted">· ${clientName}</span>`}
            ${renderReasons(reasons.get(id))}</span
          >`,
      },
      { title: "Прораб", cell: ({ foremanName }) => foremanName },
      { title: "Дата", cell: ({ date }) => html`<span class="sum">${formatDate(date)}</span>` },
      { title: "Состояние", cell: ({ status }) => renderStatus(status) },
      { title: "Строк", look: "figure", cell: ({ lineCount }) => lineCount },
      { title: "Изменена", cell: ({ updatedAt }) => renderMoment(updatedAt, timezone) },
      { title: "Сумма", look: "figure", cell: ({ total }) => renderMoney(total) },
    ],
    rows,
    "Таких смет нет. Попробуйте другие слова или сбросьте фильтр.",
  );
}

export function formatDate(date: string): string {
  const day = parseDay(date);
  return day === null ? date : formatDayShort(day);
}
