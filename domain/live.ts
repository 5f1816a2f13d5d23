import { z } from "zod";
import { changeSchema } from "./estimate/changes.ts";
import { ESTIMATE_STATUSES } from "./estimate/status.ts";
import { idSchema } from "./ids.ts";

/*
 * What goes over the WebSocket of `/api/v1/live`, in both directions; docs/live.md tells it in words.
 * `position` is a text that only the server understands: give it back as `since`.
 */

/** More than this a client never has to say in one message. */
export const MAX_LIVE_MESSAGE = 4096; // bytes

/** Silence after which a client pings, and after twice of which it takes the connection for dead. */
export const LIVE_HEARTBEAT = 25_000; // ms

export const liveRequestSchema = z.discriminatedUnion("type", [
  /** The first message. With `since` the lists go on from there; `lists` alone starts now. */
  z.strictObject({
    type: z.literal("hello"),
    /** Of `POST session`, or an API key. Left out by pages of the manager: their cookie came with the opening. */
    token: z.string().max(200).optional(),
    lists: z.boolean().default(false),
    since: z.string().max(2000).optional(),
  }),
  /** Answered with what came after the version, then with everything that follows. */
  z.strictObject({
    type: z.literal("watch"),
    estimateId: idSchema,
    version: z.int().nonnegative(),
  }),
  z.strictObject({ type: z.literal("unwatch"), estimateId: idSchema }),
  z.strictObject({ type: z.literal("ping") }),
]);
/** @public for programs that speak it */
export type LiveRequest = z.input<typeof liveRequestSchema>;

export const liveEventSchema = z.discriminatedUnion("kind", [
  /** The batch that made the version. Null: too long for a frame, ask for it. */
  z.strictObject({
    kind: z.literal("changes"),
    estimateId: idSchema,
    version: z.int().nonnegative(),
    changes: z.array(changeSchema).nullable(),
  }),
  /** Where an estimate stands: for lists with every change of it, for who watches it with every status. */
  z.strictObject({
    kind: z.literal("estimate"),
    estimateId: idSchema,
    version: z.int().nonnegative(),
    status: z.enum(ESTIMATE_STATUSES),
    revision: z.int().positive(),
    isRemoved: z.boolean(),
  }),
  /** It does not exist, or may not be read any more: nothing follows about it. */
  z.strictObject({ kind: z.literal("gone"), estimateId: idSchema }),
  z.strictObject({
    kind: z.literal("document"),
    documentId: idSchema,
    estimateId: idSchema,
    format: z.string(),
    status: z.enum(["ordered", "ready", "sent", "failed"]),
  }),
  /** How many notifications of the company came into each state. */
  z.strictObject({
    kind: z.literal("notifications"),
    waiting: z.int().nonnegative(),
    sent: z.int().nonnegative(),
    failed: z.int().nonnegative(),
    muted: z.int().nonnegative(),
  }),
  z.strictObject({
    kind: z.literal("crm_sync"),
    connectionId: idSchema,
    state: z.enum(["running", "done", "failed"]),
    clients: z.int().nonnegative(),
    deals: z.int().nonnegative(),
  }),
]);
export type LiveEvent = z.input<typeof liveEventSchema>;

export const liveAnswerSchema = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("ready"), position: z.string() }),
  /** All of it belongs together; with a position everything up to there has been told. */
  z.strictObject({
    type: z.literal("events"),
    position: z.string().optional(),
    events: z.array(liveEventSchema),
  }),
  /** What was missed can't be told event by event: read everything anew. */
  z.strictObject({ type: z.literal("reset"), position: z.string() }),
  z.strictObject({ type: z.literal("pong"), position: z.string() }),
]);
export type LiveAnswer = z.input<typeof liveAnswerSchema>;

/** Why the server closes. 1012, a restart, is of the protocol itself: come back at once. */
export const LIVE_CLOSE = {
  restart: 1012,
  /** A message that is no message of this protocol, or too many. */
  badMessage: 4400,
  /** No session, or it ended: sign in, then come back. */
  unauthenticated: 4401,
  /** The role or the membership changed: come back, the token may still be good. */
  signInAgain: 4403,
  /** Nothing came for too long. */
  timeout: 4408,
  /** Too many connections of one person, or with one key. Who is too slow is cut without a word. */
  tooMuch: 4429,
} as const;
