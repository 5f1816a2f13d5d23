import type { Api } from "grammy";
import type { Logger } from "pino";
import { actions } from "../bot/actions.ts";
import { join, rich } from "../bot/html.ts";
import type { View } from "../bot/messages.ts";
import { editView, sendView } from "../bot/outgoing.ts";
import { BACK } from "../bot/texts_common.ts";
import { CRM, CRM_BUTTONS } from "../bot/texts_crm.ts";
import { countsText, progressText } from "../bot/views/crm.ts";
import type { ChatPlace, CrmChat } from "./crm/chat.ts";

/** What jobs say in the chat about CRMs. A person who can't be reached misses it; nothing fails. */
export function createCrmChat(api: Api, log: Logger): CrmChat {
  const put = async ({ chatId, messageId }: ChatPlace, view: View): Promise<void> => {
    if (messageId !== null) {
      const edited = await editView(api, { chatId, messageId, view });
      if (edited.outcome === "sent") return;
    }
    const sent = await sendView(api, { chatId, view, isSilent: false });
    if (sent.outcome === "failed") log.warn({ kind: sent.failure.kind }, "CRM news were not told");
  };
  return {
    connected: (place, kind, connected) => {
      const { account, connectionId: id, signingKey, warnings, currency, timezone } = connected;
      const facts = timezone === null ? currency : `${currency}, время портала ${timezone}`;
      const text = join([
        CRM.connected(kind, account),
        kind === "webhook" ? null : rich`Валюта: ${facts}`,
        signingKey === null ? null : CRM.signingKey(signingKey),
        ...warnings.map((warning) => rich`ℹ️ ${warning}`),
        kind === "webhook" ? null : CRM.next,
      ]);
      const rows = [
        ...(kind === "webhook" ? [] : [[actions.crmSync.button(CRM_BUTTONS.sync, id)]]),
        ...(kind === "webhook" ? [] : [[actions.crmStages.button(CRM_BUTTONS.stages, id)]]),
        [actions.crmWebhook.button(CRM_BUTTONS.webhook, id)],
        [actions.crmConnection.button(BACK, id)],
      ];
      return put(place, { text, rows });
    },
    refused: (place, kind, reason) =>
      put(place, {
        text: CRM.refused(kind, reason),
        rows: [[actions.crmConnect.button(CRM_BUTTONS.again, kind), actions.crm.button(BACK)]],
      }),
    progress: async ({ chatId, messageId }, { clients, deals, total }) => {
      if (messageId === null) return;
      const view = { text: progressText(clients + deals, total) };
      // The next one comes in three seconds.
      await editView(api, { chatId, messageId, view });
    },
    synced: (place, { connectionId, hasReviews, ...counts }) => {
      const rows = [
        ...(hasReviews ? [[actions.crmReviews.button(CRM_BUTTONS.reviews)]] : []),
        [actions.crmConnection.button(CRM_BUTTONS.open, connectionId)],
      ];
      const text = rich`✅ Синхронизация закончена: прочитано ${countsText(counts)}`;
      return put(place, { text, rows });
    },
    broken: (place, connectionId, reason) => {
      const text = rich`❌ Синхронизация прервалась. ${reason}\nТо, что загружено, сохранено; следующая начнётся с этого места.`;
      const rows = [
        [
          actions.crmSync.button(CRM_BUTTONS.retry, connectionId),
          actions.crmConnection.button(CRM_BUTTONS.open, connectionId),
        ],
      ];
      return put(place, { text, rows });
    },
  };
}
