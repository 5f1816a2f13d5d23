import { html } from "hono/html";
import { dealAddress } from "../../domain/crm_addresses.ts";
import { CRM_NAMES } from "../../domain/crm.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { readSearch, SEARCH_KINDS, type SearchHit, type SearchKind } from "../../domain/search.ts";
import { type DealReport, listDealReports } from "../../db/report_deals.ts";
import type { Html } from "../pages/layout.ts";
import { findHits, lookOf } from "../services/search.ts";
import { MOST_SEARCHED, SEARCH_PATH } from "./layout.ts";
import type { ManagerPage, PageContent } from "./page.ts";
import { addressOf, renderBadge, renderCorrections, renderPager, renderStatus } from "./parts.ts";
import { renderReasons } from "./reasons.ts";

const PAGE = 30;
const TITLE = "Поиск";

const KINDS: Readonly<Record<SearchKind, { one: string; many: string; among: string }>> = {
  client: { one: "клиент", many: "Клиенты", among: "клиентов" },
  project: { one: "объект", many: "Объекты", among: "объектов" },
  estimate: { one: "смета", many: "Сметы", among: "смет" },
  deal: { one: "сделка", many: "Сделки", among: "сделок" },
};
const OUTCOMES = { open: "открыта", won: "успешна", lost: "не состоялась" } as const;

/** Everything of the company by one text, the best first. */
export const searchPage: ManagerPage = async ({ tx, actor, query }) => {
  const typed = query["q"] ?? "";
  const text = typed.slice(0, MOST_SEARCHED).toWellFormed();
  if (readSearch(text).length === 0) return renderNothingAsked(text);
  const kind = SEARCH_KINDS.find((known) => known === query["kind"]) ?? null;
  const { items, next, corrections } = await findHits(lookOf({ tx, actor }), {
    text,
    kinds: kind ? [kind] : undefined,
    cursor: query["after"] ?? null,
    limit: PAGE,
  });
  const dealIds = items.filter((hit) => hit.kind === "deal").map(({ id }) => id);
  const deals = await listDealReports(tx, actor.companyId, dealIds);
  const dealOf = new Map(deals.map((deal) => [deal.id, deal]));
  const asked = { q: text, ...(kind ? { kind } : {}) };
  const body = html`<div class="card">
    ${renderKinds(text, kind)}
    ${
      typed.length > MOST_SEARCHED
        ? html`<p class="notice warn">
            Текст длинный: искали по первым ${MOST_SEARCHED} знакам. Обычно хватает двух-трёх слов.
          </p>`
        : ""
    }
    ${renderCorrections(corrections)}
    ${items.length === 0 ? renderNothingFound(text, kind) : renderHits(items, dealOf)}
    ${
      next === null && query["after"] !== undefined
        ? html`<p class="muted">
            Это конец списка. В нём только самые подходящие: чтобы найти другие записи, добавьте
            слово.
          </p>`
        : ""
    }
    ${renderPager(SEARCH_PATH, withPlace(asked, query["after"]), next)}
  </div>`;
  return { title: TITLE, body };
};

function withPlace(asked: Readonly<Record<string, string>>, after: string | undefined) {
  return after === undefined ? asked : { ...asked, after };
}

function renderNothingAsked(text: string): PageContent {
  const body = html`<div class="card">
    <p>
      ${text.trim() === "" ? "" : "В этом тексте нет ни букв, ни цифр. "}Напишите в поле вверху имя,
      адрес, телефон или его последние цифры, почту, номер сметы, работу из сметы или название
      сделки. Опечатки не страшны.
    </p>
  </div>`;
  return { title: TITLE, body };
}

function renderNothingFound(text: string, kind: SearchKind | null): Html {
  if (kind === null) {
    return html`<p class="empty">
      По запросу «${text}» ничего не нашлось: ни клиентов, ни объектов, ни смет, ни сделок. Напишите
      иначе или короче.
    </p>`;
  }
  return html`<p class="empty">
    Среди ${KINDS[kind].among} по запросу «${text}» ничего не нашлось.
    <a href="${addressOf(SEARCH_PATH, { q: text })}">Искать во всём</a>
  </p>`;
}

function renderKinds(text: string, shown: SearchKind | null): Html {
  const choices = [
    { kind: null, title: "Всё" },
    ...SEARCH_KINDS.map((kind) => ({ kind, title: KINDS[kind].many })),
  ];
  return html`<nav class="jump" aria-label="Что показать">
    ${choices.map(
      ({ kind, title }) =>
        html`<a
          href="${addressOf(SEARCH_PATH, { q: text, kind: kind ?? "" })}"
          ${kind === shown ? html`aria-current="true"` : ""}
          >${title}</a
        >`,
    )}
  </nav>`;
}

function renderHits(hits: readonly SearchHit[], deals: ReadonlyMap<string, DealReport>): Html {
  return html`<ol class="hits" aria-label="Найденное">
    ${hits.map(
      (hit) =>
        html`<li>
          <div class="hit">
            ${renderBadge(KINDS[hit.kind].one, "plain")} ${renderName(hit)}
            ${hit.status === null ? "" : renderStatus(hit.status)}
            ${hit.total === null ? "" : html`<span class="sum">${formatMoneyRu(hit.total)}</span>`}
          </div>
          ${hit.about === "" ? "" : html`<div class="muted">${hit.about}</div>`}
          ${renderReasons(hit.reasons)} ${renderDeal(deals.get(hit.id))}
        </li>`,
    )}
  </ol>`;
}

/** A deal without an estimate has no page here. */
function renderName(hit: SearchHit): Html {
  const title = hit.title || (hit.kind === "deal" ? "Сделка без названия" : "Без названия");
  const name = hit.number === null ? title : [hit.number, hit.title].filter(Boolean).join(" · ");
  const address = pageOf(hit);
  return address === null ? html`<b>${name}</b>` : html`<a href="${address}">${name}</a>`;
}

function pageOf({ kind, id, estimateId }: SearchHit): string | null {
  if (kind === "client" || kind === "project") return `/manager/estimates?${kind}=${id}`;
  return estimateId === null ? null : `/manager/estimates/${estimateId}`;
}

/** What its CRM told of a deal, and the way there. */
function renderDeal(deal: DealReport | undefined): Html | string {
  if (!deal) return "";
  const { kind, account, remoteId, stage, outcome, amount, currency, clients } = deal;
  const address = dealAddress(kind, account, remoteId);
  const facts = [
    `${CRM_NAMES[kind]}, сделка ${remoteId}`,
    ...(stage ? [`этап «${stage}»`] : []),
    ...(outcome ? [OUTCOMES[outcome]] : []),
    ...(amount !== null && currency === "RUB" ? [formatMoneyRu(amount)] : []),
  ];
  return html`<div class="muted">
    ${facts.join(", ")}${clients.map(({ id, name }) =>
      id === null ? html`, ${name}` : html`, <a href="/manager/estimates?client=${id}">${name}</a>`,
    )}${
      address === null
        ? ""
        : html`. <a href="${address}" rel="noopener noreferrer">Открыть в CRM</a>`
    }
  </div>`;
}
