import { html } from "hono/html";
import { dayIn } from "../../domain/calendar.ts";
import { ESTIMATE_STATUSES, STATUS_NAMES } from "../../domain/estimate/status.ts";
import { ZERO } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { plural } from "../../domain/words_ru.ts";
import {
  type ForemanSum,
  type Funnel,
  listLongestWaiting,
  measureFunnel,
  type MonthSum,
  type StatusSum,
  sumByForeman,
  sumByMonth,
  sumByStatus,
  type WaitingEstimate,
} from "../../db/report_overview.ts";
import type { Html } from "../pages/layout.ts";
import { type MonthColumn, renderBar, renderMonths } from "./charts.ts";
import type { ManagerPage, PageRequest } from "./page.ts";
import {
  formatHours,
  hoursBetween,
  renderBadge,
  renderCard,
  renderMoney,
  renderTable,
} from "./parts.ts";

const MONTHS = 12;
const SHOWN = 10;

/** Money by status, month and person, how estimates become approved, and what waits. */
export const overviewPage: ManagerPage = async (request) => {
  const { tx, actor, now, timezone } = request;
  const { companyId } = actor;
  const months = lastMonths(dayIn(timezone, now).slice(0, 7), MONTHS);
  const since = `${months[0]}-01`;
  const [statuses, byMonth, foremen, funnel, waiting] = await Promise.all([
    sumByStatus(tx, companyId),
    sumByMonth(tx, companyId, since),
    sumByForeman(tx, companyId, since, SHOWN),
    measureFunnel(tx, companyId, new Date(`${since}T00:00:00Z`)),
    listLongestWaiting(tx, companyId, SHOWN),
  ]);
  const body = html`${renderStatuses(statuses)}
    <div class="grid two">
      ${renderCard("Деньги по месяцам", renderMonthSums(months, byMonth))}
      ${renderCard("От черновика до утверждения", renderFunnel(funnel))}
      ${renderCard("По прорабам за год", renderForemen(foremen))}
      ${renderCard("Дольше всего ждут решения", renderWaiting(request, waiting))}
    </div>`;
  return { title: "Обзор", body };
};

function renderStatuses(sums: readonly StatusSum[]): Html {
  return html`<div class="tiles">
    ${ESTIMATE_STATUSES.map((status) => {
      const found = sums.find((sum) => sum.status === status);
      const count = found?.count ?? 0;
      return html`<a class="tile" href="/manager/estimates?status=${status}">
        <span class="badge ${status}">${STATUS_NAMES[status]}</span>
        <b class="sum">${formatMoneyRu(found?.total ?? ZERO)}</b>
        <span class="muted">${count} ${plural(count, "смета", "сметы", "смет")}</span>
      </a>`;
    })}
  </div>`;
}

function renderMonthSums(months: readonly string[], sums: readonly MonthSum[]): Html {
  const columns = months.map((month): MonthColumn => {
    const found = sums.find((sum) => sum.month === month);
    const day = new Date(`${month}-15T00:00:00Z`);
    return {
      label: nameMonth(day, { month: "short" }).slice(0, 3),
      title: nameMonth(day, { month: "long", year: "numeric" }),
      total: found?.total ?? 0n,
      part: found?.approved ?? 0n,
      totalText: formatMoneyRu(found?.total ?? ZERO),
      partText: formatMoneyRu(found?.approved ?? ZERO),
    };
  });
  return renderMonths("Сметы по месяцам", { total: "Все сметы", part: "Утверждённые" }, columns);
}

function nameMonth(day: Date, options: Intl.DateTimeFormatOptions): string {
  return new Intl.DateTimeFormat("ru-RU", { timeZone: "UTC", ...options })
    .format(day)
    .replace(" г.", "");
}

/** "2026-11" and the months before it, oldest first. */
function lastMonths(last: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    const day = new Date(`${last}-01T00:00:00Z`);
    day.setUTCMonth(day.getUTCMonth() - (count - 1 - index));
    return day.toISOString().slice(0, 7);
  });
}

function renderFunnel(funnel: Funnel): Html {
  const { created, submitted, approved } = funnel;
  if (created === 0) return html`<p class="empty">За последний год смет ещё не было.</p>`;
  const share = (count: number) => `${Math.round((count / created) * 100)}\u00a0%`;
  const step = (title: string, count: number) =>
    html`<span>${title}</span><span class="sum">${count} · ${share(count)}</span> ${renderBar(
        BigInt(count),
        BigInt(created),
      )}`;
  const between = (text: string, hours: number | null) =>
    hours === null
      ? ""
      : html`<li class="between">↓ ${text}: обычно ${formatHours(hours)} (половина быстрее)</li>`;
  return html`<ol class="steps">
      <li>${step("Создано", created)}</li>
      ${between("до отправки", funnel.hoursToSubmit)}
      <li>${step("Отправлено", submitted)}</li>
      ${between("до утверждения", funnel.hoursToApprove)}
      <li>${step("Утверждено", approved)}</li>
    </ol>
    <p class="muted">За последние ${MONTHS} месяцев</p>`;
}

function renderForemen(foremen: readonly ForemanSum[]): Html {
  const most = foremen.reduce((largest, { total }) => (total > largest ? total : largest), ZERO);
  return renderTable(
    "Сметы по прорабам",
    [
      {
        title: "Прораб",
        look: "main",
        cell: ({ id, name, total }) =>
          html`<a href="/manager/estimates?foreman=${id}">${name}</a> ${renderBar(total, most)}`,
      },
      { title: "Смет", look: "figure", cell: ({ count }) => count },
      { title: "Сумма", look: "figure", cell: ({ total }) => renderMoney(total) },
      { title: "Утверждено", look: "figure", cell: ({ approved }) => renderMoney(approved) },
    ],
    foremen,
    "За последний год смет ещё не было.",
  );
}

const LONG_WAIT = 72; // hours

function renderWaiting({ now }: PageRequest, waiting: readonly WaitingEstimate[]): Html {
  return renderTable(
    "Сметы, которые ждут решения",
    [
      {
        title: "Смета",
        look: "main",
        cell: ({ id, number, title }) =>
          html`<a class="number" href="/manager/estimates/${id}">${number}</a>
            <div class="muted">${title}</div>`,
      },
      {
        title: "Кто решает",
        cell: ({ audience, clientName }) =>
          audience === "client" ? `заказчик${clientName ? `, ${clientName}` : ""}` : "руководитель",
      },
      { title: "Сумма", look: "figure", cell: ({ total }) => renderMoney(total) },
      {
        title: "Ждёт",
        look: "figure",
        cell: ({ since }) => {
          const hours = hoursBetween(since, now);
          return renderBadge(formatHours(hours), hours > LONG_WAIT ? "warn" : "plain");
        },
      },
    ],
    waiting,
    "Никто не ждёт: все сметы решены.",
  );
}
