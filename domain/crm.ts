import { z } from "zod";
import type { CrmPipeline } from "./crm_adapter.ts";
import type { StageMap } from "./crm_stages.ts";
import type { Id } from "./ids.ts";

export const CRM_KINDS = ["bitrix24", "amocrm", "webhook"] as const;
export type CrmKind = (typeof CRM_KINDS)[number];

export const CRM_NAMES: Readonly<Record<CrmKind, string>> = {
  bitrix24: "Битрикс24",
  amocrm: "amoCRM",
  webhook: "Своя система",
};

const text = z.string().trim().max(2000);

/** What a person enters to connect a CRM. */
export const crmAccessSchema = z.union([
  /** `url`: the inbound webhook's address with its key. */
  z.strictObject({
    kind: z.literal("bitrix24"),
    url: text,
    applicationToken: text.nullable().default(null),
  }),
  z.strictObject({ kind: z.literal("amocrm"), domain: text, token: text }),
  z.strictObject({
    kind: z.literal("amocrm"),
    domain: text,
    oauth: z.strictObject({
      clientId: text,
      clientSecret: text,
      redirectUri: text,
      code: text,
    }),
  }),
  z.strictObject({ kind: z.literal("webhook"), url: text }),
]);
export type CrmAccess = z.input<typeof crmAccessSchema>;

export interface CrmConnection {
  readonly id: Id;
  readonly kind: CrmKind;
  /** Host of the portal or account. */
  readonly account: string;
  readonly state: "active" | "stopped";
  /** A Russian sentence when `state` is "stopped" or something needs the owner; else null. */
  readonly problem: string | null;
  /** A Russian sentence: what works worse than it could. */
  readonly warning: string | null;
  readonly stageMap: StageMap | null;
  /** As they were last read there; empty for a CRM without any. */
  readonly pipelines: readonly CrmPipeline[];
  /** What the CRM's outgoing webhook must call. Null while nobody outside reaches us. */
  readonly webhookUrl: string | null;
  /** When the CRM last told us of a change. */
  readonly lastEventAt: Date | null;
  readonly lastSyncAt: Date | null;
  readonly sync: CrmSyncProgress | null;
}

export interface CrmSyncProgress {
  readonly state: "running" | "done" | "failed";
  readonly clients: number;
  readonly deals: number;
  /** How many records a full scan will read; null: nobody knows. */
  readonly total: number | null;
  readonly startedAt: Date;
  readonly finishedAt: Date | null;
  readonly error: string | null;
}

/** A record of the CRM that may be one of our clients: «Это один и тот же клиент?» */
export interface CrmReview {
  readonly id: Id;
  readonly connectionId: Id;
  readonly remoteName: string;
  readonly remotePhones: readonly string[];
  readonly candidates: readonly { readonly id: Id; readonly name: string }[];
}

export interface CrmLogEntry {
  readonly id: Id;
  readonly at: Date;
  readonly operation: string;
  readonly status: number | null;
  readonly error: string | null;
  readonly durationMs: number;
  readonly correlationId: Id;
}

/** An approved estimate that no attempt brought to the CRM. */
export interface CrmFailedPush {
  readonly estimateId: Id;
  /** «СМ-2026-0001» */
  readonly number: string;
  /** The CRM's code or ours. */
  readonly error: string | null;
  readonly at: Date;
}

/** A message of a chat that is edited when there is news. */
export interface CrmPlace {
  readonly chatId: number;
  readonly messageId: number;
}

/** What the chat and the manager's page may ask of the CRM connections. For the owner (`crm.edit`). */
export interface CrmService {
  connections(): Promise<readonly CrmConnection[]>;
  /**
   * Keeps what was entered, sealed, for a job that tries it by real calls and then answers in the chat.
   * @param place `messageId` null: the answer is a new message
   */
  requestConnecting(
    access: CrmAccess,
    place: { readonly chatId: number; readonly messageId: number | null },
  ): Promise<void>;
  /** Takes the sentence about trouble away: somebody has read it. */
  dismissProblem(connectionId: Id): Promise<void>;
  setStageMap(connectionId: Id, map: StageMap): Promise<void>;
  /** The token that Bitrix24 shows in the form of its outgoing webhook. */
  setApplicationToken(connectionId: Id, token: string): Promise<void>;
  /**
   * On demand; `full` reads everything again. A scan that runs already is not doubled. `watch`: the
   * message shows its progress.
   */
  requestSync(connectionId: Id, options?: { full?: boolean; watch?: CrmPlace }): Promise<void>;
  disconnect(connectionId: Id): Promise<void>;
  reviews(limit: number): Promise<readonly CrmReview[]>;
  /** `clientId` null: somebody new. */
  decideReview(reviewId: Id, clientId: Id | null): Promise<void>;
  /** Newest first. */
  recentErrors(limit: number): Promise<readonly CrmLogEntry[]>;
  /** Newest first. */
  failedPushes(limit: number): Promise<readonly CrmFailedPush[]>;
  /** Pushes that failed for good are tried again. Returns how many. */
  retryFailedPushes(): Promise<number>;
}
