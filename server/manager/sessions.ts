import { html } from "hono/html";
import type { OpenSession } from "../../db/sessions.ts";
import { nameBrowser } from "../../domain/browsers.ts";
import type { Id } from "../../domain/ids.ts";
import type { Html } from "../pages/layout.ts";
import { renderBadge, renderMoment, renderTable } from "./parts.ts";

/** Where the person is logged in, and how to end it. */
export function renderSessions(
  sessions: readonly OpenSession[],
  currentId: Id,
  timezone: string,
): Html {
  return html`<div class="card">
    ${renderTable(
      "Мои входы",
      [
        {
          title: "Где",
          look: "main",
          cell: ({ id, kind, userAgent, companyName }) =>
            html`${nameBrowser(userAgent)}
              <span class="muted">${kind === "browser" ? "приложение, " : ""}${companyName}</span>
              ${id === currentId ? renderBadge("этот вход", "good") : ""}`,
        },
        { title: "Вход", cell: ({ createdAt }) => renderMoment(createdAt, timezone) },
        { title: "Был здесь", cell: ({ usedAt }) => renderMoment(usedAt, timezone) },
        { title: "Действует до", cell: ({ expiresAt }) => renderMoment(expiresAt, timezone) },
        {
          title: "Закрыть",
          cell: ({ id }) =>
            html`<form method="post" action="/manager/sessions/${id}/close">
              <button class="second">Выйти</button>
            </form>`,
        },
      ],
      sessions,
      "Входов нет.",
    )}
    <form class="buttons" method="post" action="/manager/logout/everywhere">
      <button>Выйти везде</button>
    </form>
  </div>`;
}
