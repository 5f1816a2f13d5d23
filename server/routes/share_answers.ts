import type { Context } from "hono";
import { AppError, notFound } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { formatMoney } from "../../domain/money.ts";
import { formatMoneyRu } from "../../domain/numbers_ru.ts";
import { renderMessage } from "../pages/layout.ts";
import { consentOf, type TypedForm } from "../pages/share_forms.ts";
import { summaryRows } from "../pages/share_lines.ts";
import { describeState, isGone, type Notice, type PlacedNotice } from "../pages/share_page.ts";
import type { ClientView } from "../services/client_contract.ts";
import type { AppEnvironment } from "./dependencies.ts";

/* What the client's page answers besides itself. */

export interface PageExtra {
  readonly status?: 200 | 400 | 409 | 410;
  readonly askAbout?: Id | null;
  readonly agreeForm?: TypedForm;
  readonly askForm?: TypedForm;
  readonly notice?: PlacedNotice | null;
}

export const DONE: Readonly<Record<string, PlacedNotice>> = {
  asked: {
    place: "ask",
    look: "good",
    text: "Вопрос отправлен подрядчику. Ответ появится на этой странице.",
  },
};

export const MISTAKES: Notice = {
  look: "bad",
  text: "Проверьте отмеченные поля: смета ещё не согласована.",
};

export const REFUSALS = {
  changed: {
    look: "warn",
    text: "Итог изменился вместе с выбором. Проверьте новую сумму и нажмите «Согласовать» ещё раз.",
  },
  empty: { look: "bad", text: "Не выбрано ни одной строки. Отметьте хотя бы одну." },
  refused: { look: "warn", text: "Согласовать эту версию уже нельзя." },
} as const satisfies Record<string, Notice>;

export const NOT_ASKED = {
  mistakes: { look: "bad", text: "Вопрос не отправлен: проверьте отмеченное поле." },
  full: { look: "warn", text: "Вопросов уже слишком много. Позвоните подрядчику." },
  refused: { look: "warn", text: "Эта версия сметы больше не действует, вопрос не отправлен." },
  unknown_line: { look: "warn", text: "Такой строки в смете нет. Задайте вопрос о всей смете." },
} as const satisfies Record<string, Notice>;

export function wantsJson(context: Context): boolean {
  const accept = context.req.header("Accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

/** Errors that a person may read, as a page; everything else goes on to the program's handler. */
export function tellError(error: Error, context: Context<AppEnvironment>) {
  const isReadable = error instanceof AppError && error.code !== "internal";
  if (!isReadable || wantsJson(context)) throw error;
  const page = renderMessage("Не получилось", error.message);
  return context.html(page, error.code === "limit" ? 429 : 403);
}

/** The same words for links that never were, were revoked, and are over. */
export function noLink(context: Context<AppEnvironment>) {
  if (wantsJson(context)) throw notFound("Страница");
  return context.html(
    renderMessage(
      "Такой ссылки нет",
      "Возможно, срок её действия истёк или подрядчик закрыл доступ. Попросите у него новую ссылку.",
    ),
    404,
  );
}

/** For programs: what the page is about, or 410 when it is no longer so. */
export function describe(context: Context<AppEnvironment>, view: ClientView) {
  const { document, state, replacedBy } = view;
  if (isGone(view)) {
    const message = describeState(view)?.title ?? "";
    const error = { code: state, message, requestId: context.get("requestId") };
    return context.json({ error, replacedBy }, 410);
  }
  const { number, revision } = document;
  const total = formatMoney(document.total);
  return context.json({ number, revision, state, total, sha256: view.sha256 }, 200);
}

/** For the page's script: the figures of another choice, as texts. */
export function countAnew(context: Context<AppEnvironment>, { document }: ClientView) {
  return context.json({
    total: formatMoney(document.total),
    totalText: formatMoneyRu(document.total),
    words: document.totalInWords ?? "",
    consent: consentOf(document).signature,
    rows: summaryRows(document),
  });
}

export function readAsk(text: string | undefined): Id | null {
  const id = idSchema.safeParse(text);
  return id.success ? id.data : null;
}

export function renderWaiting(state: "pending" | "failed", token: string) {
  const link = { href: `/s/${token}`, text: "Вернуться к смете" };
  return state === "pending"
    ? renderMessage("Готовим PDF", "Это займёт несколько секунд, страница обновится сама.", {
        refresh: 3,
        link,
      })
    : renderMessage("PDF не получился", "Смета цела. Попросите подрядчика прислать PDF.", { link });
}

/** A Russian file name for every browser: RFC 6266. */
export function attach(fileName: string): string {
  const encoded = encodeURIComponent(fileName).replaceAll("'", "%27");
  const extension = /\.[a-z0-9]{1,5}$/.exec(fileName)?.[0] ?? "";
  return `attachment; filename="smeta${extension}"; filename*=UTF-8''${encoded}`;
}
