import { html } from "hono/html";
import { listProjectReports } from "../../db/report_lists.ts";
import { idCursor, readIdCursor } from "../services/paging.ts";
import { explainFound, findIds } from "../services/search.ts";
import type { ManagerPage } from "./page.ts";
import { renderFilter, renderMoney, renderPager, renderSearched, renderTable } from "./parts.ts";
import { renderReasons } from "./reasons.ts";

const PATH = "/manager/projects";
const PAGE = 50;

/** The company's objects with what their estimates come to. */
export const projectsPage: ManagerPage = async ({ tx, actor, query }) => {
  const text = (query["q"] ?? "").slice(0, 200);
  const look = { tx, companyId: actor.companyId, readerId: null };
  const searched = await findIds(look, { text, kind: "project" });
  const found = await listProjectReports(tx, actor.companyId, {
    ids: searched.ids,
    before: readIdCursor(query["after"] ?? null),
    limit: PAGE,
  });
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  const ids = rows.map(({ id }) => id);
  const reasons = await explainFound(look, { kind: "project", ids, terms: searched.terms });
  const body = html`<div class="card">
    ${renderFilter(PATH, [{ kind: "search", name: "q", title: "Название, адрес, заказчик" }], query)}
    ${renderSearched(searched)}
    ${renderTable(
      "Объекты",
      [
        {
          title: "Объект",
          look: "main",
          cell: ({ id, title, address }) =>
            html`<a href="/manager/estimates?project=${id}">${title}</a> ${
                address === "" || address === title ? "" : html`<div class="muted">${address}</div>`
              }
              ${renderReasons(reasons.get(id))}`,
        },
        { title: "Заказчик", cell: ({ clientName }) => clientName ?? "—" },
        { title: "Смет", look: "figure", cell: ({ estimates }) => estimates },
        { title: "Утверждено", look: "figure", cell: ({ approved }) => renderMoney(approved) },
        { title: "Всего", look: "figure", cell: ({ total }) => renderMoney(total) },
      ],
      rows,
      "Объектов нет.",
    )}
    ${renderPager(PATH, query, last && found.length > PAGE ? idCursor(last) : null)}
  </div>`;
  return { title: "Объекты", body };
};
