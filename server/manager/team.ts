import { html } from "hono/html";
import { ROLE_NAMES } from "../../domain/access.ts";
import { listMemberReports } from "../../db/report_lists.ts";
import type { ManagerPage } from "./page.ts";
import { renderMoment, renderMoney, renderTable } from "./parts.ts";

const DAYS = 30;
const DAY = 24 * 3600 * 1000; // ms
const MANY_MEMBERS = 500;

/** Who did what lately. */
export const teamPage: ManagerPage = async ({ tx, actor, now, timezone }) => {
  const since = new Date(now.getTime() - DAYS * DAY);
  const members = await listMemberReports(tx, actor.companyId, since, MANY_MEMBERS);
  const body = html`<div class="card">
    ${renderTable(
      "Люди компании",
      [
        {
          title: "Человек",
          look: "main",
          cell: ({ id, name, role }) =>
            html`<a href="/manager/estimates?foreman=${id}">${name}</a>
              <span class="muted">${ROLE_NAMES[role]}</span>`,
        },
        { title: "Черновиков", look: "figure", cell: ({ drafts }) => drafts },
        { title: "На согласовании", look: "figure", cell: ({ submitted }) => submitted },
        { title: "Утверждено", look: "figure", cell: ({ approved }) => approved },
        {
          title: "Утверждено на",
          look: "figure",
          cell: ({ approvedTotal }) => renderMoney(approvedTotal),
        },
        { title: `Отправил за ${DAYS} дней`, look: "figure", cell: ({ sent }) => sent },
        { title: `Решил за ${DAYS} дней`, look: "figure", cell: ({ decided }) => decided },
        {
          title: "Смета менялась",
          cell: ({ lastChangeAt }) => renderMoment(lastChangeAt, timezone, "ещё нет"),
        },
      ],
      members,
      "В команде никого нет.",
    )}
  </div>`;
  return { title: "Команда", body };
};
