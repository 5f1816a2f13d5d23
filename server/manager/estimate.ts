import { html } from "hono/html";
import type { Revision } from "../../domain/agreement.ts";
import { REVISION_STATUS_NAMES } from "../../domain/agreement.ts";
import { formatDay } from "../../domain/calendar.ts";
import { CRM_NAMES, type CrmKind } from "../../domain/crm.ts";
import { isEditable } from "../../domain/estimate/status.ts";
import type { Question } from "../../domain/questions.ts";
import type { EstimateCard } from "../../domain/services.ts";
import type { ShareLink } from "../../domain/sharing.ts";
import { describeVat } from "../../domain/vat.ts";
import {
  type DocumentReport,
  listDocumentReports,
  listPushReports,
  listVersions,
  type PushReport,
  type VersionReport,
} from "../../db/report_estimates.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { Html } from "../pages/layout.ts";
import { renderContent } from "./estimate_content.ts";
import type { ManagerPage } from "./page.ts";
import {
  type BadgeWords,
  renderBadge,
  renderCard,
  renderFacts,
  renderMoment,
  renderMoney,
  renderPager,
  renderStatus,
  renderTable,
} from "./parts.ts";

const VERSIONS = 30;
const MANY = 50;
/** Of a list that the page shows whole, newest first. */
const MOST = 100;

/** Everything about one estimate. */
export const estimatePage: ManagerPage = async ({ tx, actor, services, id, query, timezone }) => {
  const { card, content } = await services.estimates.content(id);
  const before = /^\d{1,9}$/.test(query["after"] ?? "") ? Number(query["after"]) : null;
  const [revisionPage, versions, documents, pushes, questionPage, linkPage] = await Promise.all([
    services.agreement.revisions(id, { limit: MOST }),
    listVersions(tx, actor.companyId, id, { before, limit: VERSIONS + 1 }),
    listDocumentReports(tx, actor.companyId, id, MANY),
    listPushReports(tx, actor.companyId, id, MANY),
    services.questions.list(id, { limit: MOST }),
    services.sharing.links(id, { limit: MOST }),
  ]);
  const [revisions, questions, links] = [revisionPage.items, questionPage.items, linkPage.items];
  const body = html`${renderHead(card)}
    <nav class="jump" aria-label="На этой странице">
      <a href="#content">Содержание</a> <a href="#agreement">Версии и согласование</a>
      <a href="#history">История</a> <a href="#documents">Документы</a> <a href="#crm">CRM</a>
    </nav>
    ${renderCard("Содержание", renderContent(card, content), "content")}
    ${renderCard("Версии и согласование", renderRevisions(card, revisions, timezone), "agreement")}
    ${
      questions.length === 0
        ? ""
        : renderCard("Вопросы заказчика", renderQuestions(questions, timezone))
    }
    ${links.length === 0 ? "" : renderCard("Ссылки для заказчика", renderLinks(links, timezone))}
    ${renderCard("История изменений", renderVersions(card, versions, query, timezone), "history")}
    <div class="grid two">
      ${renderCard("Документы", renderDocuments(documents, timezone), "documents")}
      ${renderCard("CRM", renderPushes(pushes, timezone), "crm")}
    </div>`;
  return { title: `Смета ${card.number}`, body };
};

function renderHead(card: EstimateCard): Html {
  return html`<section class="card">
    <div class="total sum">${formatMoneyRu(card.totals.total)}</div>
    ${renderFacts([
      ["Состояние", renderStatus(card.status)],
      ["Название", card.title],
      [
        "Объект",
        card.project
          ? html`<a href="/manager/estimates?project=${card.project.id}"
              >${card.project.title}${
                card.project.address === "" ? "" : `, ${card.project.address}`
              }</a
            >`
          : "",
      ],
      [
        "Заказчик",
        card.client
          ? html`<a href="/manager/estimates?client=${card.client.id}">${card.client.name}</a>`
          : "",
      ],
      ["Прораб", card.foremanName],
      ["Дата", formatDay(card.date)],
      ["Действует до", card.validUntil === null ? "" : formatDay(card.validUntil)],
      ["НДС", describeVat(card.vat, card.date)],
      ["Версия", `${card.revision} (изменений: ${card.version})`],
    ])}
  </section>`;
}

