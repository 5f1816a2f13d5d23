import type { Update } from "grammy/types";
import { setTimeout as realTimeout, clearTimeout as clearRealTimeout } from "node:timers";
import type { QueuedUpdate, Webhook } from "./state.ts";
import { dropExpired, removeUpdate } from "./updates.ts";
import type { World } from "./world.ts";

/** Tells what a webhook answered; null status means that the connection failed. */
export type Delivery = { updateId: number; url: string; status: number | null };

export type Webhooks = {
  /** Starts deliveries that are due. Called after each change of the queue or of the webhook. */
  pump(): void;
  /** Posts one update now, whatever the queue says: a duplicate, or a second target. */
  post(update: Update, target: Pick<Webhook, "url" | "secretToken">): Promise<Delivery>;
  /** Every delivery is also posted there at the same moment. */
  mirrorTo(target: Pick<Webhook, "url" | "secretToken"> | null): void;
  setHeld(isHeld: boolean): void;
  /** Deliveries that wait for an answer now. */
  running(): number;
  close(): void;
};

/** A call that the webhook put into its answer instead of making a request. */
export type RunMethod = (method: string, parameters: Record<string, unknown>) => Promise<unknown>;

const answerLimitMs = 60_000;
const longestPauseMs = 60_000;
const goneForMs = 23 * 3_600_000;

type Retry = { failures: number; pauseMs: number; dueAt: number };

/**
 * Delivery as in telegram-bot-api's `WebhookActor`: queues run side by side, in a queue one update
 * at a time; a failure is retried at once, then after 2, 4, 8 … seconds and blocks its queue.
 */
export function createWebhooks(world: World, runMethod: RunMethod): Webhooks {
  const busyQueues = new Set<string>();
  const retries = new Map<number, Retry>();
  const closing = new AbortController();
  let mirror: Pick<Webhook, "url" | "secretToken"> | null = null;
  let isHeld = false;
  let goneSince: number | null = null;
  world.events.listen((event) => {
    if (event.type === "update") pump();
  });

  function pump(): void {
    const { webhook } = world.state;
    if (webhook === null || isHeld || closing.signal.aborted) return;
    dropExpired(world);
    for (const queued of firstOfEachQueue(world.state.updates)) {
      if (busyQueues.size >= webhook.maxConnections) return;
      if (busyQueues.has(queued.queue)) continue;
      const wait = (retries.get(queued.update.update_id)?.dueAt ?? 0) - world.clock.now();
      if (wait <= 0) void deliver(queued, webhook);
      else void pumpAfter(queued.queue, wait);
    }
  }

  async function pumpAfter(queue: string, ms: number): Promise<void> {
    busyQueues.add(queue);
    try {
      await world.clock.wait(ms, closing.signal);
    } catch {
      return; // The simulator closes: nobody waits for this delivery any more.
    }
    busyQueues.delete(queue);
    pump();
  }

  async function deliver(queued: QueuedUpdate, webhook: Webhook): Promise<void> {
    busyQueues.add(queued.queue);
    const copies = mirror === null ? [] : [post(queued.update, mirror)];
    const answer = await send(queued.update, webhook);
    await Promise.all(copies);
    busyQueues.delete(queued.queue);
    if (world.state.webhook !== webhook) {
      pump();
      return;
    }
    if (answer.status !== null && answer.status >= 200 && answer.status < 300) {
      retries.delete(queued.update.update_id);
      goneSince = null;
      removeUpdate(world, queued);
      await runAnswer(answer.body);
    } else onFailure(queued, webhook, answer);
    world.events.emit({ type: "taken" });
    pump();
  }

  function onFailure(queued: QueuedUpdate, webhook: Webhook, answer: Answer): void {
    const now = world.clock.now();
    const id = queued.update.update_id;
    const before = retries.get(id) ?? { failures: 0, pauseMs: 1000, dueAt: now };
    const pauseMs =
      before.failures === 0 ? before.pauseMs : Math.min(longestPauseMs, before.pauseMs * 2);
    const delay = answer.retryAfterMs ?? (before.failures === 0 ? 0 : pauseMs);
    retries.set(id, { failures: before.failures + 1, pauseMs, dueAt: now + delay });
    webhook.lastErrorAt = now;
    webhook.lastErrorMessage =
      answer.status === null
        ? "Connection refused"
        : `Wrong response from the webhook: ${answer.status} ${answer.reason}`;
    world.log?.warn(
      { updateId: id, status: answer.status, delayMs: delay },
      "simulator: webhook did not take the update",
    );
    if (answer.status !== 410) goneSince = null;
    else if (goneSince === null) goneSince = now;
    else if (now - goneSince > goneForMs) world.state.webhook = null;
  }

  async function runAnswer(body: string): Promise<void> {
    const call = readCall(body);
    if (call === null) return;
    try {
      await runMethod(call.method, call.parameters);
    } catch (error) {
      // Telegram drops the result of such a call, a refusal too.
      world.log?.warn({ err: error, method: call.method }, "simulator: webhook reply was refused");
    }
  }

  async function post(
    update: Update,
    target: Pick<Webhook, "url" | "secretToken">,
  ): Promise<Delivery> {
    const { status } = await send(update, target);
    return { updateId: update.update_id, url: target.url, status };
  }

  async function send(
    update: Update,
    target: Pick<Webhook, "url" | "secretToken">,
  ): Promise<Answer> {
    // The wire has its own time: a test's clock must not cut a connection that is just slow.
    const limit = new AbortController();
    const timer = realTimeout(() => limit.abort(), answerLimitMs);
    try {
      const response = await fetch(target.url, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          ...(target.secretToken === ""
            ? {}
            : { "x-telegram-bot-api-secret-token": target.secretToken }),
        },
        body: JSON.stringify(update),
        redirect: "manual",
        signal: AbortSignal.any([limit.signal, closing.signal]),
      });
      const retryAfter = Number(response.headers.get("retry-after"));
      return {
        status: response.status,
        reason: response.statusText,
        body: await response.text(),
        retryAfterMs: retryAfter > 0 ? Math.min(3600, retryAfter) * 1000 : null,
      };
    } catch (error) {
      world.log?.debug({ err: error }, "simulator: webhook is out of reach");
      return { status: null, reason: "", body: "", retryAfterMs: null };
    } finally {
      clearRealTimeout(timer);
    }
  }

  return {
    pump,
    post,
    mirrorTo(target) {
      mirror = target;
    },
    setHeld(held) {
      isHeld = held;
      if (!held) pump();
    },
    running: () => busyQueues.size,
    close: () => closing.abort(new Error("the simulator is closing")),
  };
}

type Answer = { status: number | null; reason: string; body: string; retryAfterMs: number | null };

function firstOfEachQueue(updates: QueuedUpdate[]): QueuedUpdate[] {
  const seen = new Set<string>();
  return updates.filter(({ queue }) => {
    if (seen.has(queue)) return false;
    seen.add(queue);
    return true;
  });
}

const notInAnswer = new Set(["deletewebhook", "setwebhook", "close", "logout"]);

function readCall(body: string): { method: string; parameters: Record<string, unknown> } | null {
  if (!body.startsWith("{")) return null;
  try {
    const { method, ...parameters } = JSON.parse(body) as Record<string, unknown>;
    if (typeof method !== "string" || method === "") return null;
    const name = method.toLowerCase();
    return name.startsWith("get") || notInAnswer.has(name) ? null : { method, parameters };
  } catch {
    return null; // A webhook may answer anything with 2xx; only JSON with a method is a call.
  }
}
