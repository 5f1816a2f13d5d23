import { REVISION_STATUS_NAMES, type Revision } from "../domain/agreement.ts";
import { formatDay, formatInstant } from "../domain/calendar.ts";
import type { Comparison } from "../domain/estimate/comparison.ts";
import type { Problem } from "../domain/estimate/preflight.ts";
import { ZERO } from "../domain/money.ts";
import { formatMoneyRu } from "../domain/numbers_ru.ts";
import { cutText } from "../domain/text.ts";
import { type Html, join, MAX_TEXT, rich, takeFitting } from "./html.ts";

export const AGREEMENT_BUTTONS = {
  anyway: "Всё равно отправить",
  toManager: "Руководителю",
  toClient: "Заказчику",
  approve: "✅ Утвердить",
  giveBack: "↩️ На доработку",
  withdraw: "⏪ Отозвать",
  revise: "🔁 Новая версия",
  sendLink: "📨 Отправить в Telegram",
  revokeLink: "🚫 Отозвать ссылку",
  answer: "💬 Ответить",
  openEstimate: "📋 Открыть смету",
} as const;

/** Problems and lines that fit under a heading, with room for the heading. */
const ROOM = MAX_TEXT - 600;
const NAME_LENGTH = 80;

export const AGREEMENT = {
  whom: (number: string) => rich`Кому отправить смету <b>${number}</b> на согласование?`,
  sentToManager: (number: string) =>
    `Смета ${number} отправлена руководителю. Когда он решит, я напишу.`,
  sentToClient: "Смета отправлена на согласование. Ссылка для заказчика — ниже.",
  approved: (number: string) => `Смета ${number} утверждена.`,
  returned: (number: string) =>
    rich`Смета ${number} вернулась на доработку. Прораб узнает причину.`,
  withdrawn: (number: string) => `Смета ${number} отозвана, её снова можно править.`,
  revised: (number: string, revision: number) =>
    `Открыта версия ${revision} сметы ${number}. Старая больше не действует.`,
  askReason: (number: string) => rich`Что исправить в смете ${number}? Прораб увидит ваш ответ.`,
  reasonExpected: "причину текстом: что исправить",
  askAnswer: (line: string | null, question: string) =>
    join([
      line === null ? rich`Вопрос о смете:` : rich`Вопрос о строке «${cutText(line, 200)}»:`,
      rich`<i>${cutText(question, 2000)}</i>`,
      rich`Напишите ответ. Заказчик увидит его на странице сметы.`,
    ]),
  answerExpected: "ответ текстом",
  answered: rich`Ответ записан. Заказчик увидит его на странице сметы.`,
  noAddress:
    "Ссылку сделать нельзя: у программы нет адреса в интернете. Отправьте заказчику PDF, а утвердит смету руководитель.",
  linkRevoked: rich`🚫 Ссылка отозвана. Открыть смету по ней больше нельзя.`,
} as const;

/** What the client gets, and how the sender looks at it himself. */
export function linkText(
  { number }: { readonly number: string },
  link: { readonly url: string; readonly previewUrl: string; readonly until: string },
): Html {
  return join([
    rich`Ссылка на смету <b>${number}</b> для заказчика:`,
    rich`${link.url}`,
    rich`Работает до ${link.until}. Посмотреть глазами заказчика: <a href="${escapeQuotes(link.previewUrl)}">открыть</a>.`,
  ]);
}

function escapeQuotes(url: string): string {
  return url.replaceAll('"', "%22");
}

export function problemsText(number: string, problems: readonly Problem[]): Html {
  const isBlocked = problems.some(({ isBlocking }) => isBlocking);
  const rows = problems.map(
    (problem) => rich`${problem.isBlocking ? "⛔" : "⚠️"} ${describeProblem(problem)}`,
  );
  const { taken, left } = takeFitting(rows, ROOM);
  return join([
    isBlocked
      ? rich`<b>${number}</b>: пока отправить нельзя`
      : rich`<b>${number}</b>: проверьте перед отправкой`,
    ...taken,
    left > 0 ? rich`… и ещё ${left}` : null,
    isBlocked ? rich`Исправьте отмеченное ⛔ и нажмите «📤 На согласование» ещё раз.` : null,
  ]);
}

function describeProblem(problem: Problem): string {
  switch (problem.kind) {
    case "no_lines":
      return "В смете нет строк, которые входят в итог.";
    case "zero_quantity":
      return `${nameOf(problem.line)}: количество ноль.`;
    case "no_price":
      return `${nameOf(problem.line)}: нет цены.`;
    case "far_price":
      return (
        `${nameOf(problem.line)}: цена ${formatMoneyRu(problem.line.price)}, ` +
        `обычно у вас ${formatMoneyRu(problem.median)}.`
      );
    case "no_client":
      return "Не указан заказчик.";
    case "expired":
      return `Срок действия цен истёк ${formatDay(problem.validUntil)}`;
    case "zero_total":
      return "Итог сметы — ноль.";
    default:
      return problem satisfies never;
  }
}

function nameOf({ name }: { readonly name: string }): string {
  return `«${cutText(name, NAME_LENGTH)}»`;
}

/** «версия 2 · утверждена: Пётр Иванов, 22.11.2026 12:40»; what the late one is told, too. */
export function describeRevision(revision: Revision, timezone: string): string {
  const { status, submittedBy, submittedAt, decidedAt, decidedByName } = revision;
  const name = status === "submitted" ? submittedBy.name : (decidedByName ?? "заказчик");
  const at = formatInstant(decidedAt ?? submittedAt, timezone);
  return `версия ${revision.revision} · ${REVISION_STATUS_NAMES[status]}: ${cutText(name, NAME_LENGTH)}, ${at}`;
}

/** For the one who was second. */
export function lateText(revision: Revision, timezone: string): string {
  return `Смета ${revision.number} изменилась раньше вас: ${describeRevision(revision, timezone)}.`;
}

export function comparisonText(
  names: { readonly number: string; readonly from: string; readonly to: string },
  comparison: Comparison,
): Html {
  const { added, removed, changed, totalBefore, totalAfter, difference } = comparison;
  const rows = [
    ...group(
      "Добавлено",
      added,
      ({ after, amountAfter }) =>
        rich`+ ${cutText(after.name, NAME_LENGTH)}: ${formatMoneyRu(amountAfter)}`,
    ),
    ...group(
      "Убрано",
      removed,
      ({ before, amountBefore }) =>
        rich`− ${cutText(before.name, NAME_LENGTH)}: ${formatMoneyRu(amountBefore)}`,
    ),
    ...group(
      "Изменено",
      changed,
      ({ after, amountBefore, amountAfter }) =>
        rich`• ${cutText(after.name, NAME_LENGTH)}: было ${formatMoneyRu(amountBefore)} → стало ${formatMoneyRu(amountAfter)}`,
    ),
  ];
  const { taken, left } = takeFitting(rows, ROOM);
  const sign = difference > ZERO ? "+" : "";
  return join([
    rich`<b>${names.number}</b> · ${names.from} → ${names.to}`,
    rich`было ${formatMoneyRu(totalBefore)} → стало ${formatMoneyRu(totalAfter)} (${sign}${formatMoneyRu(difference)})`,
    rows.length === 0 ? rich`Строки не отличаются.` : null,
    ...taken,
    left > 0 ? rich`… и ещё ${left}` : null,
  ]);
}

function group<Line>(
  title: string,
  lines: readonly Line[],
  describe: (line: Line) => Html,
): Html[] {
  return lines.length === 0 ? [] : [rich`<b>${title}</b>`, ...lines.map(describe)];
}
