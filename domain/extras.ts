import { z } from "zod";
import type { Day } from "./calendar.ts";
import { addDays } from "./calendar.ts";
import type { EstimateStatus } from "./estimate/status.ts";
import type { Id } from "./ids.ts";
import { add, type Kopecks } from "./money.ts";
import type { Balance } from "./payments.ts";
import { textSchema } from "./text.ts";

/*
 * Extra work (доп. работа): an estimate of its own with a parent. It is edited, frozen, agreed, printed
 * and pushed as every estimate is; only its number, its reason and its photos tell the difference.
 */

/** Why the extra work is needed; the client reads it. */
export const reasonSchema = textSchema(1000);

export const EXTRA_PHOTO_LIMITS = {
  /** Of one extra. */
  count: 10,
  /** Bytes of one picture. Telegram's own photos are far below. */
  size: 2_000_000,
} as const;

export const PHOTO_TYPES = ["image/jpeg", "image/png", "image/webp"] as const;
export type PhotoType = (typeof PHOTO_TYPES)[number];

export const photoTypeSchema = z.enum(PHOTO_TYPES);

export interface ExtraPhoto {
  readonly id: Id;
  readonly sha256: string;
  readonly mediaType: PhotoType;
}

/** What makes a picture of bytes, by its first ones; null: no picture that browsers show. */
export function photoTypeOf(bytes: Uint8Array): PhotoType | null {
  const hex = (from: number, to: number) =>
    Array.from(bytes.slice(from, to), (byte) => byte.toString(16).padStart(2, "0")).join("");
  if (hex(0, 3) === "ffd8ff") return "image/jpeg";
  if (hex(0, 8) === "89504e470d0a1a0a") return "image/png";
  return hex(0, 4) === "52494646" && hex(8, 12) === "57454250" ? "image/webp" : null;
}

export interface ExtraSummary {
  readonly id: Id;
  /** «СМ-2026-0001/Д2» */
  readonly number: string;
  readonly status: EstimateStatus;
  /** Also when it went into the archive since. */
  readonly isApproved: boolean;
  readonly title: string;
  readonly reason: string;
  readonly total: Kopecks;
}

/** An approved estimate with everything that came after it. */
export interface Contract {
  /** The main estimate. */
  readonly estimateId: Id;
  readonly number: string;
  /** Of the estimate alone. */
  readonly total: Kopecks;
  /** Of the approved extras. */
  readonly extrasTotal: Kopecks;
  /** Oldest first, those removed left out. */
  readonly extras: readonly ExtraSummary[];
  readonly balance: Balance;
}

/** What an extra is to the one who looks at it. */
export interface ExtraDetails {
  readonly parent: { readonly id: Id; readonly number: string };
  readonly reason: string;
  readonly photos: readonly ExtraPhoto[];
}

/** An approved estimate to which extra work can be added. */
export interface OpenContract {
  readonly id: Id;
  readonly number: string;
  readonly title: string;
  readonly projectTitle: string | null;
  readonly clientName: string | null;
}

/**
 * Throws `not_found` for what the person may not see, `forbidden`, `invalid`, `frozen` for an extra that
 * is not being edited, and `conflict` for a parent that is not approved.
 */
export interface ExtraService {
  /** The approved estimates of the person, last touched first. */
  openContracts(limit: number): Promise<readonly OpenContract[]>;
  /** Null for estimates that nobody approved yet. An extra's is that of its parent. */
  contract(estimateId: Id): Promise<Contract | null>;
  /** An empty draft under the parent's number, with its place, client, VAT and hidden adjustments. */
  create(parentId: Id, extra: { readonly reason: string }): Promise<Id>;
  /** Null: no extra. */
  details(id: Id): Promise<ExtraDetails | null>;
  setReason(id: Id, reason: string): Promise<void>;
  /** The same picture again is the same photo. Throws `invalid` for what is no picture, `limit`. */
  addPhoto(id: Id, bytes: Uint8Array): Promise<ExtraPhoto>;
  removePhoto(id: Id, photoId: Id): Promise<void>;
  photo(
    id: Id,
    photoId: Id,
  ): Promise<{ readonly mediaType: PhotoType; readonly bytes: Uint8Array }>;
}

/** «По договору + доп.»: what is approved of both. */
export function sumApproved(extras: readonly ExtraSummary[]): Kopecks {
  return add(...extras.filter(({ isApproved }) => isApproved).map(({ total }) => total));
}

/** Days that the client has to answer to extra work, where no contract says otherwise (ГК РФ, ст. 743 п. 3). */
export const ANSWER_DAYS = 10;

export interface WaitingExtra {
  readonly id: Id;
  readonly number: string;
  /** The day on which it was submitted to the client. */
  readonly submittedOn: Day;
}

/**
 * The extras whose client has not answered for ten days: from the next day on the contractor may stop.
 * @public for reminders
 */
export function findUnanswered<Extra extends Pick<WaitingExtra, "submittedOn">>(
  waiting: readonly Extra[],
  today: Day,
): Extra[] {
  return waiting.filter(({ submittedOn }) => addDays(submittedOn, ANSWER_DAYS) < today);
}

/** What the contractor may do then, in words. */
export function unansweredHint(number: string): string {
  return (
    `Заказчик не ответил на доп. работу ${number} за ${ANSWER_DAYS} дней. По ст. 743 п. 3 ГК РФ ` +
    "подрядчик вправе приостановить эти работы, а простой относится на счёт заказчика. Делать их без " +
    "согласия не стоит: оплаты за них можно не получить (п. 4). Напомните заказчику письменно."
  );
}
