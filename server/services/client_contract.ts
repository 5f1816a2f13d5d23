import type { RevisionStatus } from "../../domain/agreement.ts";
import type { Day } from "../../domain/calendar.ts";
import type { Id } from "../../domain/ids.ts";
import type { Kopecks } from "../../domain/money.ts";
import type { Question } from "../../domain/questions.ts";
import type { DocumentOption, DocumentSection } from "../documents/estimate_document.ts";
import type { FrozenDocument } from "../documents/frozen_document.ts";

/**
 * `open`: the client may agree. `agreed`: he has. `outdated`: the day until which the prices are
 * promised is over. The rest is what became of the revision.
 */
export type ClientState = "open" | "agreed" | "outdated" | "returned" | "withdrawn" | "superseded";

/** All that a holder of the link may know. Nothing internal is in here; a test looks for it. */
export interface ClientView {
  readonly state: ClientState;
  readonly sha256: string;
  /** The revision that replaces this one. */
  readonly replacedBy: number | null;
  /** With the choice that was asked for, or that was agreed. */
  readonly document: FrozenDocument;
  /** Null where nothing can be chosen (any more): then the document says it all. */
  readonly choice: {
    /** The sections without any optional line. */
    readonly sections: readonly DocumentSection[];
    readonly options: readonly DocumentOption[];
    readonly chosen: ReadonlySet<Id>;
  } | null;
  /** Null: no extra work. */
  readonly extra: ClientExtra | null;
  readonly agreement: { readonly name: string; readonly at: Date } | null;
  /** About this revision and those before it, oldest first. */
  readonly questions: readonly ClientQuestion[];
  readonly timezone: string;
}

/** What the client is told of extra work besides its document. */
export interface ClientExtra {
  /** The pictures that were frozen with it, in their order. */
  readonly photoIds: readonly Id[];
  /** By the estimate and the extras that are approved besides this one. */
  readonly agreedBefore: Kopecks;
}

export type ClientQuestion = Pick<
  Question,
  "id" | "line" | "text" | "authorName" | "askedAt" | "answer" | "answeredAt"
>;

export interface Agreeing {
  readonly name: string;
  readonly phone: string;
  /** Null: as it was submitted. */
  readonly chosen: readonly Id[] | null;
  /** What the client saw: another total is shown to him first. */
  readonly total: Kopecks;
  readonly sha256: string;
  readonly address: string;
  readonly userAgent: string;
  readonly isOwnDevice: boolean;
}

/** `changed`: the choice makes another total than the client saw. `refused`: see the view's state. */
export interface AgreeingResult {
  readonly outcome: "agreed" | "changed" | "empty" | "refused";
  readonly view: ClientView;
}

/** `full`: too many questions on one estimate. */
export type AskingResult = "asked" | "full" | "refused" | "unknown_line";

export type FileResult =
  | { readonly state: "ready"; readonly fileName: string; readonly bytes: Uint8Array }
  | { readonly state: "pending" | "failed" };

/**
 * What a stranger with a link may do. Null for links that are unknown, revoked or over, and for
 * removed estimates: nobody can tell these from each other.
 */
export interface ClientDoor {
  /** @param chosen optional lines to count; null: as submitted */
  open(token: string, chosen?: readonly Id[] | null): Promise<ClientView | null>;
  /** Another one when the page would be; null where only opening it tells. */
  stamp(token: string): Promise<string | null>;
  /**
   * Counts a real opening; the route knows which are not the client's. `opening`: told by the page's
   * own script. `action`: a form was sent, which counts only where the script has not told of any.
   */
  countView(token: string, sign: "opening" | "action"): Promise<void>;
  agree(token: string, agreeing: Agreeing): Promise<AgreeingResult | null>;
  /** @param question.id made with the form: sending it twice asks once */
  ask(
    token: string,
    question: { id: Id; lineId: Id | null; text: string; authorName: string },
  ): Promise<AskingResult | null>;
  file(token: string): Promise<FileResult | null>;
  /** A photo of extra work that was frozen with the revision. */
  photo(
    token: string,
    id: Id,
  ): Promise<{ readonly mediaType: string; readonly bytes: Uint8Array } | null>;
  /** Whether a paper with this hash is the approved one. Null: no such paper. */
  verify(sha256: string): Promise<PaperCheck | null>;
}

/** What is said of a paper to whoever holds it: nothing that the paper does not say itself. */
export interface PaperCheck {
  readonly sha256: string;
  readonly status: RevisionStatus;
  readonly number: string;
  readonly revision: number;
  readonly date: Day;
  readonly contractor: string;
  /** What was agreed, with the optional lines that were chosen. */
  readonly total: Kopecks;
  readonly replacedBy: number | null;
  readonly approvals: readonly { readonly side: "company" | "client"; readonly at: Date }[];
  readonly timezone: string;
}
