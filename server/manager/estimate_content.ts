import { html } from "hono/html";
import {
  type Content,
  groupLines,
  type Line,
  type SectionGroup,
} from "../../domain/estimate/estimate.ts";
import { clientAmount, clientCoefficients, clientPrice } from "../../domain/estimate/totals.ts";
import { formatAmountRu, formatMoneyRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import type { EstimateCard } from "../../domain/services.ts";
import { summarise } from "../documents/document_summary.ts";
import type { Html } from "../pages/layout.ts";

/** Beyond this a page would be too heavy; the rest is in the documents. */
const MOST_LINES = 2000;

/** The lines as the client pays them, by section, and the sums below. */
export function renderContent(card: EstimateCard, content: Content): Html {
  if (content.lines.size === 0) return html`<p class="empty">Строк пока нет.</p>`;
  const coefficients = clientCoefficients(content.adjustments.values());
  let left = MOST_LINES;
  const groups = groupLines(content).map((group): SectionGroup => {
    const lines = group.lines.slice(0, left);
    left -= lines.length;
    return { ...group, lines };
  });
  const row = (line: Line) => {
    const isCounted = !line.isOptional || line.isChosen;
    return html`<tr class="${isCounted ? "" : "not-counted"}">
      <td class="main">
        ${line.name}
        ${
          line.isOptional
            ? html`<span class="badge">по желанию${isCounted ? "" : ", не выбрана"}</span>`
            : ""
        }
        ${line.note === "" ? "" : html`<div class="muted">${line.note}</div>`}
      </td>
      <td class="figure" data-title="Количество">
        ${formatQuantityRu(line.quantity)}&nbsp;${line.unit}
      </td>
      <td class="figure" data-title="Цена">${formatAmountRu(clientPrice(line, coefficients))}</td>
      <td class="figure" data-title="Сумма">
        ${isCounted ? formatAmountRu(clientAmount(line, coefficients)) : "—"}
      </td>
    </tr>`;
  };
  return html`<div class="table">
      <table>
        <caption class="hidden">
          Строки сметы
        </caption>
        <thead>
          <tr>
            <th scope="col">Наименование</th>
            <th scope="col" class="figure">Количество</th>
            <th scope="col" class="figure">Цена, ₽</th>
            <th scope="col" class="figure">Сумма, ₽</th>
          </tr>
        </thead>
        ${groups.map(
          ({ section, lines }) =>
            html`<tbody>
              ${
                section === null
                  ? ""
                  : html`<tr class="section-row">
                      <th colspan="4" scope="rowgroup">${section.title}</th>
                    </tr>`
              }
              ${lines.map(row)}
            </tbody>`,
        )}
      </table>
    </div>
    ${
      content.lines.size > MOST_LINES
        ? html`<p class="muted">
            Показаны первые ${MOST_LINES} строк из ${content.lines.size}. Все — в Excel сметы.
          </p>`
        : ""
    }
    <dl class="summary">
      ${summarise(card.totals, card.vat, card.discount).map(
        ({ kind, label, amount }) =>
          html`<div class="${kind === "total" ? "final" : ""}">
            <dt>${label}</dt>
            <dd class="sum">${kind === "discount" ? "−" : ""}${formatMoneyRu(amount)}</dd>
          </div>`,
      )}
    </dl>`;
}
