import { html } from "hono/html";
import { formatInstant } from "../../domain/calendar.ts";
import { consentTexts } from "../../domain/consent.ts";
import type { Id } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import type { FrozenDocument } from "../documents/frozen_document.ts";
import type { ClientQuestion, ClientView } from "../services/client_contract.ts";
import type { Html } from "./layout.ts";

/** What the client typed and what is wrong with it, by field. */
export interface TypedForm {
  readonly values: Readonly<Record<string, string>>;
  readonly errors: Readonly<Record<string, string>>;
}

export const EMPTY_FORM: TypedForm = { values: {}, errors: {} };

export function consentOf(document: FrozenDocument) {
  return consentTexts({
    number: document.number,
    revision: document.revision,
    total: document.total,
    contractor: document.contractor.fullName || document.contractor.name,
  });
}

/** A plain form: the button works without any script. */
export function renderAgreeForm(
  view: ClientView,
  address: string,
  { form, notice }: { form: TypedForm; notice: Html | string },
): Html {
  const consent = consentOf(view.document);
  return html`<form class="card" id="agree" method="post" action="${address}/agree#agree">
    <h2>Согласование</h2>
    ${notice}
    <input type="hidden" name="sha256" value="${view.sha256}" />
    <input type="hidden" name="total" value="${formatMoney(view.document.total)}" />
    ${view.choice ? html`<input type="hidden" name="choice" value="1" />` : ""}
    ${field(form, { name: "name", label: "Ваше имя и фамилия", autocomplete: "name", limit: 200 })}
    ${field(form, { name: "phone", label: "Телефон", autocomplete: "tel", limit: 50 })}
    ${tick(form, "signature", "Согласен(на), подписываю", html`<span data-consent>${consent.signature}</span>`)}
    ${tick(form, "personalData", "Разрешаю хранить эти данные", html`${consent.personalData}`)}
    <button class="button main wide" id="agree-button">Согласовать</button>
  </form>`;
}

function field(
  form: TypedForm,
  given: { name: string; label: string; autocomplete: "name" | "tel"; limit: number },
): Html {
  const { name, label, autocomplete, limit } = given;
  const error = form.errors[name];
  return html`<label class="field">
      <span>${label}</span>
      <input
        name="${name}"
        type="${autocomplete === "tel" ? "tel" : "text"}"
        autocomplete="${autocomplete}"
        maxlength="${limit}"
        required
        value="${form.values[name] ?? ""}"
        aria-describedby="error-${name}"
        aria-invalid="${error === undefined ? "false" : "true"}"
      />
    </label>
    <div class="error" id="error-${name}">${error ?? ""}</div>`;
}

/** The words stand first, the tick under them: people sign what they have read. */
function tick(form: TypedForm, name: string, label: string, words: Html): Html {
  const error = form.errors[name];
  return html`<p class="words" id="words-${name}">${words}</p>
    <label class="consent">
      <input
        type="checkbox"
        name="${name}"
        required
        ${form.values[name] === undefined ? "" : "checked"}
        aria-describedby="words-${name}"
        aria-invalid="${error === undefined ? "false" : "true"}"
      />
      <span>${label}</span>
    </label>
    ${error === undefined ? "" : html`<div class="error">${error}</div>`}`;
}

export function renderQuestions(
  view: ClientView,
  ask: {
    address: string;
    formId: Id;
    about: { id: Id; name: string } | null;
    form: TypedForm;
    notice: Html | string;
  } | null,
): Html | string {
  if (ask === null && view.questions.length === 0) return "";
  return html`<section class="card" id="ask">
    <h2>Вопросы</h2>
    ${ask?.notice ?? ""}
    ${view.questions.map((question) => renderQuestion(question, view.timezone))}
    ${ask === null ? "" : renderAskForm(ask)}
  </section>`;
}

function renderAskForm({
  address,
  formId,
  about,
  form,
}: {
  address: string;
  formId: Id;
  about: { id: Id; name: string } | null;
  form: TypedForm;
}): Html {
  const error = form.errors["text"];
  return html`<form method="post" action="${address}/questions#ask">
    <input type="hidden" name="form" value="${formId}" />
    <input type="hidden" name="about" value="${about?.id ?? ""}" />
    <p class="muted">
      О чём: <b data-about>${about?.name ?? "вся смета"}</b>.
      ${about === null ? "Вопрос о строке: нажмите «Спросить» рядом с ней." : ""}
    </p>
    <label class="field">
      <span>Ваш вопрос</span>
      <textarea
        name="text"
        maxlength="2000"
        required
        aria-invalid="${error === undefined ? "false" : "true"}"
      >
${form.values["text"] ?? ""}</textarea>
      ${error === undefined ? "" : html`<div class="error">${error}</div>`}
    </label>
    <label class="field">
      <span>Как вас зовут</span>
      <input
        name="author"
        autocomplete="name"
        maxlength="200"
        value="${form.values["author"] ?? ""}"
      />
    </label>
    <button class="button wide">Задать вопрос</button>
  </form>`;
}

function renderQuestion(question: ClientQuestion, timezone: string): Html {
  const { line, text, authorName, askedAt, answer, answeredAt } = question;
  const who = [authorName, formatInstant(askedAt, timezone), line?.name ?? ""];
  return html`<div class="question">
    <div class="muted">${who.filter((part) => part !== "").join(" · ")}</div>
    <p class="text">${text}</p>
    ${
      answer === null
        ? html`<p class="muted">Ответа пока нет.</p>`
        : html`<div class="answer">
            <div class="muted">
              Ответ подрядчика${answeredAt ? `, ${formatInstant(answeredAt, timezone)}` : ""}
            </div>
            <p class="text">${answer}</p>
          </div>`
    }
  </div>`;
}
