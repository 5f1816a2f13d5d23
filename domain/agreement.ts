import type { Comparison } from "./estimate/comparison.ts";
import type { EstimateStatus } from "./estimate/status.ts";
import type { Problem } from "./estimate/preflight.ts";
import type { Id } from "./ids.ts";
import type { Kopecks } from "./money.ts";
import type { ListRequest, Page } from "./paging.ts";

/** Who is asked to approve: somebody of the company, or the client by a link. */
export const AUDIENCES = ["manager", "client"] as const;
export type Audience = (typeof AUDIENCES)[number];

export const REVISION_STATUSES = [
  "submitted",
  "approved",
  "returned",
  "withdrawn",
  "superseded",
] as const;
export type RevisionStatus = (typeof REVISION_STATUSES)[number];

export const REVISION_STATUS_NAMES: Readonly<Record<RevisionStatus, string>> = {
  submitted: "на согласовании",
  approved: "утверждена",
  returned: "на доработке",
  withdrawn: "отозвана",
  superseded: "заменена",
};

/** Through which door a decision came. `page`: the client's link. */
export const CHANNELS = ["chat", "page", "miniapp", "crm", "api"] as const;
export type Channel = (typeof CHANNELS)[number];

/** What was frozen when an estimate was submitted. Its content, hash and total never change. */
export interface Revision {
  readonly id: Id;
  readonly estimateId: Id;
  /** «СМ-2026-0001» */
  readonly number: string;
  /** From 1. */
  readonly revision: number;
  /** The version of the content that was frozen. */
  readonly version: number;
  /** Of the client's document, hexadecimal: `/v/<sha256>`. */
  readonly sha256: string;
  /** With the optional lines that were chosen when it was submitted. */
  readonly total: Kopecks;
  readonly audience: Audience;
  readonly status: RevisionStatus;
  readonly submittedBy: { readonly id: Id; readonly name: string };
  readonly submittedAt: Date;
  /** Null while it waits. */
  readonly decidedAt: Date | null;
  /** Who took the last step (approved, returned, withdrew, replaced); the client by name. */
  readonly decidedByName: string | null;
  /** What was decided about it, oldest first. */
  readonly decisions: readonly Decision[];
  /** The revision that replaces this one, once it is retired; it may be a draft still. */
  readonly replacedBy: number | null;
}

/** The evidence that people of the company may see. */
export interface Decision {
  readonly id: Id;
  readonly decision: "approved" | "returned";
  /** Both sides may approve one revision, each once. */
  readonly side: "company" | "client";
  readonly channel: Channel;
  /** Null: the client. */
  readonly userId: Id | null;
  readonly name: string;
  /** As the client gave it; empty for people of the company. */
  readonly phone: string;
  /** Why it was returned, or a remark of who approved. */
  readonly reason: string;
  /** What was agreed, with the optional lines that the client chose. */
  readonly total: Kopecks;
  readonly decidedAt: Date;
}

/**
 * `problems`: nothing was done; blocking ones must be mended, warnings may be accepted.
 * `changed`: the estimate is at another version than the person saw.
 * `late`: it is not a draft any more; `revision` is what happened (null: archived).
 */
export type SubmitResult =
  | {
      readonly outcome: "submitted";
      readonly revision: Revision;
      readonly warnings: readonly Problem[];
    }
  | { readonly outcome: "problems"; readonly problems: readonly Problem[] }
  | { readonly outcome: "changed"; readonly version: number }
  | {
      readonly outcome: "late";
      readonly status: EstimateStatus;
      readonly revision: Revision | null;
    };

/**
 * `done`: the step was taken, now (`isRepeat: false`) or before by the same person (a second tap).
 * `late`: something else happened to the revision first; it says what, by whom and when.
 */
export type DecisionResult =
  | { readonly outcome: "done"; readonly isRepeat: boolean; readonly revision: Revision }
  | { readonly outcome: "late"; readonly revision: Revision };

/** A revision as the person saw it: a decision is bound to exactly this. */
export interface RevisionReference {
  readonly revisionId: Id;
  /** A revision never changes, so its id is enough for a button; programs give the hash, too. */
  readonly sha256?: string | undefined;
}

/**
 * Agreeing inside the company. Throws `not_found` for what the person may not see, `forbidden`,
 * `invalid` (an empty reason); everything that another person may have done meanwhile is an outcome.
 */
export interface AgreementService {
  /** The check before sending; empty: nothing to remark. */
  check(estimateId: Id): Promise<readonly Problem[]>;
  /** Freezes the estimate as it is. Warnings stop it unless they are accepted. */
  submit(
    estimateId: Id,
    request: {
      audience: Audience;
      acceptWarnings: boolean;
      /** What the person saw; given, a newer estimate is not submitted. */
      version?: number | undefined;
    },
  ): Promise<SubmitResult>;
  approve(
    reference: RevisionReference,
    by: { channel: Channel; remark?: string | undefined },
  ): Promise<DecisionResult>;
  /** Back to the foreman, with the reason. */
  giveBack(
    reference: RevisionReference,
    by: { channel: Channel; reason: string },
  ): Promise<DecisionResult>;
  /** The sender takes it back to a draft. */
  withdraw(reference: RevisionReference): Promise<DecisionResult>;
  /**
   * «🔁 Новая версия»: retires the submitted or approved revision and opens a draft of the next one.
   * On a draft it is `late`; its last revision says what happened.
   */
  revise(reference: RevisionReference): Promise<DecisionResult>;
  /** Into the archive. Throws `conflict` while it waits for a decision. */
  archive(estimateId: Id): Promise<void>;
  /** Newest first. */
  revisions(estimateId: Id, request?: ListRequest): Promise<Page<Revision>>;
  revision(id: Id): Promise<Revision>;
  /** The frozen document as canonical JSON, with the hash of its bytes. Throws `not_found`. */
  document(estimateId: Id, revisionId: Id): Promise<{ json: string; sha256: string }>;
  /** The one that is submitted or approved now; null for a draft. */
  current(estimateId: Id): Promise<Revision | null>;
  /** Two revisions by number; `to` null: the estimate as it is now. Throws `not_found`. */
  compare(estimateId: Id, range: { from: number; to: number | null }): Promise<Comparison>;
}
