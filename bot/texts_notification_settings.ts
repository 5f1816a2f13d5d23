import { formatInstant } from "../domain/calendar.ts";
import {
  LEFT_TEAM,
  nameOfKind,
  NOTIFICATION_NAMES,
  type NotificationKind,
  type SentNotification,
} from "../domain/notifications.ts";
import { cutText } from "../domain/text.ts";
import type { History } from "./choices.ts";
import { type Html, join, rich } from "./html.ts";

export const NOTIFICATION_BUTTONS = {
  home: "🔔 Уведомления",
  mine: "📜 Что мне приходило",
  company: "📜 Что приходило всем",
} as const;

export const NOTIFICATION_SETTINGS = {
  title: join([
    rich`<b>Уведомления</b>`,
    rich`Нажмите, чтобы включить или выключить. С 22 до 8 часов они приходят без звука.`,
  ]),
  switched: (kind: NotificationKind, isMuted: boolean): string =>
    `«${NOTIFICATION_NAMES[kind]}»: ${isMuted ? "больше не сообщаем" : "сообщаем"}.`,
  noHistory: rich`Пока ничего не приходило.`,
} as const;

export function switchLabel(kind: NotificationKind, isMuted: boolean): string {
  return `${isMuted ? "🔕" : "✅"} ${NOTIFICATION_NAMES[kind]}`;
}

export function historyText(
  items: readonly SentNotification[],
  { whose, timezone }: { readonly whose: History; readonly timezone: string },
): Html {
  if (items.length === 0) return NOTIFICATION_SETTINGS.noHistory;
  const title = whose === "mine" ? "Что вам приходило" : "Что приходило всем";
  return join(
    [rich`<b>${title}</b>`, ...items.map((item) => itemText(item, { whose, timezone }))],
    "\n\n",
  );
}

function itemText(
  item: SentNotification,
  { whose, timezone }: { readonly whose: History; readonly timezone: string },
): Html {
  const at = formatInstant(item.createdAt, timezone);
  const name = nameOfKind(item.kind);
  const about = item.number === null ? name : `${name} ${item.number}`;
  const to = whose === "mine" ? "" : ` · ${cutText(item.recipientName, 40)}`;
  return join([rich`${at}${to}`, rich`${about}`, rich`${outcomeText(item, timezone)}`]);
}

function outcomeText(item: SentNotification, timezone: string): string {
  const tries = item.attempts > 1 ? ` · попыток: ${item.attempts}` : "";
  if (item.status === "sent") {
    const at = item.deliveredAt ? ` ${formatInstant(item.deliveredAt, timezone)}` : "";
    return `✅ Доставлено${at} · сообщение ${item.telegramMessageId ?? "—"}${tries}`;
  }
  const why = item.error === null ? "" : `: ${problemText(item.error)}`;
  return item.status === "waiting"
    ? `⏳ Ждёт отправки${why}${tries}`
    : `⚠️ Не доставлено${why}${tries}`;
}

function problemText(error: string): string {
  if (error === LEFT_TEAM) return "человека больше нет в команде";
  if (/blocked/i.test(error)) return "человек остановил бота";
  if (/deactivated/i.test(error)) return "аккаунт удалён";
  if (/chat not found/i.test(error)) return "нет такого чата";
  return `Telegram отвечает «${cutText(error, 120)}»`;
}
