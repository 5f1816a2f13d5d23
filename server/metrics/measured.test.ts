import { expect, it } from "vitest";
import type { WaitingNotification } from "../../db/notification_queue.ts";
import type { SendNotification } from "../jobs/telegram_notify.ts";
import { measureSending } from "./measured.ts";
import { createTestMetrics } from "./testing.ts";

const notification = { kind: "approved" } as WaitingNotification;

function outcomes(...answers: readonly (() => ReturnType<SendNotification>)[]) {
  const left = [...answers];
  const metrics = createTestMetrics();
  const send = measureSending(async () => {
    const next = left.shift();
    if (!next) throw new Error("nothing left");
    return next();
  }, metrics);
  return { metrics, send: () => send(notification, { isSilent: false }) };
}

it("counts a message that Telegram refuses as failed, and why", async () => {
  const { metrics, send } = outcomes(
    async () => ({ outcome: "sent", messageId: 5 }),
    async () => ({
      outcome: "failed",
      failure: { kind: "busy", retryAfter: 7 },
      description: "Too Many Requests",
    }),
    async () => ({ outcome: "failed", failure: { kind: "unreachable" }, description: "blocked" }),
  );
  expect(await send()).toMatchObject({ outcome: "sent", messageId: 5 });
  expect(await send()).toMatchObject({ failure: { kind: "busy", retryAfter: 7 } });
  expect(await send()).toMatchObject({ failure: { kind: "unreachable" } });
  await expect(send()).rejects.toThrow("nothing left");
  const text = await metrics.text();
  expect(text).toContain('smetka_notification_seconds_count{name="approved",outcome="done"} 1');
  expect(text).toContain('smetka_notification_seconds_count{name="approved",outcome="failed"} 3');
  for (const reason of ["busy", "unreachable", "unwritten"]) {
    expect(text).toContain(`smetka_notification_refused_total{reason="${reason}"} 1`);
  }
});
