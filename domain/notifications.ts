import type { Role } from "./access.ts";
import type { Audience } from "./agreement.ts";
import type { Id } from "./ids.ts";
import type { Page } from "./paging.ts";
import type { PaymentKind } from "./payments.ts";

/** The estimate that a notification is about, as it was then. Sums are decimal strings. */
export interface NotifiedEstimate {
  readonly estimateId: Id;
  readonly number: string;
  /** The object, else the title. */
  readonly title: string;
  readonly total: string;
}

interface NotifiedRevision extends NotifiedEstimate {
  readonly revisionId: Id;
  readonly revision: number;
}

/** An act of a contract, whose `total` is all that is agreed, extras included. */
interface NotifiedAct extends NotifiedEstimate {
  readonly byName: string;
  /** From 1 within the contract. */
  readonly act: number;
  readonly amount: string;
  /** In all signed acts now. */
  readonly accepted: string;
}

/** What each kind of notification says: names and figures of its moment, so that history stays true. */
export interface NotificationContents {
  created: NotifiedEstimate & { readonly byName: string };
  /** Bursts collapse: the content of the last one, and how many there were. */
  changed: NotifiedEstimate & { readonly byName: string; readonly version: number };
  submitted: NotifiedRevision & { readonly byName: string };
  approved: NotifiedRevision & {
    readonly byName: string;
    readonly side: "company" | "client";
    /** ISO 8601 */
    readonly at: string;
  };
  returned: NotifiedRevision & { readonly byName: string; readonly reason: string };
  question: NotifiedRevision & {
    readonly questionId: Id;
    readonly byName: string;
    /** Null: about the whole estimate. */
    readonly lineName: string | null;
    readonly text: string;
  };
  answer: NotifiedRevision & {
    readonly questionId: Id;
    readonly byName: string;
    readonly question: string;
    readonly text: string;
  };
  expiring: NotifiedEstimate & { readonly validUntil: string };
  expired: NotifiedEstimate & { readonly validUntil: string };
  /** Nobody has answered for so many days. */
  unanswered: NotifiedRevision & {
    readonly audience: Audience;
    readonly days: number;
    /** Of extra work: after ten days the law has something to say. */
    readonly isExtra: boolean;
  };
  /** A stage of the plan of payments whose day has come; `open` is what has not come of it. */
  unpaid: NotifiedEstimate & {
    readonly stage: string;
    readonly open: string;
    readonly dueOn: string;
    readonly isLate: boolean;
  };
  act_signed: NotifiedAct;
  act_cancelled: NotifiedAct;
  /** Money that came; `total` is all that is agreed, `left` what of it has not come. */
  payment: NotifiedEstimate & {
    readonly byName: string;
    readonly payment: PaymentKind;
    readonly amount: string;
    readonly receivedOn: string;
    readonly left: string;
    /** It was written by mistake, and does not count any more. */
    readonly isTakenOut: boolean;
  };
  /** The client opened the link for the first time. */
  viewed: NotifiedRevision & { readonly at: string };
  crm_trouble: { readonly connectionId: Id; readonly system: string; readonly reason: string };
  /** Work that was given up; see `domain/dead_letters.ts`. */
  dead_letter: {
    readonly deadLetterId: Id;
    readonly queue: string;
    /** Of the estimate that it was about; null: of none. */
    readonly number: string | null;
  };
}

export type NotificationKind = keyof NotificationContents;

export const NOTIFICATION_KINDS = [
  "created",
  "changed",
  "submitted",
  "approved",
  "returned",
  "question",
  "answer",
  "expiring",
  "expired",
  "unanswered",
  "unpaid",
  "act_signed",
  "act_cancelled",
  "payment",
  "viewed",
  "crm_trouble",
  "dead_letter",
] as const satisfies readonly NotificationKind[];

/** Who hears of it: people by name, everybody of some roles, or both. Never the one who caused it. */
export interface Recipients {
  readonly userIds?: readonly (Id | null)[];
  readonly roles?: readonly Role[];
}

export interface NotifyOptions {
  readonly to: Recipients;
  /** The person who caused it is not told. Null: the client, or the program itself. */
  readonly by: Id | null;
  /**
   * While a notification with this key gathers, a new one replaces its content and counts; the kind and
   * the author stay those of the first. It goes out after a minute, or with the next message about the
   * same estimate.
   */
  readonly collapseKey?: string;
}

/**
 * Records a notification in the transaction of its cause, one for each person who should hear of it and
 * did not mute the kind. Sending is another job's business. A content that has to be read first is a
 * function: it is not called when nobody hears of it.
 */
export type Notify = <Kind extends NotificationKind>(
  kind: Kind,
  content: NotificationContents[Kind] | (() => Promise<NotificationContents[Kind]>),
  options: NotifyOptions,
) => Promise<void>;

/** How people call the kinds. */
export const NOTIFICATION_NAMES: Readonly<Record<NotificationKind, string>> = {
  created: "Новая смета",
  changed: "Смета изменена",
  submitted: "На согласование",
  approved: "Утверждена",
  returned: "На доработку",
  question: "Вопрос заказчика",
  answer: "Ответ заказчику",
  expiring: "Срок цен подходит",
  expired: "Срок цен истёк",
  unanswered: "Нет ответа",
  unpaid: "Нет оплаты",
  act_signed: "Акт подписан",
  act_cancelled: "Акт отменён",
  payment: "Получена оплата",
  viewed: "Заказчик открыл",
  crm_trouble: "Сбой CRM",
  dead_letter: "Сбой работы",
};

/** The kind itself where this version does not know it. */
export function nameOfKind(kind: string): string {
  return Object.hasOwn(NOTIFICATION_NAMES, kind)
    ? NOTIFICATION_NAMES[kind as NotificationKind]
    : kind;
}

const LEADERS_KINDS: ReadonlySet<NotificationKind> = new Set([
  "created",
  "submitted",
  "crm_trouble",
  "dead_letter",
]);

/** What a person of this role may hear of at all. */
export function kindsFor(role: Role): NotificationKind[] {
  return NOTIFICATION_KINDS.filter((kind) => role !== "foreman" || !LEADERS_KINDS.has(kind));
}

/** The error of what waited for somebody who was removed. */
export const LEFT_TEAM = "left the team";

/** What became of a notification. */
export interface SentNotification {
  readonly id: Id;
  readonly kind: string;
  /** «СМ-2026-0001»; null when it is about no estimate. */
  readonly number: string | null;
  readonly recipientName: string;
  readonly status: "waiting" | "sent" | "failed" | "muted";
  readonly attempts: number;
  readonly telegramMessageId: number | null;
  /** Telegram's own words. */
  readonly error: string | null;
  readonly createdAt: Date;
  readonly deliveredAt: Date | null;
}

export interface NotificationService {
  /** In the order of `NOTIFICATION_KINDS`. */
  kinds(): Promise<readonly { readonly kind: NotificationKind; readonly isMuted: boolean }[]>;
  /** For the person who asks, in this company only. */
  setMuted(kind: NotificationKind, isMuted: boolean): Promise<void>;
  /** Newest first. `company`: everybody's; throws `forbidden` for foremen. */
  history(request: {
    readonly whose: "mine" | "company";
    readonly cursor?: string | null;
    /** 1 to 100; 20 by default. */
    readonly limit?: number;
  }): Promise<Page<SentNotification>>;
}
