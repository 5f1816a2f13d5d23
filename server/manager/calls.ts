import { html } from "hono/html";
import { listCallReports } from "../../db/report_exchange.ts";
import { readPlace, placeAfter } from "./estimates.ts";
import type { ManagerPage } from "./page.ts";
import { renderBadge, renderFilter, renderMoment, renderPager, renderTable } from "./parts.ts";

const PATH = "/manager/calls";
const PAGE = 50;

/** Every call to an outside system. What was said is not shown: it may be about people. */
export const callsPage: ManagerPage = async ({ tx, actor, query, timezone }) => {
  const found = await listCallReports(tx, actor.companyId, {
    onlyErrors: query["errors"] === "1",
    after: readPlace(query["after"]),
    limit: PAGE,
  });
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  const choices = [
    { value: "", title: "все обращения" },
    { value: "1", title: "только с ошибкой" },
  ];
  const body = html`<div class="card">
    ${renderFilter(PATH, [{ kind: "choice", name: "errors", title: "Показывать", choices }], query)}
    ${renderTable(
      "Обращения к CRM",
      [
        { title: "Когда", look: "main", cell: ({ at }) => renderMoment(at, timezone) },
        { title: "Куда", cell: ({ account, system }) => account ?? system },
        { title: "Что", cell: ({ operation }) => html`<code>${operation}</code>` },
        {
          title: "Ответ",
          cell: ({ status, error }) =>
            html`<span
              >${renderBadge(String(status ?? "нет ответа"), error === null ? "good" : "bad")}
              ${error === null ? "" : html`<span class="muted">${error}</span>`}</span
            >`,
        },
        { title: "Время", look: "figure", cell: ({ durationMs }) => `${durationMs}\u00a0мс` },
        {
          title: "Объём",
          look: "figure",
          cell: ({ requestBytes, responseBytes }) =>
            `${formatSize(requestBytes)} → ${formatSize(responseBytes)}`,
        },
        {
          title: "Связка",
          cell: ({ correlationId }) => html`<code>${correlationId.slice(0, 8)}</code>`,
        },
      ],
      rows,
      "Обращений не было.",
    )}
    ${renderPager(PATH, query, last && found.length > PAGE ? placeAfter(last) : null)}
  </div>`;
  return { title: "Журнал обмена", body };
};

function formatSize(bytes: number): string {
  return bytes < 1024 ? `${bytes}\u00a0Б` : `${Math.round(bytes / 1024)}\u00a0КБ`;
}
