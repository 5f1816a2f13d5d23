import { html } from "hono/html";
import { z } from "zod";
import { nameOfKind } from "../../domain/notifications.ts";
import { listNotificationReports } from "../../db/report_exchange.ts";
import { idCursor, readIdCursor } from "../services/paging.ts";
import type { ManagerPage } from "./page.ts";
import { renderBadge, renderFilter, renderMoment, renderPager, renderTable } from "./parts.ts";

const PATH = "/manager/notifications";
const PAGE = 50;

const STATUSES = {
  waiting: ["ждёт", "plain"],
  sent: ["доставлено", "good"],
  failed: ["не доставлено", "bad"],
  muted: ["отключено человеком", "plain"],
} as const;
const statusSchema = z.enum(["waiting", "sent", "failed", "muted"]).nullable().catch(null);

/** What was told to whom, and whether it arrived. */
export const notificationsPage: ManagerPage = async ({ tx, actor, query, timezone }) => {
  const found = await listNotificationReports(tx, actor.companyId, {
    status: statusSchema.parse(query["status"] ?? null),
    before: readIdCursor(query["after"] ?? null),
    limit: PAGE,
  });
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  const choices = [
    { value: "", title: "все" },
    ...Object.entries(STATUSES).map(([value, [title]]) => ({ value, title })),
  ];
  const body = html`<div class="card">
    ${renderFilter(PATH, [{ kind: "choice", name: "status", title: "Доставка", choices }], query)}
    ${renderTable(
      "Уведомления",
      [
        {
          title: "О чём",
          look: "main",
          cell: ({ kind, estimateId, count }) =>
            html`${
              estimateId === null
                ? nameOfKind(kind)
                : html`<a href="/manager/estimates/${estimateId}">${nameOfKind(kind)}</a>`
            }
            ${count > 1 ? html`<span class="muted">× ${count}</span>` : ""}`,
        },
        { title: "Кому", cell: ({ personName }) => personName ?? "—" },
        {
          title: "Доставка",
          cell: ({ status, error }) => {
            const [text, look] = STATUSES[status];
            return html`<span
              >${renderBadge(text, look)}
              ${error === null ? "" : html`<span class="muted">${error}</span>`}</span
            >`;
          },
        },
        { title: "Попыток", look: "figure", cell: ({ attempts }) => attempts },
        { title: "Создано", cell: ({ createdAt }) => renderMoment(createdAt, timezone) },
        { title: "Доставлено", cell: ({ deliveredAt }) => renderMoment(deliveredAt, timezone) },
      ],
      rows,
      "Уведомлений нет.",
    )}
    ${renderPager(PATH, query, last && found.length > PAGE ? idCursor(last) : null)}
  </div>`;
  return { title: "Уведомления", body };
};