function renderRevisions(
  card: EstimateCard,
  revisions: readonly Revision[],
  timezone: string,
): Html {
  const address = `/manager/estimates/${card.id}/compare`;
  const now = isEditable(card.status) ? revisions[0] : undefined;
  return html`${
    now
      ? html`<p>
          <a href="${address}?from=${now.revision}&amp;to=now"
            >Что изменилось после версии ${now.revision}</a
          >
        </p>`
      : ""
  }
  ${renderTable(
    "Версии сметы",
    [
      {
        title: "Версия",
        look: "main",
        cell: ({ revision, sha256 }) =>
          html`${revision} <a class="hash" href="/v/${sha256}">${sha256.slice(0, 12)}…</a>`,
      },
      {
        title: "Состояние",
        cell: ({ status }) => renderBadge(REVISION_STATUS_NAMES[status], LOOKS[status]),
      },
      {
        title: "Отправил",
        cell: ({ submittedBy, submittedAt }) =>
          html`<span>${submittedBy.name}, ${renderMoment(submittedAt, timezone)}</span>`,
      },
      {
        title: "Кто решил",
        cell: ({ decisions, audience }) =>
          decisions.length === 0
            ? audience === "client"
              ? "ждёт заказчика"
              : "ждёт руководителя"
            : html`<span
                >${decisions.map(
                  ({ side, name, decision, decidedAt, reason }) =>
                    html`<span
                      >${side === "client" ? "заказчик" : "компания"}: ${name},
                      ${decision === "approved" ? "согласовано" : "возвращено"}
                      ${renderMoment(decidedAt, timezone)}${reason === "" ? "" : ` — ${reason}`}
                    </span>`,
                )}</span
              >`,
      },
      { title: "Сумма", look: "figure", cell: ({ total }) => renderMoney(total) },
      {
        title: "Сравнить",
        cell: ({ revision }) =>
          revision > 1
            ? html`<a href="${address}?from=${revision - 1}&amp;to=${revision}"
                >с версией ${revision - 1}</a
              >`
            : "",
      },
    ],
    revisions,
    "На согласование ещё не отправляли.",
  )}`;
}

const LOOKS = {
  submitted: "plain",
  approved: "good",
  returned: "warn",
  withdrawn: "plain",
  superseded: "plain",
} as const;

function renderQuestions(questions: readonly Question[], timezone: string): Html {
  return renderTable(
    "Вопросы заказчика",
    [
      {
        title: "Вопрос",
        look: "main",
        cell: ({ text, line }) =>
          html`${text}${line ? html`<div class="muted">о строке «${line.name}»</div>` : ""}`,
      },
      { title: "Когда", cell: ({ askedAt }) => renderMoment(askedAt, timezone) },
      {
        title: "Ответ",
        cell: ({ answer, answeredByName }) =>
          answer === null
            ? renderBadge("ждёт ответа", "warn")
            : html`<span>${answer} <span class="muted">${answeredByName ?? ""}</span></span>`,
      },
    ],
    questions,
    "",
  );
}

function renderLinks(links: readonly ShareLink[], timezone: string): Html {
  return renderTable(
    "Ссылки для заказчика",
    [
      {
        title: "Сделана",
        look: "main",
        cell: ({ createdAt, createdByName, revision }) =>
          html`${renderMoment(createdAt, timezone)}
            <span class="muted">${createdByName}, версия ${revision}</span>`,
      },
      {
        title: "Работает",
        cell: ({ isRevoked, expiresAt }) =>
          isRevoked ? renderBadge("отозвана", "plain") : renderMoment(expiresAt, timezone),
      },
      { title: "Открывали", look: "figure", cell: ({ viewCount }) => viewCount },
      {
        title: "Последний раз",
        cell: ({ lastViewedAt }) => renderMoment(lastViewedAt, timezone, "не открывали"),
      },
    ],
    links,
    "",
  );
}

