import { html } from "hono/html";
import { formatDay, formatInstant } from "../../domain/calendar.ts";
import { add } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { Id } from "../../domain/ids.ts";
import type { FrozenDocument } from "../documents/frozen_document.ts";
import type { ClientView } from "../services/client_contract.ts";
import { type Html, renderLayout } from "./layout.ts";
import { EMPTY_FORM, renderAgreeForm, renderQuestions, type TypedForm } from "./share_forms.ts";
import { renderLines, renderSummary } from "./share_lines.ts";

export interface SharePage {
  readonly view: ClientView;
  /** "/s/<token>" */
  readonly address: string;
  /** Of the next question: a form that is sent twice asks once. */
  readonly formId: Id;
  /** The line that the client wants to ask about. */
  readonly askAbout?: Id | null;
  readonly agreeForm?: TypedForm;
  readonly askForm?: TypedForm;
  /** What just happened; said where the person looks. */
  readonly notice?: PlacedNotice | null;
  /** Somebody of the company looks: it does not count as the client's opening. */
  readonly isOwnDevice: boolean;
}

export interface PlacedNotice extends Notice {
  readonly place: "top" | "agree" | "ask";
}

export interface Notice {
  readonly look: "good" | "warn" | "bad";
  readonly text: string;
}

/** The client's page: all of it in one answer, without a script that it could not do without. */
export function renderSharePage(page: SharePage): Html {
  const { view, address } = page;
  const { document, state } = view;
  const about = page.askAbout ? findLine(document, page.askAbout) : null;
  const noticeAt = (place: "top" | "agree" | "ask") =>
    page.notice?.place === place ? renderNotice(page.notice) : "";
  const agreeForm = { form: page.agreeForm ?? EMPTY_FORM, notice: noticeAt("agree") };
  const askForm = { form: page.askForm ?? EMPTY_FORM, notice: noticeAt("ask") };
  const ask = { address, formId: page.formId, about, ...askForm };
  const body = html` ${noticeAt("top")} ${page.isOwnDevice ? OWN_DEVICE : ""} ${renderState(view)}
    ${renderHead(view, address)} ${renderExtra(view, address)}
    ${renderLines(view, { askAt: isGone(view) ? null : address })} ${renderSummary(document)}
    ${renderTerms(document)} ${state === "open" ? renderAgreeForm(view, address, agreeForm) : ""}
    ${renderQuestions(view, isGone(view) ? null : ask)}
    <p class="muted">
      Проверить бумажную копию: <a href="/v/${view.sha256}">страница этой версии сметы</a>.
      <a href="/privacy">Что хранится о вас и как это стереть</a>
    </p>`;
  return renderLayout(`Смета ${document.number}`, body, { address });
}

/** Whether the revision is nothing to decide about any more. */
export function isGone({ state }: Pick<ClientView, "state">): boolean {
  return state === "superseded" || state === "withdrawn" || state === "returned";
}

function renderNotice({ look, text }: Notice): Html {
  return html`<div class="notice ${look}" role="status">${text}</div>`;
}

const OWN_DEVICE = html`<div class="notice warn">
  Вы открывали эту ссылку как сотрудник подрядчика: просмотр с этого устройства не засчитывается
  заказчику.
</div>`;

function renderState(view: ClientView): Html | string {
  const notice = describeState(view);
  if (!notice) return "";
  return html`<div class="notice ${notice.look}">
    <b>${notice.title}</b>
    <p>${notice.text}</p>
  </div>`;
}

