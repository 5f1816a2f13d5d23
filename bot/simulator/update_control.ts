import type { Update } from "grammy/types";
import { dropOldest } from "./oldest.ts";
import type { Polling } from "./polling.ts";
import type { Webhook } from "./state.ts";
import type { Delivery, Webhooks } from "./webhooks.ts";
import type { World } from "./world.ts";

type WebhookTarget = { url: string; secretToken?: string };

/** Delivery in the hands of a test. */
export type UpdateControl = {
  /** Every update since the start or the reset, delivered or not. */
  all(): Update[];
  /** Not yet confirmed by the bot. */
  pending(): Update[];
  /** Nothing more is handed out until `release`. */
  hold(): void;
  /** Hands out what was held, in any order. */
  release(reorder?: (updates: Update[]) => Update[]): void;
  /**
   * Delivers an update again: to the webhook, or to any address (a second process of the bot).
   * A polling bot gets it once more with its next getUpdates.
   */
  redeliver(updateId: number, target?: WebhookTarget): Promise<Delivery>;
  /** Each webhook delivery is also posted there at the same moment; null ends it. */
  mirrorTo(target: WebhookTarget | null): void;
};

const mostRemembered = 20_000;

type Parts = { world: World; polling: Polling; webhooks: Webhooks };

export function createUpdateControl({ world, polling, webhooks }: Parts): UpdateControl {
  const all = new Map(world.state.updates.map(({ update }) => [update.update_id, update]));
  world.events.listen((event) => {
    if (event.type === "reset") all.clear();
    if (event.type !== "update") return;
    const update = world.state.updates.findLast(
      (queued) => queued.update.update_id === event.updateId,
    )?.update;
    if (update !== undefined) all.set(event.updateId, update);
    dropOldest(all, mostRemembered);
  });

  function setHeld(isHeld: boolean): void {
    polling.setHeld(isHeld);
    webhooks.setHeld(isHeld);
  }

  return {
    all: () => [...all.values()],
    pending: () => world.state.updates.map(({ update }) => update),
    hold: () => setHeld(true),
    release(reorder = (updates) => updates) {
      const order = reorder(world.state.updates.map(({ update }) => update));
      world.state.updates = world.state.updates.toSorted(
        (a, b) => order.indexOf(a.update) - order.indexOf(b.update),
      );
      setHeld(false);
    },
    async redeliver(updateId, target) {
      const update = all.get(updateId);
      if (update === undefined) throw new Error(`no update ${updateId}`);
      const to = target === undefined ? world.state.webhook : withSecret(target);
      if (to !== null) return webhooks.post(update, to);
      const expiresAt = world.clock.now() + 60_000;
      world.state.updates.push({ update, queue: `again:${updateId}`, expiresAt });
      world.events.emit({ type: "update", updateId });
      return { updateId, url: "", status: null };
    },
    mirrorTo: (target) => webhooks.mirrorTo(target === null ? null : withSecret(target)),
  };
}

function withSecret({ url, secretToken }: WebhookTarget): Pick<Webhook, "url" | "secretToken"> {
  return { url, secretToken: secretToken ?? "" };
}