const SOURCES: Readonly<Record<string, string>> = {
  bot: "чат",
  miniapp: "приложение",
  api: "другая программа",
  crm: "CRM",
  import: "загрузка файла",
  page: "страница заказчика",
};

const CHANGES: Readonly<Record<string, string>> = {
  "section.add": "добавлен раздел",
  "section.set": "изменён раздел",
  "section.move": "изменён порядок",
  "section.remove": "удалён раздел",
  "line.add": "добавлены строки",
  "line.set": "изменены строки",
  "line.move": "изменён порядок",
  "line.remove": "удалены строки",
  "adjustment.add": "добавлено начисление",
  "adjustment.set": "изменено начисление",
  "adjustment.remove": "удалено начисление",
  "estimate.set": "изменены условия",
};

function renderVersions(
  card: EstimateCard,
  versions: readonly VersionReport[],
  query: Readonly<Record<string, string>>,
  timezone: string,
): Html {
  const shown = versions.slice(0, VERSIONS);
  const last = shown.at(-1);
  const next = last && versions.length > VERSIONS ? String(last.version) : null;
  return html`${renderTable(
    "История изменений",
    [
      { title: "Когда", look: "main", cell: ({ at }) => renderMoment(at, timezone) },
      { title: "Кто", cell: ({ byName }) => byName ?? "—" },
      {
        title: "Откуда",
        cell: ({ source }) => html`<span class="whole">${SOURCES[source] ?? source}</span>`,
      },
      {
        title: "Что",
        cell: ({ types }) => [...new Set(types.map((type) => CHANGES[type] ?? type))].join(", "),
      },
      { title: "Изменений", look: "figure", cell: ({ changes }) => changes },
    ],
    shown,
    "Изменений не было.",
  )}
  ${renderPager(`/manager/estimates/${card.id}`, query, next)}`;
}

const DOCUMENT_STATES = {
  ordered: ["готовится", "plain"],
  ready: ["готов", "good"],
  sent: ["готов", "good"],
  failed: ["не получился", "bad"],
} as const satisfies Record<DocumentReport["status"], BadgeWords>;

function renderDocuments(documents: readonly DocumentReport[], timezone: string): Html {
  return renderTable(
    "Документы",
    [
      {
        title: "Файл",
        look: "main",
        cell: ({ id, fileName, format, status }) => {
          const name = fileName || format.toUpperCase();
          const isReady = status === "ready" || status === "sent";
          return isReady ? html`<a href="/manager/documents/${id}">${name}</a>` : name;
        },
      },
      {
        title: "Состояние",
        cell: ({ status }) => {
          const [text, look] = DOCUMENT_STATES[status];
          return renderBadge(text, look);
        },
      },
      { title: "Заказан", cell: ({ createdAt }) => renderMoment(createdAt, timezone) },
    ],
    documents,
    "PDF и Excel ещё не делали.",
  );
}

const PUSH_STATES: Readonly<Record<string, BadgeWords>> = {
  waiting: ["ждёт отправки", "plain"],
  sending: ["отправляется", "plain"],
  unknown: ["проверяем, дошла ли", "plain"],
  done: ["в CRM", "good"],
  failed: ["не отправлена", "bad"],
};

function renderPushes(pushes: readonly PushReport[], timezone: string): Html {
  return renderTable(
    "Смета в CRM",
    [
      {
        title: "CRM",
        look: "main",
        cell: ({ kind, account, dealId }) =>
          html`${CRM_NAMES[kind as CrmKind]} · ${account}
          ${dealId === null ? "" : html`<span class="muted">сделка ${dealId}</span>`}`,
      },
      {
        title: "Состояние",
        cell: ({ state, error }) => {
          const [text, look] = PUSH_STATES[state] ?? [state, "plain"];
          return html`<span
            >${renderBadge(text, look)}
            ${error === null ? "" : html`<span class="muted">${error}</span>`}</span
          >`;
        },
      },
      { title: "Версия", look: "figure", cell: ({ revision }) => revision },
      { title: "Когда", cell: ({ updatedAt }) => renderMoment(updatedAt, timezone) },
    ],
    pushes,
    "В CRM эту смету не отправляли: туда уходят утверждённые.",
  );
}
