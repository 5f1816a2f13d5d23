import { html } from "hono/html";
import type { RevisionStatus } from "../../domain/agreement.ts";
import { formatDay, formatInstant } from "../../domain/calendar.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import type { PaperCheck } from "../services/client_contract.ts";
import { type Html, renderLayout } from "./layout.ts";
import type { Notice } from "./share_page.ts";

const SIDES = { company: "подрядчик", client: "заказчик" } as const;

/** Says whether a paper is the approved version, and nothing that the paper does not say itself. */
export function renderVerifyPage(paper: PaperCheck): Html {
  const { look, title, text } = describePaper(paper);
  const body = html`<div class="notice ${look}" role="status">
      <b>${title}</b>
      <p>${text}</p>
    </div>
    <section class="card head">
      <h1>Смета ${paper.number}<span class="muted"> · версия ${paper.revision}</span></h1>
      <div>
        <div class="total sum">${formatMoneyRu(paper.total)}</div>
        <div class="muted">Итого</div>
      </div>
      <dl class="facts">
        <dt>Подрядчик</dt>
        <dd>${paper.contractor}</dd>
        <dt>Дата сметы</dt>
        <dd>${formatDay(paper.date)}</dd>
        ${paper.approvals.map(
          ({ side, at }) =>
            html`<dt>Утвердил ${SIDES[side]}</dt>
              <dd>${formatInstant(at, paper.timezone)}</dd>`,
        )}
      </dl>
      <p class="muted">
        Сравните с бумагой номер, версию, сумму и эту контрольную строку (SHA-256):
      </p>
      <p class="hash">${paper.sha256}</p>
    </section>`;
  return renderLayout(`Проверка сметы ${paper.number}`, body);
}

/** Also for programs. */
export function describePaper(paper: PaperCheck): Notice & { title: string } {
  const texts: Readonly<Record<RevisionStatus, Notice & { title: string }>> = {
    approved: {
      look: "good",
      title: "Да, это утверждённая версия",
      text: "Содержание этой версии не менялось с тех пор, как её утвердили.",
    },
    submitted: {
      look: "warn",
      title: "Эта версия ещё не утверждена",
      text: "Она настоящая, но пока ждёт согласования.",
    },
    superseded: {
      look: "bad",
      title: `Эта версия заменена версией ${paper.replacedBy ?? ""}`.trim(),
      text: "Бумага настоящая, но больше не действует. Попросите новую версию.",
    },
    returned: {
      look: "bad",
      title: "Эту версию вернули на доработку",
      text: "Бумага настоящая, но не утверждена. Попросите новую версию.",
    },
    withdrawn: {
      look: "bad",
      title: "Эту версию отозвали",
      text: "Бумага настоящая, но не утверждена. Попросите новую версию.",
    },
  };
  return texts[paper.status];
}
