import { can } from "../../domain/access.ts";
import type { NotificationKind } from "../../domain/notifications.ts";
import { actions } from "../actions.ts";
import type { History } from "../choices.ts";
import { type ChatContext, servicesOf } from "../context.ts";
import { inPairs } from "../keyboards.ts";
import { showCard, toast } from "../messages.ts";
import { type Feature, onPress } from "../routes.ts";
import { BACK, MORE_ITEMS, TO_START } from "../texts_common.ts";
import {
  historyText,
  NOTIFICATION_BUTTONS,
  NOTIFICATION_SETTINGS,
  switchLabel,
} from "../texts_notification_settings.ts";

const PAGE_SIZE = 8;

/** «🔔 Уведомления»: what a person hears of, and what was sent. */
export const notificationsFeature: Feature = {
  presses: [
    onPress(actions.notifications, showSwitches),
    onPress(actions.notificationSet, async (ctx, kind, wanted) => {
      const isMuted = wanted === "off";
      await servicesOf(ctx).notifications.setMuted(kind, isMuted);
      await toast(ctx, NOTIFICATION_SETTINGS.switched(kind, isMuted));
      await showSwitches(ctx);
    }),
    onPress(actions.notificationHistory, showHistory),
  ],
};

async function showSwitches(ctx: ChatContext): Promise<void> {
  const { actor, notifications } = servicesOf(ctx);
  const seesAll = can(actor, "report.read", { companyId: actor.companyId });
  const kinds = await notifications.kinds();
  const rows = [
    ...inPairs(kinds.map(({ kind, isMuted }) => switchButton(kind, isMuted))),
    [actions.notificationHistory.button(NOTIFICATION_BUTTONS.mine, null, "mine")],
    ...(seesAll
      ? [[actions.notificationHistory.button(NOTIFICATION_BUTTONS.company, null, "company")]]
      : []),
    [actions.settings.button(BACK)],
  ];
  await showCard(ctx, { text: NOTIFICATION_SETTINGS.title, rows }, "notifications");
}

/** The button says what it makes of the switch, so a second tap does not undo the first. */
function switchButton(kind: NotificationKind, isMuted: boolean) {
  return actions.notificationSet.button(switchLabel(kind, isMuted), kind, isMuted ? "on" : "off");
}

async function showHistory(ctx: ChatContext, cursor: string | null, whose: History): Promise<void> {
  const { notifications, company } = servicesOf(ctx);
  const page = await notifications.history({ whose, cursor, limit: PAGE_SIZE });
  const { timezone } = await company.get();
  const turns = [
    ...(cursor === null ? [] : [actions.notificationHistory.button(TO_START, null, whose)]),
    ...(page.next === null
      ? []
      : [actions.notificationHistory.button(MORE_ITEMS, page.next, whose)]),
  ];
  const rows = [...(turns.length === 0 ? [] : [turns]), [actions.notifications.button(BACK)]];
  const text = historyText(page.items, { whose, timezone });
  await showCard(ctx, { text, rows }, "notifications");
}
