import type { Updates } from "../../domain/services.ts";
import type { SendNotification } from "../jobs/telegram_notify.ts";
import type { Metrics } from "./metrics.ts";

/** The same updates, counted. */
export function measureUpdates(updates: Updates, metrics: Pick<Metrics, "measure">): Updates {
  return {
    ...updates,
    run: (update, work) =>
      metrics.measure({ kind: "update", name: "telegram" }, () => updates.run(update, work)),
  };
}

/** The same sending, counted by kind of message; what Telegram refused has failed, and why is counted. */
export function measureSending(
  send: SendNotification,
  { note, counter }: Pick<Metrics, "note" | "counter">,
): SendNotification {
  const countRefusal = counter("notification_refused", "Messages that Telegram did not take", [
    "reason",
  ]);
  return async (notification, options) => {
    const started = performance.now();
    const end = (outcome: "done" | "failed"): void => {
      const seconds = (performance.now() - started) / 1000;
      note({ kind: "notification", name: notification.kind, outcome, seconds });
    };
    try {
      const delivery = await send(notification, options);
      end(delivery.outcome === "sent" ? "done" : "failed");
      if (delivery.outcome === "failed") countRefusal({ reason: delivery.failure.kind });
      return delivery;
    } catch (error) {
      end("failed");
      countRefusal({ reason: "unwritten" });
      throw error;
    }
  };
}
