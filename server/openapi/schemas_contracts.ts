import { z } from "zod";
import { ACT_STATUSES, actPartSchema } from "../../domain/acts.ts";
import { AUDIENCES, CHANNELS, REVISION_STATUSES } from "../../domain/agreement.ts";
import { COMPARED_FIELDS } from "../../domain/estimate/comparison.ts";
import { LINE_KINDS, lineSchema } from "../../domain/estimate/estimate.ts";
import { PHOTO_TYPES } from "../../domain/extras.ts";
import { PAYMENT_KINDS, stageFieldsSchema } from "../../domain/payments.ts";
import { count, day, error, id, instant, link, quantity, status, sum } from "./schemas.ts";

/** Answers about agreeing, extra work, acts and payments; see schemas.ts. */
const decision = z.strictObject({
  decision: z.enum(["approved", "returned"]),
  side: z.enum(["company", "client"]),
  channel: z.enum(CHANNELS),
  name: z.string(),
  phone: z.string(),
  reason: z.string(),
  total: sum,
  decidedAt: instant,
});

export const revision = z.strictObject({
  id,
  estimateId: id,
  number: z.string(),
  revision: count,
  version: count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  total: sum,
  audience: z.enum(AUDIENCES),
  status: z.enum(REVISION_STATUSES),
  submittedBy: link,
  submittedAt: instant,
  decidedAt: instant.nullable(),
  decidedByName: z.string().nullable(),
  decisions: z.array(decision),
  replacedBy: count.nullable(),
});

export const problem = z.strictObject({
  kind: z.enum([
    "no_lines",
    "zero_quantity",
    "no_price",
    "far_price",
    "no_client",
    "expired",
    "zero_total",
  ]),
  isBlocking: z.boolean(),
  line: z.strictObject({ id, name: z.string(), unit: z.string(), quantity, price: sum }).nullable(),
  median: sum.nullable(),
  validUntil: day.nullable(),
});

export const submitted = z.strictObject({ revision, warnings: z.array(problem) });
export const submitProblems = z.strictObject({ error, problems: z.array(problem) });
export const submitConflict = z.union([
  z.strictObject({ error, version: count }),
  z.strictObject({ error, revision: revision.nullable() }),
]);
export const decided = z.strictObject({ revision });
export const decisionConflict = z.strictObject({ error, revision });

const linkShape = {
  id,
  revisionId: id,
  revision: count,
  createdByName: z.string(),
  createdAt: instant,
  expiresAt: instant,
  isRevoked: z.boolean(),
  firstViewedAt: instant.nullable(),
  lastViewedAt: instant.nullable(),
  viewCount: count,
};
export const shareLink = z.strictObject(linkShape);
export const newShareLink = z.strictObject({
  ...linkShape,
  path: z.string(),
  previewPath: z.string(),
  url: z.string().nullable(),
});

/** The rest depends on the trade's rules of its day; `format` tells them apart. */
export const frozenDocument = z.looseObject({
  format: z.literal(1),
  revisionId: id,
  number: z.string(),
  calcVersion: z.int(),
});

const difference = z.strictObject({
  id,
  before: lineSchema.nullable(),
  after: lineSchema.nullable(),
  amountBefore: sum,
  amountAfter: sum,
  fields: z.array(z.enum(COMPARED_FIELDS)),
});
export const comparison = z.strictObject({
  added: z.array(difference),
  removed: z.array(difference),
  changed: z.array(difference),
  totalBefore: sum,
  totalAfter: sum,
  difference: sum,
});

const balance = z.strictObject({
  agreed: sum,
  accepted: sum,
  received: sum,
  left: sum,
  debt: sum,
});

export const contract = z.strictObject({
  contract: z
    .strictObject({
      estimateId: id,
      number: z.string(),
      total: sum,
      extrasTotal: sum,
      extras: z.array(
        z.strictObject({
          id,
          number: z.string(),
          status,
          isApproved: z.boolean(),
          title: z.string(),
          reason: z.string(),
          total: sum,
        }),
      ),
      balance,
    })
    .nullable(),
});

export const extraPhoto = z.strictObject({ id, mediaType: z.enum(PHOTO_TYPES) });

export const extra = z.strictObject({
  parent: z.strictObject({ id, number: z.string() }),
  reason: z.string(),
  photos: z.array(extraPhoto),
});

const actShape = {
  id,
  estimateId: id,
  number: count,
  status: z.enum(ACT_STATUSES),
  version: count,
  date: day,
  periodFrom: day,
  periodTo: day,
  acceptedBy: z.string(),
  total: sum,
  createdByName: z.string(),
  signedAt: instant.nullable(),
  signedByName: z.string().nullable(),
};
export const actSummary = z.strictObject(actShape);
const act = z.strictObject({ ...actShape, parts: z.array(actPartSchema) });
export const actAnswer = z.strictObject({ act });
export const actConflict = z.strictObject({
  error,
  over: z.array(
    z.strictObject({
      estimateId: id,
      lineId: id,
      name: z.string(),
      unit: z.string(),
      most: quantity,
    }),
  ),
  act: act.nullable(),
});

export const remainder = z.strictObject({
  parts: z.array(
    z.strictObject({
      estimateId: id,
      number: z.string(),
      title: z.string(),
      sections: z.array(
        z.strictObject({
          id: id.nullable(),
          title: z.string().nullable(),
          lines: z.array(
            z.strictObject({
              id,
              index: count,
              kind: z.enum(LINE_KINDS),
              name: z.string(),
              unit: z.string(),
              price: sum,
              approved: quantity,
              accepted: quantity,
              inAct: quantity,
              drafted: quantity,
              left: z.string(),
            }),
          ),
        }),
      ),
    }),
  ),
});

export const payment = z.strictObject({
  id,
  estimateId: id,
  kind: z.enum(PAYMENT_KINDS),
  title: z.string(),
  amount: sum,
  receivedOn: day,
  createdByName: z.string(),
  isRemoved: z.boolean(),
});

export const stage = z.strictObject({ id, estimateId: id, ...stageFieldsSchema.shape });
export const payments = z.strictObject({
  estimateId: id,
  number: z.string(),
  payments: z.array(payment),
  stages: z.array(z.strictObject({ ...stage.shape, amount: sum, covered: sum, open: sum })),
  balance,
});
