import type { Update } from "grammy/types";
import { conflict } from "./api_error.ts";
import type { Parameters } from "./parameters.ts";
import { confirmUpdates, dropExpired, readAllowedUpdates } from "./updates.ts";
import type { World } from "./world.ts";

export type Polling = {
  getUpdates(parameters: Parameters): Promise<Update[]>;
  /** Ends a waiting poll with 409, as setWebhook and a second poller do. */
  interrupt(reason: string): void;
  /** While held, nothing is handed out. */
  setHeld(isHeld: boolean): void;
  close(): void;
};

const longestPollSeconds = 50;

const otherPoller =
  "terminated by other getUpdates request; make sure that only one bot instance is running";

export function createPolling(world: World): Polling {
  let waiting: { controller: AbortController; conflict: string | null } | null = null;
  let wake = () => {};
  let isHeld = false;
  world.events.listen((event) => {
    if (event.type === "update") wake();
  });

  function interrupt(reason: string): void {
    if (waiting === null) return;
    waiting.conflict = reason;
    waiting.controller.abort(new Error(reason));
  }

  async function getUpdates(parameters: Parameters): Promise<Update[]> {
    if (world.state.webhook !== null) {
      throw conflict(
        "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
      );
    }
    const limit = parameters.integerOr("limit", 100, 1, 100);
    const timeout = parameters.integerOr("timeout", 0, 0, longestPollSeconds);
    const allowed = readAllowedUpdates(
      parameters.json("allowed_updates", "Can't parse allowed_updates JSON object"),
    );
    if (allowed !== null) world.state.allowedUpdates = allowed;
    confirmUpdates(world, parameters.integer("offset"));
    world.events.emit({ type: "taken" });
    const ready = take(limit);
    if (ready.length > 0 || timeout === 0) return ready;
    interrupt(otherPoller);
    await waitForUpdate(timeout * 1000);
    return take(limit);
  }

  async function waitForUpdate(ms: number): Promise<void> {
    const controller = new AbortController();
    const mine = { controller, conflict: null };
    waiting = mine;
    const woken = Promise.withResolvers<void>();
    wake = woken.resolve;
    try {
      await Promise.race([world.clock.wait(ms, controller.signal), woken.promise]);
    } catch (error) {
      if (mine.conflict !== null) throw conflict(mine.conflict);
      // The simulator closes: the bot gets an empty answer.
      if (!controller.signal.aborted) throw error;
    } finally {
      if (waiting === mine) waiting = null;
      controller.abort(new Error("the poll is over"));
    }
  }

  function take(limit: number): Update[] {
    if (isHeld) return [];
    dropExpired(world);
    return world.state.updates.slice(0, limit).map(({ update }) => update);
  }

  return {
    getUpdates,
    interrupt,
    setHeld(held) {
      isHeld = held;
      if (!held) wake();
    },
    close: () => waiting?.controller.abort(new Error("the simulator is closing")),
  };
}
