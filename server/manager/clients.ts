import { html } from "hono/html";
import { listClientReports } from "../../db/report_lists.ts";
import { idCursor, readIdCursor } from "../services/paging.ts";
import { explainFound, findIds } from "../services/search.ts";
import type { ManagerPage } from "./page.ts";
import { renderFilter, renderMoney, renderPager, renderSearched, renderTable } from "./parts.ts";
import { renderReasons } from "./reasons.ts";

const PATH = "/manager/clients";
const PAGE = 50;
const KINDS = { person: "человек", organisation: "организация" } as const;

/** The company's clients with what their estimates come to. */
export const clientsPage: ManagerPage = async ({ tx, actor, query }) => {
  const text = (query["q"] ?? "").slice(0, 200);
  const look = { tx, companyId: actor.companyId, readerId: null };
  const searched = await findIds(look, { text, kind: "client" });
  const found = await listClientReports(tx, actor.companyId, {
    ids: searched.ids,
    before: readIdCursor(query["after"] ?? null),
    limit: PAGE,
  });
  const rows = found.slice(0, PAGE);
  const last = rows.at(-1);
  const ids = rows.map(({ id }) => id);
  const reasons = await explainFound(look, { kind: "client", ids, terms: searched.terms });
  const body = html`<div class="card">
      ${renderFilter(PATH, [{ kind: "search", name: "q", title: "Имя, телефон, почта" }], query)}
      ${renderSearched(searched)}
      ${renderTable(
        "Клиенты",
        [
          {
            title: "Клиент",
            look: "main",
            cell: ({ id, name, kind }) =>
              html`<a href="/manager/estimates?client=${id}">${name}</a>
                ${kind === "person" ? "" : html`<span class="muted">${KINDS[kind]}</span>`}
                ${renderReasons(reasons.get(id))}`,
          },
          {
            title: "Телефон",
            cell: ({ phones }) =>
              html`<span
                >${phones.map((phone) => html`<a href="tel:${phone}">${phone}</a> `)}</span
              >`,
          },
          { title: "Почта", cell: ({ emails }) => emails.join(", ") },
          { title: "Смет", look: "figure", cell: ({ estimates }) => estimates },
          { title: "Утверждено", look: "figure", cell: ({ approved }) => renderMoney(approved) },
          { title: "Всего", look: "figure", cell: ({ total }) => renderMoney(total) },
        ],
        rows,
        "Клиентов нет.",
      )}
      ${renderPager(PATH, query, last && found.length > PAGE ? idCursor(last) : null)}
    </div>
    <p class="muted"><a href="/privacy">Что хранится о людях, где и как это стереть</a></p>`;
  return { title: "Клиенты", body };
};
