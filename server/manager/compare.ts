import { html } from "hono/html";
import { AppError } from "../../domain/errors.ts";
import type { LineDifference } from "../../domain/estimate/comparison.ts";
import { ZERO } from "../../domain/money.ts";
import { formatMoneyRu, formatQuantityRu } from "../../domain/numbers_ru.ts";
import type { Html } from "../pages/layout.ts";
import type { ManagerPage } from "./page.ts";
import { renderCard, renderFacts, renderMoney, renderTable } from "./parts.ts";

/** Two versions of an estimate, line by line. */
export const comparePage: ManagerPage = async ({ services, id, query }) => {
  const from = readRevision(query["from"]);
  const to = query["to"] === "now" ? null : readRevision(query["to"]);
  const card = await services.estimates.card(id);
  const comparison = await services.agreement.compare(id, { from, to });
  const { added, removed, changed, totalBefore, totalAfter, difference } = comparison;
  const sign = difference > ZERO ? "+" : "";
  const body = html`<p>
      <a href="/manager/estimates/${id}">← Смета ${card.number}</a>
    </p>
    <section class="card">
      ${renderFacts([
        [`Версия ${from}`, renderMoney(totalBefore)],
        [to === null ? "Сейчас" : `Версия ${to}`, renderMoney(totalAfter)],
        ["Разница", html`<b class="sum">${sign}${formatMoneyRu(difference)}</b>`],
      ])}
    </section>
    ${renderCard("Изменено", renderDifferences("Изменённые строки", changed))}
    ${renderCard("Добавлено", renderDifferences("Добавленные строки", added))}
    ${renderCard("Убрано", renderDifferences("Убранные строки", removed))}`;
  const title = `${card.number}: версия ${from} и ${to === null ? "сейчас" : `версия ${to}`}`;
  return { title, body };
};

function readRevision(text: string | undefined): number {
  if (text === undefined || !/^\d{1,6}$/.test(text)) {
    throw new AppError("not_found", "Такой версии сметы нет.");
  }
  return Number(text);
}

function renderDifferences(caption: string, lines: readonly LineDifference[]): Html {
  return renderTable(
    caption,
    [
      {
        title: "Строка",
        look: "main",
        cell: ({ before, after }) => {
          const [old, now] = [before?.name ?? "", after?.name ?? ""];
          return old === now || old === "" || now === ""
            ? now || old
            : html`${now}
                <div class="muted">было: ${old}</div>`;
        },
      },
      { title: "Было", look: "figure", cell: ({ before }) => describe(before) },
      { title: "Стало", look: "figure", cell: ({ after }) => describe(after) },
      {
        title: "Сумма была",
        look: "figure",
        cell: ({ before, amountBefore }) => (before ? renderMoney(amountBefore) : "—"),
      },
      {
        title: "Сумма стала",
        look: "figure",
        cell: ({ after, amountAfter }) => (after ? renderMoney(amountAfter) : "—"),
      },
    ],
    lines,
    "Ничего.",
  );
}

function describe(line: LineDifference["before"]): string {
  return line === null ? "—" : `${formatQuantityRu(line.quantity)}\u00a0${line.unit}`;
}
