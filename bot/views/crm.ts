import { formatInstant } from "../../domain/calendar.ts";
import {
  CRM_NAMES,
  type CrmConnection,
  type CrmFailedPush,
  type CrmLogEntry,
  type CrmReview,
} from "../../domain/crm.ts";
import { type MappedStatus, MAPPED_STATUSES } from "../../domain/crm_stages.ts";
import { cutText } from "../../domain/text.ts";
import { actions } from "../actions.ts";
import { type Html, join, rich } from "../html.ts";
import { LABEL_LENGTH } from "../keyboards.ts";
import type { View } from "../messages.ts";
import { BACK } from "../texts_common.ts";
import { CRM, CRM_BUTTONS, STATUS_LABELS } from "../texts_crm.ts";

const WHOLE = new Intl.NumberFormat("ru-RU");
const BAR = 10;

/** «Синхронизация: 12 400 из 100 000 ▓░░░░░░░░░»; without the bar while nobody knows the whole. */
export function progressText(done: number, total: number | null): Html {
  const shown = WHOLE.format(done);
  if (total === null || total === 0) return rich`Синхронизация: ${shown}`;
  const most = Math.max(done, total);
  const filled = Math.floor((done / most) * BAR);
  const bar = "▓".repeat(filled) + "░".repeat(BAR - filled);
  return rich`Синхронизация: ${shown} из ${WHOLE.format(most)} ${bar}`;
}

export function countsText({ clients, deals }: { clients: number; deals: number }): Html {
  return rich`заказчиков ${WHOLE.format(clients)}, сделок ${WHOLE.format(deals)}`;
}

export function nameOf({ kind, account }: Pick<CrmConnection, "kind" | "account">): string {
  return `${CRM_NAMES[kind]} · ${account}`;
}

/** One connection with everything that the owner can do about it. */
export function connectionView(connection: CrmConnection, timezone: string): View {
  const { id, state, problem, warning, pipelines, stageMap } = connection;
  const isActive = state === "active";
  const text = join([
    rich`<b>${nameOf(connection)}</b>`,
    isActive ? rich`✅ Работает` : rich`⛔ Остановлена`,
    problem === null ? null : rich`⚠️ ${cutText(problem, 1000)}`,
    warning === null || warning === problem ? null : rich`ℹ️ ${cutText(warning, 1000)}`,
    syncText(connection, timezone),
    rich`CRM сообщала об изменениях: ${whenText(connection.lastEventAt, timezone)}`,
    stageMap === null ? null : mapText(connection),
  ]);
  const rows = [
    ...(isActive ? [[actions.crmSync.button(CRM_BUTTONS.sync, id)]] : []),
    [
      ...(pipelines.length > 0 ? [actions.crmStages.button(CRM_BUTTONS.stages, id)] : []),
      actions.crmWebhook.button(CRM_BUTTONS.webhook, id),
    ],
    ...(isActive && problem !== null ? [[actions.crmDismiss.button(CRM_BUTTONS.read, id)]] : []),
    [actions.crmAskDisconnect.button(CRM_BUTTONS.disconnect, id), actions.crm.button(BACK)],
  ];
  return { text, rows };
}

function syncText({ sync, lastSyncAt }: CrmConnection, timezone: string): Html {
  if (!sync) return rich`Синхронизации ещё не было`;
  if (sync.state === "running") return progressText(sync.clients + sync.deals, sync.total);
  const when = whenText(lastSyncAt, timezone);
  return rich`Синхронизация: ${when}, прочитано ${countsText(sync)}`;
}

function whenText(at: Date | null, timezone: string): string {
  return at === null ? "ещё нет" : formatInstant(at, timezone);
}

function mapText(connection: CrmConnection): Html {
  const pipeline = connection.pipelines.find(({ id }) => id === connection.stageMap?.pipelineId);
  return join([
    rich`Воронка: ${pipeline?.name ?? "удалена"}`,
    ...MAPPED_STATUSES.map((status) => rich`${stageLine(connection, status)}`),
  ]);
}

/** «✅ Утверждена → Подготовка документов» */
export function stageLine(connection: CrmConnection, status: MappedStatus): string {
  const { stageMap, pipelines } = connection;
  const pipeline = pipelines.find(({ id }) => id === stageMap?.pipelineId);
  const stageId = stageMap?.stages[status] ?? null;
  const stage = pipeline?.stages.find(({ id }) => id === stageId);
  const name = stageId === null ? "не меняем" : (stage?.name ?? "стадии больше нет");
  return cutText(`${STATUS_LABELS[status]} → ${name}`, LABEL_LENGTH);
}

const KINDS: Readonly<Record<string, string>> = {
  rate: "CRM попросила подождать, подождали",
  stopped: "CRM отказала, подключение остановлено",
  invalid: "CRM не приняла запрос",
  missing: "такой записи в CRM нет",
  transient: "CRM не ответила, повторили",
  unknown: "ответ потерялся: проверили, прежде чем повторять",
};

/** What happened in words; the operation and the code are for whoever helps. */
export function errorsView(
  errors: readonly CrmLogEntry[],
  failed: readonly CrmFailedPush[],
  timezone: string,
): View {
  const lines = errors.map(({ at, operation, error, status }) => {
    const [kind = ""] = (error ?? "").split(":");
    const code = cutText((error ?? "").replace(/^\w+: /, ""), 60);
    const words = KINDS[kind] ?? "ошибка";
    return rich`${formatInstant(at, timezone)} ${words} <i>(${operation}, ${status ?? "нет ответа"}, ${code})</i>`;
  });
  const numbers = failed.map(({ number }) => number).join(", ");
  const text = join([
    lines.length === 0 ? CRM.noErrors : CRM.errors,
    ...lines,
    failed.length === 0 ? null : rich`\n${CRM.failedPushes(cutText(numbers, 500))}`,
  ]);
  const rows = [
    ...(failed.length > 0 ? [[actions.crmRetry.button(CRM_BUTTONS.retry)]] : []),
    [actions.crm.button(BACK)],
  ];
  return { text, rows };
}

/** «Это один и тот же клиент?» */
export function reviewView(review: CrmReview, left: number): View {
  const { id, remoteName, remotePhones, candidates } = review;
  const text = join([
    rich`<b>Это один и тот же клиент?</b>`,
    rich`В CRM: ${cutText(remoteName, 200)}`,
    remotePhones.length === 0 ? null : rich`📞 ${cutText(remotePhones.join(", "), 200)}`,
    rich`У вас уже есть похожие. Выберите, кто это.`,
    left > 1 ? rich`Всего таких: ${left}` : null,
  ]);
  const rows = [
    ...candidates
      .slice(0, 8)
      .map((candidate) => [
        actions.crmDecide.button(cutText(`👤 ${candidate.name}`, LABEL_LENGTH), id, candidate.id),
      ]),
    [actions.crmDecide.button(CRM_BUTTONS.newPerson, id, null)],
    [actions.crm.button(BACK)],
  ];
  return { text, rows };
}
