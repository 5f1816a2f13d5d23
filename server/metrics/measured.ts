import type { Updates } from "../../domain/services.ts";
import type { SendNotification } from "../jobs/telegram_notify.ts";
import type { Metrics } from "./metrics.ts";

/** The same updates, counted. */
export function measureUpdates(updates: Updates, metrics: Metrics): Updates {
  return {
    ...updates,
    run: (update, work) =>
      metrics.measure({ kind: "update", name: "telegram" }, () => updates.run(update, work)),
  };
}

/** The same sending, counted by kind of message. */
export function measureSending(send: SendNotification, metrics: Metrics): SendNotification {
  return (notification, options) =>
    metrics.measure({ kind: "notification", name: notification.kind }, () =>
      send(notification, options),
    );
}
