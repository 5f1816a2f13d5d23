import { html } from "hono/html";
import { formatMoneyRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import type {
  DocumentLine,
  DocumentOption,
  DocumentSection,
} from "../documents/estimate_document.ts";
import type { FrozenDocument } from "../documents/frozen_document.ts";
import type { ClientView } from "../services/client_contract.ts";
import type { Html } from "./layout.ts";

/** @param options.address for a question about a line; null: none can be asked */
export function renderLines(view: ClientView, { askAt }: { askAt: string | null }): Html {
  const { document, choice } = view;
  const sections = choice?.sections ?? document.sections;
  return html`${sections.map((section) => renderSection(section, askAt))}
  ${choice ? renderChoice(choice, askAt) : renderUnchosen(document.options, askAt)}`;
}

function renderSection(section: DocumentSection, askAt: string | null): Html {
  return html`<section class="card">
    <div class="section-head">
      <h2>${section.title ?? "Работы и материалы"}</h2>
      <span class="sum muted">${formatMoneyRu(section.total)}</span>
    </div>
    <ul class="lines">
      ${section.lines.map((line) => html`<li>${renderLine(line, askAt)}</li>`)}
    </ul>
  </section>`;
}

function renderLine(line: DocumentLine, askAt: string | null): Html {
  return html`<div>${line.index}. ${line.name}</div>
    ${line.note === "" ? "" : html`<div class="muted text">${line.note}</div>`}
    <div class="row">
      <span class="muted">${countOf(line)}</span>
      ${askAt === null ? "" : renderAsk(line, askAt)}
      <span class="sum">${formatMoneyRu(line.amount)}</span>
    </div>`;
}

function renderAsk({ id, name }: DocumentLine, askAt: string): Html {
  return html`<a
    class="ask muted"
    href="${askAt}?ask=${id}#ask"
    data-ask="${id}"
    data-name="${name}"
  >
    Спросить
  </a>`;
}

/** The checkboxes belong to the form of agreeing, which stands further below. */
function renderChoice(
  { options, chosen }: NonNullable<ClientView["choice"]>,
  askAt: string | null,
): Html {
  return html`<fieldset class="card">
    <legend hidden>По желанию</legend>
    <div class="section-head"><h2>По желанию</h2></div>
    <p class="muted">Отметьте, что нужно: итог изменится.</p>
    <ul class="lines">
      ${options.map(
        (line) =>
          html`<li>
            <label class="option">
              <input
                type="checkbox"
                name="line"
                value="${line.id}"
                form="agree"
                ${chosen.has(line.id) ? "checked" : ""}
              />
              <span>${line.name}${renderPlace(line)}</span>
              <b class="sum">${formatMoneyRu(line.amount)}</b>
            </label>
            ${line.note === "" ? "" : html`<div class="muted text">${line.note}</div>`}
            <div class="row below">
              <span class="muted">${countOf(line)}</span>
              ${askAt === null ? "" : renderAsk(line, askAt)}
            </div>
          </li>`,
      )}
    </ul>
    <button
      class="button wide no-script"
      form="agree"
      formaction="${askAt ?? ""}/choice"
      formnovalidate
    >
      Пересчитать
    </button>
  </fieldset>`;
}

/** What was left out when it was agreed, or can't be chosen any more. */
function renderUnchosen(options: readonly DocumentOption[], askAt: string | null): Html | string {
  if (options.length === 0) return "";
  return html`<section class="card">
    <div class="section-head"><h2>Не входит в итог</h2></div>
    <ul class="lines">
      ${options.map((line) => html`<li>${renderLine(line, askAt)}</li>`)}
    </ul>
  </section>`;
}

function renderPlace({ sectionTitle }: DocumentOption): Html | string {
  return sectionTitle === null ? "" : html` <span class="muted">(${sectionTitle})</span>`;
}

function countOf({ quantity, unit, price }: DocumentLine): string {
  return `${formatQuantityRu(quantity)}\u00a0${unit} × ${formatMoneyRu(price)}`;
}

/** The rows of a summary as texts: the page and its script show the same. */
export function summaryRows({ summary }: Pick<FrozenDocument, "summary">) {
  return summary.map(({ kind, label, amount }) => ({
    label,
    amount: kind === "discount" ? `−\u00a0${formatMoneyRu(amount)}` : formatMoneyRu(amount),
    isFinal: kind === "total",
  }));
}

export function renderSummary(document: FrozenDocument): Html {
  return html`<section class="card head">
    <dl class="summary" id="summary">
      ${summaryRows(document).map(
        ({ label, amount, isFinal }) =>
          html`<div class="${isFinal ? "final" : ""}">
            <dt>${label}</dt>
            <dd class="sum">${amount}</dd>
          </div>`,
      )}
    </dl>
    <p class="muted" data-words>${document.totalInWords ?? ""}</p>
    ${document.vatGround === null ? "" : html`<p class="muted">${document.vatGround}</p>`}
  </section>`;
}
