import type { Update } from "grammy/types";
import { countNext, type QueuedUpdate } from "./state.ts";
import type { World } from "./world.ts";

export type UpdateKind = Exclude<keyof Update, "update_id">;

/** Not sent unless `allowed_updates` names them. */
const askedForOnly = new Set(["chat_member", "message_reaction", "message_reaction_count"]);

/** Every kind that the Bot API knows: others in `allowed_updates` are ignored. */
const kinds = new Set(
  `message edited_message channel_post edited_channel_post business_connection business_message
  edited_business_message deleted_business_messages message_reaction message_reaction_count
  inline_query chosen_inline_result callback_query shipping_query pre_checkout_query
  purchased_paid_media poll poll_answer my_chat_member chat_member chat_join_request chat_boost
  removed_chat_boost`.split(/\s+/),
);

const lifetimesMs: Partial<Record<UpdateKind, number>> = {
  callback_query: 150_000,
  inline_query: 30_000,
};

const longestLifetimeMs = 24 * 3_600_000;

/**
 * Puts an update into the bot's queue. The queue's name decides what may overlap in webhook
 * delivery: messages go by chat and presses by person, so the two overtake each other.
 */
export function pushUpdate<Kind extends UpdateKind>(
  world: World,
  kind: Kind,
  payload: NonNullable<Update[Kind]> | object,
  queue: string,
): void {
  if (!isAllowed(world, kind)) return;
  const update = { update_id: countNext(world.state, "update"), [kind]: structuredClone(payload) };
  world.state.updates.push({
    update,
    queue,
    expiresAt: world.clock.now() + (lifetimesMs[kind] ?? longestLifetimeMs),
  });
  world.events.emit({ type: "update", updateId: update.update_id });
}

function isAllowed(world: World, kind: UpdateKind): boolean {
  const allowed = world.state.allowedUpdates;
  return allowed === null ? !askedForOnly.has(kind) : allowed.includes(kind);
}

/** Reads `allowed_updates`; null keeps the subscription as it was. */
export function readAllowedUpdates(value: unknown): string[] | null {
  if (!Array.isArray(value) || !value.every((name) => typeof name === "string")) return null;
  const known = value.map((name) => name.toLowerCase()).filter((name) => kinds.has(name));
  return known.length > 0 ? known : [...kinds].filter((name) => !askedForOnly.has(name));
}

export function dropExpired(world: World): void {
  const now = world.clock.now();
  world.state.updates = world.state.updates.filter(({ expiresAt }) => expiresAt > now);
}

/** A positive offset confirms all before it; a negative one keeps that many of the last. */
export function confirmUpdates(world: World, offset: number): void {
  const { updates } = world.state;
  if (offset < 0) world.state.updates = updates.slice(offset);
  if (offset <= 0 || offset > nextUpdateId(world) + 10) return;
  world.state.updates = updates.filter(({ update }) => update.update_id >= offset);
}

export function removeUpdate(world: World, queued: QueuedUpdate): void {
  world.state.updates = world.state.updates.filter((other) => other !== queued);
}

function nextUpdateId(world: World): number {
  return world.state.counters.update + 1;
}
