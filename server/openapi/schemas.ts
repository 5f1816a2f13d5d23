import { z } from "zod";
import { ROLES } from "../../domain/access.ts";
import { ESTIMATE_STATUSES } from "../../domain/estimate/status.ts";
import { adjustmentSchema, discountSchema } from "../../domain/estimate/estimate.ts";
import { clientFieldsSchema } from "../../domain/clients.ts";
import { LINE_KINDS } from "../../domain/estimate/estimate.ts";
import { catalogueFieldsSchema } from "../../domain/catalogue.ts";
import { companyFieldsSchema, datedVatModeSchema } from "../../domain/companies.ts";
import { projectFieldsSchema } from "../../domain/projects.ts";
import { SEARCH_FIELDS, SEARCH_KINDS } from "../../domain/search.ts";
import { vatModeSchema } from "../../domain/vat.ts";

/*
 * What answers look like, for the description of the API. A test holds every real answer against these,
 * so a field that an encoder gains or loses shows at once.
 */

export const id = z.uuid();
/** "-0.01", "450.50" */
export const sum = z.string().regex(/^-?\d+\.\d{2}$/);
export const quantity = z.string().regex(/^\d+(\.\d+)?$/);
export const day = z.iso.date();
export const instant = z.iso.datetime();
export const status = z.enum(ESTIMATE_STATUSES);
export const count = z.int().nonnegative();
export const link = z.strictObject({ id, name: z.string() });

export const pageOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item), next: z.string().nullable() });
export const itemsOf = <Item extends z.ZodType>(item: Item) =>
  z.strictObject({ items: z.array(item) });

export const error = z.strictObject({
  code: z.string(),
  message: z.string(),
  requestId: z.string(),
});
export const errorBody = z.strictObject({ error });

export const me = z.strictObject({
  id,
  name: z.string(),
  role: z.enum(ROLES),
  company: z.strictObject({ id, name: z.string(), timezone: z.string() }),
});

export const session = z.strictObject({ token: z.string(), expiresAt: instant, me });

export const login = z.strictObject({
  id,
  kind: z.enum(["manager", "browser"]),
  companyName: z.string(),
  userAgent: z.string(),
  createdAt: instant,
  usedAt: instant,
  expiresAt: instant,
});

export const estimateItem = z.strictObject({
  id,
  number: z.string(),
  title: z.string(),
  status,
  projectTitle: z.string().nullable(),
  clientName: z.string().nullable(),
  total: sum,
  lineCount: count,
  updatedAt: instant,
});

const headShape = {
  id,
  number: z.string(),
  parentId: id.nullable(),
  status,
  version: count,
  revision: count,
  project: z.strictObject({ id, title: z.string(), address: z.string() }).nullable(),
  client: link.nullable(),
  isRemoved: z.boolean(),
  foreman: link,
  createdAt: instant,
  updatedAt: instant,
};

export const head = z.strictObject(headShape);

const sectionSummary = z.strictObject({
  id: z.string(),
  title: z.string(),
  kind: z.enum(LINE_KINDS),
  work: sum,
  material: sum,
  lines: count,
});

const totals = z.strictObject({
  works: sum,
  materials: sum,
  adjustments: z.array(z.strictObject({ id, title: z.string(), amount: sum })),
  subtotal: sum,
  discount: sum,
  discounted: sum,
  vat: sum,
  vatPercent: z.int().nullable(),
  total: sum,
});

export const card = z.strictObject({
  ...headShape,
  title: z.string(),
  date: day,
  validUntil: day.nullable(),
  vat: vatModeSchema,
  discount: discountSchema.nullable(),
  adjustments: z.array(adjustmentSchema),
  sections: z.array(sectionSummary),
  loose: sectionSummary.nullable(),
  totals,
  lineCount: count,
});

export const client = z.strictObject({ id, ...clientFieldsSchema.shape });

export const project = z.strictObject({
  id,
  ...projectFieldsSchema.shape,
  clientName: z.string().nullable(),
});

export const catalogueItem = z.strictObject({
  id,
  ...catalogueFieldsSchema.shape,
  source: z.enum(["import", "learned", "manual"]),
  pricedAt: instant,
});

export const suggestion = z.strictObject({
  price: sum,
  cost: sum.nullable(),
  unit: z.string(),
  kind: z.enum(LINE_KINDS),
  source: z.enum(["catalogue", "history"]),
  pricedAt: instant,
});

export const company = z.strictObject({
  id,
  ...companyFieldsSchema.shape,
  vatModes: z.array(datedVatModeSchema),
});

export const member = z.strictObject({
  userId: id,
  name: z.string(),
  role: z.enum(ROLES),
  username: z.string().nullable(),
  joinedAt: instant,
});

export const hit = z.strictObject({
  kind: z.enum(SEARCH_KINDS),
  id,
  title: z.string(),
  number: z.string().nullable(),
  about: z.string(),
  estimateId: id.nullable(),
  status: status.nullable(),
  total: sum.nullable(),
  reasons: z.array(
    z.strictObject({
      field: z.enum(Object.keys(SEARCH_FIELDS) as [keyof typeof SEARCH_FIELDS]),
      text: z.string(),
      marks: z.array(z.strictObject({ start: count, end: count })),
    }),
  ),
});

export const photo = z.strictObject({
  id,
  lineId: id,
  width: z.int(),
  height: z.int(),
  createdAt: instant,
});

export const document = z.strictObject({
  id,
  estimateId: id,
  format: z.enum(["pdf", "xlsx"]),
  status: z.enum(["ordered", "ready", "failed"]),
  fileName: z.string(),
  createdAt: instant,
});

export const question = z.strictObject({
  id,
  estimateId: id,
  revision: z.int(),
  line: link.nullable(),
  text: z.string(),
  authorName: z.string(),
  askedAt: instant,
  answer: z.string().nullable(),
  answeredByName: z.string().nullable(),
  answeredAt: instant.nullable(),
});
