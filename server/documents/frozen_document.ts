import { createHash } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "../../domain/canonical_json.ts";
import { dayCodec, percentCodec, quantityCodec, sumCodec } from "../../domain/codecs.ts";
import {
  ADJUSTMENT_BASES,
  type Content,
  discountSchema,
  LINE_KINDS,
} from "../../domain/estimate/estimate.ts";
import { totalsOf } from "../../domain/estimate/totals.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { type EstimateDocument, showFigures } from "./estimate_document.ts";
import { clientSchema, contractorSchema, projectSchema } from "./party_schemas.ts";

/**
 * What the client is shown of one revision, as it is kept and hashed. It does not hold what changes
 * later (the status) nor its own hash. The revision's random id makes every hash unique, and makes it
 * impossible to guess one from a document's text.
 */
export type FrozenDocument = Omit<EstimateDocument, "status" | "verification" | "pictures"> & {
  readonly format: 1;
  readonly revisionId: Id;
};

/** Sums of many lines may be larger than what one line may cost. */
const money = sumCodec;

const text = z.string();

const lineShape = {
  index: z.int(),
  id: idSchema,
  isOptional: z.boolean(),
  kind: z.enum(LINE_KINDS),
  name: text,
  note: text,
  unit: text,
  quantity: quantityCodec,
  price: money,
  amount: money,
};

const rowShape = { label: text, amount: money };

const summaryRow = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.enum(["works", "materials", "subtotal", "discounted", "total"]),
    ...rowShape,
  }),
  z.strictObject({
    kind: z.literal("adjustment"),
    ...rowShape,
    adjustment: z.strictObject({ base: z.enum(ADJUSTMENT_BASES), percent: percentCodec }),
  }),
  z.strictObject({ kind: z.literal("discount"), ...rowShape, discount: discountSchema }),
  z.strictObject({
    kind: z.enum(["vat_on_top", "vat_included"]),
    ...rowShape,
    percent: z.int(),
  }),
]);

/** Strict both ways: a field that is not named here can't reach the client by being added elsewhere. */
const frozenSchema = z.strictObject({
  format: z.literal(1),
  revisionId: idSchema,
  number: text,
  revision: z.int(),
  title: text,
  date: dayCodec,
  validUntil: dayCodec.nullable(),
  priceKind: z.enum(["firm", "approximate"]),
  contractor: contractorSchema,
  client: clientSchema.nullable(),
  project: projectSchema.nullable(),
  /** Absent from all but extra work. */
  extra: z.strictObject({ parentNumber: text, reason: text, photos: z.array(text) }).optional(),
  sections: z.array(
    z.strictObject({
      title: text.nullable(),
      lines: z.array(z.strictObject(lineShape)),
      work: money,
      material: money,
      total: money,
    }),
  ),
  options: z.array(z.strictObject({ ...lineShape, sectionTitle: text.nullable() })),
  hasVatOnTop: z.boolean(),
  summary: z.array(summaryRow),
  total: money,
  vatRemark: text,
  totalInWords: text.nullable(),
  vatGround: text.nullable(),
  paymentTerms: text,
  warranty: text,
  note: text,
  calcVersion: z.int(),
});

/** A document without what changes after it is frozen. */
export function freezeDocument(document: EstimateDocument, revisionId: Id): FrozenDocument {
  const { status: _, verification: __, pictures: ___, ...rest } = document;
  return { ...rest, format: 1, revisionId };
}

/** The bytes that are kept and their SHA-256, hexadecimal. */
export function writeFrozen(frozen: FrozenDocument): { document: string; sha256: string } {
  const { extra, ...wire } = z.encode(frozenSchema, frozen as z.output<typeof frozenSchema>);
  const document = canonicalJson(extra ? { ...wire, extra } : wire);
  return { document, sha256: createHash("sha256").update(document, "utf8").digest("hex") };
}

/** The reverse of `writeFrozen`; throws for anything else. */
export function readFrozen(document: string): FrozenDocument {
  return frozenSchema.parse(JSON.parse(document));
}

/** The same document with the figures of another choice of optional lines. */
export function withFigures(frozen: FrozenDocument, content: Content): FrozenDocument {
  return { ...frozen, ...showFigures(content, totalsOf(content)) };
}

/** The document for printing. */
export function thawDocument(
  frozen: FrozenDocument,
  fields: Pick<EstimateDocument, "status" | "verification" | "pictures">,
): EstimateDocument {
  const { format: _, revisionId: __, ...document } = frozen;
  return { ...document, ...fields };
}
