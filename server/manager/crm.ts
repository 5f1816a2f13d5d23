import { html } from "hono/html";
import { CRM_NAMES } from "../../domain/crm.ts";
import { type DeadLetter, nameOfWork } from "../../domain/dead_letters.ts";
import { plural } from "../../domain/words_ru.ts";
import { listDeadLetters } from "../../db/dead_letters.ts";
import {
  type ConnectionReport,
  type FailedPush,
  listConnectionReports,
  listFailedPushes,
} from "../../db/report_exchange.ts";
import type { Html } from "../pages/layout.ts";
import type { ManagerPage, PageRequest } from "./page.ts";
import {
  formatHours,
  hoursBetween,
  type Look,
  renderBadge,
  renderCard,
  renderFacts,
  renderMoment,
  renderTable,
} from "./parts.ts";

const DAY = 24 * 3600 * 1000; // ms
const MANY = 50;
/** Scans are hourly: after two the data is old. */
const LATE_SYNC = 2; // hours
const LATE_PUSH = 0.5; // hours

/** Whether the CRMs and we know the same. */
export const crmPage: ManagerPage = async (request) => {
  const { tx, actor, now, timezone } = request;
  const since = new Date(now.getTime() - DAY);
  const [connections, failed, letters] = await Promise.all([
    listConnectionReports(tx, actor.companyId, since, MANY),
    listFailedPushes(tx, actor.companyId, MANY),
    listDeadLetters(tx, actor.companyId, { before: null, limit: MANY }),
  ]);
  const body = html`${
    connections.length === 0
      ? html`<div class="card">
          <p class="empty">CRM не подключена. Владелец подключает её в чате: «⚙️ Настройки».</p>
        </div>`
      : connections.map((connection) => renderConnection(request, connection))
  }
  ${renderCard("Не отправлены", renderFailed(failed, timezone))}
  ${renderCard("Работа, которая не удалась", renderLetters(letters, timezone))}`;
  return { title: "CRM", body };
};

function renderConnection({ now, timezone }: PageRequest, connection: ConnectionReport): Html {
  const { completeAt, inboxSince, pushesSince } = connection;
  const syncHours = completeAt === null ? null : hoursBetween(completeAt, now);
  const title = `${CRM_NAMES[connection.kind]} · ${connection.account}`;
  return renderCard(
    title,
    html`${connection.problem === null ? "" : html`<p class="notice bad">${connection.problem}</p>`}
      ${renderFacts([
        ["Состояние", renderState(connection, syncHours)],
        [
          "Последняя синхронизация",
          html`${renderMoment(completeAt, timezone, "ещё не было")}
          ${
            syncHours === null
              ? ""
              : html` <span class="muted">${formatHours(syncHours)} назад</span>`
          }`,
        ],
        ["Прочитано в последний раз", describeRead(connection)],
        [
          "Последнее событие из CRM",
          renderMoment(connection.lastEventAt, timezone, "не приходило"),
        ],
        ["Ждёт чтения", describeQueue(connection.inbox, inboxSince, now)],
        ["Ждёт отправки", describeQueue(connection.pushesWaiting, pushesSince, now)],
        ["Не отправлено", String(connection.pushesFailed)],
        ["Обращений за сутки", `${connection.calls}, с ошибкой ${connection.errors}`],
        [
          "Обычно отвечает за",
          connection.medianDuration === null
            ? "—"
            : `${Math.round(connection.medianDuration)}\u00a0мс`,
        ],
      ])}
      ${
        connection.syncError === null
          ? ""
          : html`<p class="notice warn">Синхронизация: ${connection.syncError}</p>`
      }
      <p><a href="/manager/calls?errors=1">Ошибки обмена</a></p>`,
  );
}

function renderState(connection: ConnectionReport, syncHours: number | null): Html {
  const [text, look] = stateOf(connection, syncHours);
  return renderBadge(text, look);
}

function stateOf(connection: ConnectionReport, syncHours: number | null): readonly [string, Look] {
  if (connection.state === "stopped") return ["остановлена", "bad"];
  if (connection.syncState === "failed") return ["синхронизация не удалась", "bad"];
  if (connection.syncState === "running") return ["синхронизация идёт", "plain"];
  if (syncHours === null || syncHours > LATE_SYNC) return ["данные устарели", "warn"];
  if (connection.pushesFailed > 0) return ["есть неотправленные", "warn"];
  return ["в порядке", "good"];
}

function describeRead({ clients, deals }: ConnectionReport): string {
  return (
    `${clients} ${plural(clients, "клиент", "клиента", "клиентов")}, ` +
    `${deals} ${plural(deals, "сделка", "сделки", "сделок")}`
  );
}

function describeQueue(count: number, since: Date | null, now: Date): Html | string {
  if (count === 0 || since === null) return "0";
  const hours = hoursBetween(since, now);
  return html`${count}
  ${renderBadge(`самое старое: ${formatHours(hours)}`, hours > LATE_PUSH ? "warn" : "plain")}`;
}

function renderFailed(failed: readonly FailedPush[], timezone: string): Html {
  return renderTable(
    "Сметы, которые не дошли до CRM",
    [
      {
        title: "Смета",
        look: "main",
        cell: ({ estimateId, number }) =>
          html`<a class="number" href="/manager/estimates/${estimateId}">${number}</a>`,
      },
      { title: "CRM", cell: ({ account }) => account },
      { title: "Почему", cell: ({ error }) => error ?? "—" },
      { title: "Попыток", look: "figure", cell: ({ attempts }) => attempts },
      { title: "Когда", cell: ({ at }) => renderMoment(at, timezone) },
    ],
    failed,
    "Всё, что утверждено, дошло.",
  );
}

function renderLetters(letters: readonly DeadLetter[], timezone: string): Html {
  return renderTable(
    "Работа, которая не удалась после всех попыток",
    [
      { title: "Что", look: "main", cell: ({ queue }) => nameOfWork(queue) },
      { title: "Когда", cell: ({ diedAt }) => renderMoment(diedAt, timezone) },
      {
        title: "Состояние",
        cell: ({ retriedAt }) =>
          retriedAt === null
            ? renderBadge("ждёт", "warn")
            : html`<span>повторено ${renderMoment(retriedAt, timezone)}</span>`,
      },
    ],
    letters,
    "Такой нет.",
  );
}
