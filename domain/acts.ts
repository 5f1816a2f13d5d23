import { z } from "zod";
import type { Day } from "./calendar.ts";
import { dayCodec, quantityCodec, sumCodec } from "./codecs.ts";
import { LINE_KINDS } from "./estimate/estimate.ts";
import { type Id, idSchema } from "./ids.ts";
import type { Kopecks } from "./money.ts";
import type { ListRequest, Page } from "./paging.ts";
import type { Quantity } from "./quantity.ts";
import { textSchema } from "./text.ts";
import { vatModeSchema } from "./vat.ts";

/** A draft takes its quantities from what is left; only a signed act bills. */
export const ACT_STATUSES = ["draft", "signed", "cancelled"] as const;
export type ActStatus = (typeof ACT_STATUSES)[number];

export const ACT_STATUS_NAMES: Readonly<Record<ActStatus, string>> = {
  draft: "черновик",
  signed: "подписан",
  cancelled: "отменён",
};

/** КС-2: the act itself. КС-3: the certificate of cost that goes with it. */
export const ACT_FORMS = ["ks2", "ks3"] as const;
export type ActForm = (typeof ACT_FORMS)[number];

export const ACT_FORM_NAMES: Readonly<Record<ActForm, string>> = { ks2: "КС-2", ks3: "КС-3" };

const actLineSchema = z.strictObject({
  /** Of the line of the estimate. */
  id: idSchema,
  /** Its place in the approved estimate, from 1. */
  index: z.int(),
  sectionTitle: z.string().nullable(),
  kind: z.enum(LINE_KINDS),
  name: z.string(),
  unit: z.string(),
  /** The client's. */
  price: sumCodec,
  quantity: quantityCodec,
  /** By what all acts together have come to: may differ from price × quantity by a kopeck. */
  amount: sumCodec,
});

/** What one act bills of one approved estimate or extra. Client's prices only. */
export const actPartSchema = z.strictObject({
  estimateId: idSchema,
  number: z.string(),
  /** What the extra work is; empty for the estimate itself. */
  title: z.string(),
  vat: vatModeSchema,
  lines: z.array(actLineSchema),
  works: sumCodec,
  materials: sumCodec,
  /** The visible per cents, those without a sum left out. */
  adjustments: z.array(z.strictObject({ id: idSchema, title: z.string(), amount: sumCodec })),
  /** Positive. */
  discount: sumCodec,
  /** After the discount, before VAT on top. */
  net: sumCodec,
  /** Whole per cent of the day of acceptance; null without VAT. */
  vatPercent: z.int().nullable(),
  vatAmount: sumCodec,
  total: sumCodec,
});

export type ActLine = z.output<typeof actLineSchema>;
export type ActPart = z.output<typeof actPartSchema>;

/** A quantity of one line; ids of lines are their estimate's own. */
export const takenLineSchema = z.strictObject({
  estimateId: idSchema,
  lineId: idSchema,
  quantity: quantityCodec,
});
export type TakenLine = z.output<typeof takenLineSchema>;

export const actFieldsSchema = z.strictObject({
  /** The day of acceptance: it decides the rate of VAT. */
  date: dayCodec,
  periodFrom: dayCodec,
  periodTo: dayCodec,
  /** Who accepts for the client: «Петров И. С., технадзор». */
  acceptedBy: textSchema(200),
});
export type ActFields = z.output<typeof actFieldsSchema>;

export interface ActSummary extends ActFields {
  readonly id: Id;
  /** The main estimate. */
  readonly estimateId: Id;
  /** From 1 within the estimate. */
  readonly number: number;
  readonly status: ActStatus;
  /** Of a draft: grows by one with each change. */
  readonly version: number;
  /** With VAT. Of a draft: as it would be if it were signed now. */
  readonly total: Kopecks;
  readonly createdByName: string;
  readonly signedAt: Date | null;
  readonly signedByName: string | null;
}

export interface Act extends ActSummary {
  /** Of a draft: as it would be if it were signed now. */
  readonly parts: readonly ActPart[];
}

export interface RemainderLine {
  readonly id: Id;
  readonly index: number;
  readonly kind: ActLine["kind"];
  readonly name: string;
  readonly unit: string;
  readonly price: Kopecks;
  readonly approved: Quantity;
  /** In signed acts. */
  readonly accepted: Quantity;
  /** In the act that was asked about. */
  readonly inAct: Quantity;
  /** In other drafts. */
  readonly drafted: Quantity;
  /** approved − accepted − drafted − inAct */
  readonly left: Quantity;
}

export interface RemainderSection {
  /** Null: lines that stand before the first section. */
  readonly id: Id | null;
  readonly title: string | null;
  readonly lines: readonly RemainderLine[];
}

export interface RemainderPart {
  readonly estimateId: Id;
  readonly number: string;
  readonly title: string;
  /** In reading order. */
  readonly sections: readonly RemainderSection[];
}

/** More was asked for than there is left; nothing was done. */
export interface OverTaken {
  readonly estimateId: Id;
  readonly lineId: Id;
  readonly name: string;
  readonly unit: string;
  /** The most that this act can take. */
  readonly most: Quantity;
}

/**
 * `over`: some lines have not as much left, somebody may have accepted them meanwhile.
 * `changed`: the draft is at another version than the person saw; `act` is how it is now.
 * `late`: it is signed or cancelled already. `empty`: nothing is taken, so there is nothing to sign.
 */
export type ActResult =
  | { readonly outcome: "done"; readonly act: Act }
  | { readonly outcome: "over"; readonly lines: readonly OverTaken[] }
  | { readonly outcome: "changed" | "late" | "empty"; readonly act: Act };

/**
 * Acceptance of work. Throws `not_found` for what the person may not see, `forbidden`, `invalid`, and
 * `conflict` for an estimate that is not approved.
 */
export interface ActService {
  /** Newest first. */
  list(estimateId: Id, request?: ListRequest): Promise<Page<ActSummary>>;
  get(id: Id): Promise<Act>;
  /** The approved estimate and its approved extras, line by line. `actId`: a draft that is being filled. */
  remainder(estimateId: Id, actId?: Id | null): Promise<readonly RemainderPart[]>;
  /** A draft. `everything`: all that is left. By default of today and the month until today. */
  create(
    estimateId: Id,
    request: Partial<ActFields> & { readonly take: "everything" | readonly TakenLine[] },
  ): Promise<ActResult>;
  /** Sets what is given; a quantity of zero takes the line out. `version` null: on top of whatever is there. */
  set(
    id: Id,
    request: Partial<ActFields> & {
      readonly version: number | null;
      readonly lines?: readonly TakenLine[] | undefined;
    },
  ): Promise<ActResult>;
  /** From here on it does not change and counts as done. Again by the same person: done. */
  sign(id: Id, request: { readonly version: number | null }): Promise<ActResult>;
  /** Gives the quantities of a signed act back; its number stays taken. Again: done. */
  cancel(id: Id): Promise<ActResult>;
  /** Removes a draft. Throws `frozen` for what was signed. */
  remove(id: Id): Promise<void>;
  /** Asks for a paper of the act; a job renders it and sends it to the chat. */
  order(
    id: Id,
    paper: { readonly form: ActForm; readonly format: "pdf" | "xlsx" },
    deliverTo: { readonly chatId: number | null },
  ): Promise<Id>;
}

/** The first day of a month. */
export function monthOf(day: Day): Day {
  return `${day.slice(0, 8)}01` as Day;
}
