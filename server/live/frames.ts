import { z } from "zod";
import type { LiveAnswer, LiveEvent } from "../../domain/live.ts";
import type { Id } from "../../domain/ids.ts";
import type { LiveEstimate } from "../../db/live_events.ts";

/** A frame of events that are JSON already. Without a position it tells of one estimate alone. */
export function frame(events: readonly string[], position?: string): Buffer {
  const place = position === undefined ? "" : `"position":${JSON.stringify(position)},`;
  return Buffer.from(`{"type":"events",${place}"events":[${events.join()}]}`);
}

export function answer(message: LiveAnswer): Buffer {
  return Buffer.from(JSON.stringify(message));
}

export function aboutEstimate(estimate: LiveEstimate): LiveEvent {
  const { id, version, status, revision, isRemoved } = estimate;
  return { kind: "estimate", estimateId: id, version, status, revision, isRemoved };
}

const documentDetails = z.object({
  documentId: z.string(),
  format: z.string(),
  status: z.enum(["ordered", "ready", "sent", "failed"]),
});

export function aboutDocument(details: unknown, estimateId: Id): LiveEvent {
  return { kind: "document", estimateId, ...documentDetails.parse(details) };
}

const signedOutDetails = z.object({ keyId: z.string() });

/** The key that was revoked; null: a person was signed out. */
export function keyOf(details: unknown): Id | null {
  return details === null ? null : signedOutDetails.parse(details).keyId;
}

const syncDetails = z.object({
  connectionId: z.string(),
  state: z.enum(["running", "done", "failed"]),
  clients: z.number(),
  deals: z.number(),
});

export function aboutSync(details: unknown): LiveEvent {
  return { kind: "crm_sync", ...syncDetails.parse(details) };
}

const notificationDetails = z.object({
  waiting: z.number().default(0),
  sent: z.number().default(0),
  failed: z.number().default(0),
  muted: z.number().default(0),
});

/** What several rows counted, as one. */
export function aboutNotifications(rows: readonly unknown[]): LiveEvent {
  const sum = { waiting: 0, sent: 0, failed: 0, muted: 0 };
  for (const row of rows) {
    const found = notificationDetails.parse(row);
    sum.waiting += found.waiting;
    sum.sent += found.sent;
    sum.failed += found.failed;
    sum.muted += found.muted;
  }
  return { kind: "notifications", ...sum };
}
