import { AppError } from "../../domain/errors.ts";
import { kindsFor, type NotificationService } from "../../domain/notifications.ts";
import { listMutes, putMute, removeMute } from "../../db/notification_mutes.ts";
import { listSentNotifications } from "../../db/notifications.ts";
import { idCursor, makePage, readIdCursor, readPageRequest } from "./paging.ts";
import { demand, type Scope } from "./scope.ts";

/** What a person hears of, and what became of it. */
export function createNotificationService(scope: Scope): NotificationService {
  const { tx, actor } = scope;
  const { companyId, userId } = actor;
  return {
    kinds: async () => {
      const muted = await listMutes(tx, companyId, userId);
      return kindsFor(actor.role).map((kind) => ({ kind, isMuted: muted.has(kind) }));
    },
    setMuted: async (kind, isMuted) => {
      if (!kindsFor(actor.role).includes(kind)) {
        throw new AppError("invalid", "Таких уведомлений нет.");
      }
      await (isMuted ? putMute : removeMute)(tx, companyId, userId, kind);
    },
    history: async ({ whose, ...request }) => {
      if (whose === "company") demand(scope, "report.read");
      const { cursor, limit } = readPageRequest(request);
      const rows = await listSentNotifications(tx, companyId, {
        userId: whose === "mine" ? userId : null,
        before: readIdCursor(cursor),
        limit,
      });
      return makePage(rows, limit, { item: (row) => row, place: idCursor });
    },
  };
}
