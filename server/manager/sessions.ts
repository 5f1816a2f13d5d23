import { html } from "hono/html";
import type { OpenSession } from "../../db/sessions.ts";
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
          cell: ({ id, userAgent, companyName }) =>
            html`${nameBrowser(userAgent)}
              <span class="muted">${companyName}</span>
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
    <form class="buttons" method="post" action="/manager/sessions/close">
      <button>Выйти везде</button>
    </form>
  </div>`;
}

const BROWSERS = [
  ["YaBrowser", "Яндекс Браузер"],
  ["Edg/", "Edge"],
  ["OPR/", "Opera"],
  ["Firefox/", "Firefox"],
  ["Chrome/", "Chrome"],
  ["Safari/", "Safari"],
] as const;
const SYSTEMS = [
  ["Android", "Android"],
  ["iPhone", "iPhone"],
  ["iPad", "iPad"],
  ["Windows", "Windows"],
  ["Mac OS", "macOS"],
  ["Linux", "Linux"],
] as const;

/** «Chrome, Android»: as much as a person needs to tell his devices apart. */
function nameBrowser(userAgent: string): string {
  const find = (names: readonly (readonly [string, string])[]) =>
    names.find(([mark]) => userAgent.includes(mark))?.[1];
  return [find(BROWSERS) ?? "Браузер", find(SYSTEMS)].filter(Boolean).join(", ");
}