/** In words, also for programs; null while the client may still agree. */
export function describeState(
  view: Pick<ClientView, "state" | "replacedBy" | "agreement" | "timezone">,
): (Notice & { title: string }) | null {
  const { state, agreement, timezone } = view;
  switch (state) {
    case "open":
      return null;
    case "agreed":
      return {
        look: "good",
        title: "Смета согласована",
        text: agreement
          ? `${agreement.name}, ${formatInstant(agreement.at, timezone)}. Подрядчик уже знает об этом.`
          : "",
      };
    case "outdated":
      return {
        look: "warn",
        title: "Срок действия цен истёк",
        text: "Попросите подрядчика прислать новую версию сметы. Задать вопрос можно ниже.",
      };
    case "superseded":
      return {
        look: "warn",
        title: `Смета заменена версией ${view.replacedBy ?? ""}`.trim(),
        text: "Эта версия больше не действует. Попросите у подрядчика ссылку на новую.",
      };
    case "withdrawn":
      return {
        look: "warn",
        title: "Подрядчик отозвал эту версию",
        text: "Согласовать её нельзя. Когда смета будет готова, вам пришлют новую ссылку.",
      };
    case "returned":
      return {
        look: "warn",
        title: "Смета на доработке",
        text: "Согласовать её нельзя. Когда смета будет готова, вам пришлют новую ссылку.",
      };
    default:
      return state satisfies never;
  }
}

function renderHead(view: ClientView, address: string): Html {
  const { document, state } = view;
  const { contractor, client, project } = document;
  return html`<header class="card head">
    <h1>Смета ${document.number}<span class="muted"> · версия ${document.revision}</span></h1>
    ${document.title === "" ? "" : html`<p>${document.title}</p>`}
    <div>
      <div class="total sum" data-total>${formatMoneyRu(document.total)}</div>
      <div class="muted">Итого, ${document.vatRemark}</div>
    </div>
    <dl class="facts">
      ${fact("Подрядчик", contractor.fullName || contractor.name)} ${fact("ИНН", contractor.inn)}
      ${fact("Телефон", contractor.phone)} ${fact("Заказчик", client?.name ?? "")}
      ${fact("Объект", project?.address || (project?.title ?? ""))}
      ${fact("Дата", formatDay(document.date))}
      ${fact("Действует до", document.validUntil === null ? "" : formatDay(document.validUntil))}
    </dl>
    <div class="actions">
      ${state === "open" ? html`<a class="button main" href="#agree">К согласованию</a>` : ""}
      ${isGone(view) ? "" : html`<a class="button" href="${address}/document.pdf">Скачать PDF</a>`}
    </div>
  </header>`;
}

function fact(name: string, value: string): Html | string {
  return value === ""
    ? ""
    : html`<dt>${name}</dt>
        <dd>${value}</dd>`;
}

/** Extra work: to what, why, how it looks, and what it all comes to. */
function renderExtra({ document, extra }: ClientView, address: string): Html | string {
  if (!document.extra || !extra) return "";
  const { parentNumber, reason } = document.extra;
  const together = add(extra.agreedBefore, document.total);
  return html`<section class="card head">
    <h2>Дополнение к смете ${parentNumber}</h2>
    ${reason === "" ? "" : html`<p class="text">Причина: ${reason}</p>`}
    <p>
      По договору ${formatMoneyRu(extra.agreedBefore)} + доп. ${formatMoneyRu(document.total)} =
      <b class="sum">${formatMoneyRu(together)}</b>
    </p>
    ${extra.photoIds.map(
      (id, index) =>
        html`<a href="${address}/photos/${id}"
          ><img src="${address}/photos/${id}" alt="Фото ${index + 1}" loading="lazy" width="160"
        /></a>`,
    )}
  </section>`;
}

const PRICE_KINDS = {
  firm: "Цена твёрдая: подрядчик не может потребовать её увеличить.",
  approximate: "Цена приблизительная: о превышении подрядчик обязан предупредить заранее.",
} as const;

function renderTerms(document: FrozenDocument): Html {
  return html`<section class="card head">
    <p>${PRICE_KINDS[document.priceKind]}</p>
    ${term("Порядок оплаты", document.paymentTerms)} ${term("Гарантия", document.warranty)}
    ${term("Примечание", document.note)}
  </section>`;
}

function term(title: string, text: string): Html | string {
  return text === ""
    ? ""
    : html`<div>
        <h2>${title}</h2>
        <p class="text">${text}</p>
      </div>`;
}

function findLine(document: FrozenDocument, id: Id): { id: Id; name: string } | null {
  const lines = [...document.sections.flatMap((section) => section.lines), ...document.options];
  return lines.find((line) => line.id === id) ?? null;
}
