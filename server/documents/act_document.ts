import { z } from "zod";
import { ACT_STATUSES, type ActPart, actPartSchema } from "../../domain/acts.ts";
import { canonicalJson } from "../../domain/canonical_json.ts";
import type { Day } from "../../domain/calendar.ts";
import type { ClientFields } from "../../domain/clients.ts";
import { dayCodec, sumCodec } from "../../domain/codecs.ts";
import type { CompanyFields } from "../../domain/companies.ts";
import { CALC_VERSION } from "../../domain/estimate/totals.ts";
import type { Id } from "../../domain/ids.ts";
import { add, type Kopecks, subtract } from "../../domain/money.ts";
import { type Balance, balanceOf } from "../../domain/payments.ts";
import type { ProjectFields } from "../../domain/projects.ts";
import { VAT_GROUNDS } from "../../domain/vat.ts";
import { spellTotal } from "./document_summary.ts";
import { showClient, showContractor } from "./estimate_document.ts";
import { clientSchema, contractorSchema, projectSchema } from "./party_schemas.ts";

const text = z.string();

/** One row of КС-3. Without VAT. */
const costSchema = z.strictObject({
  number: text,
  title: text,
  sinceStart: sumCodec,
  sinceYear: sumCodec,
  now: sumCodec,
});

const actDocumentSchema = z.strictObject({
  format: z.literal(1),
  number: z.int(),
  status: z.enum(ACT_STATUSES),
  date: dayCodec,
  periodFrom: dayCodec,
  periodTo: dayCodec,
  acceptedBy: text,
  contractor: contractorSchema,
  client: clientSchema.nullable(),
  project: projectSchema.nullable(),
  contract: z.strictObject({ number: text, date: dayCodec, total: sumCodec }),
  parts: z.array(actPartSchema),
  costs: z.array(costSchema),
  /** Without VAT. */
  net: sumCodec,
  vat: z.array(z.strictObject({ percent: z.int(), isOnTop: z.boolean(), amount: sumCodec })),
  total: sumCodec,
  totalInWords: text.nullable(),
  /** Why there is no VAT. */
  vatGround: text.nullable(),
  balance: z.strictObject({
    agreed: sumCodec,
    accepted: sumCodec,
    received: sumCodec,
    left: sumCodec,
    debt: sumCodec,
  }),
  calcVersion: z.int(),
});

/**
 * What КС-2 and КС-3 print, in PDF and XLSX alike. Client's prices only: no cost, no margin, no internal
 * note. Plain data: it may be sent to a worker. Kept as canonical JSON once the act is signed.
 */
export type ActDocument = z.output<typeof actDocumentSchema>;

export interface ActDocumentSource {
  readonly company: CompanyFields;
  readonly client: ClientFields | null;
  readonly project: ProjectFields | null;
  readonly act: Pick<
    ActDocument,
    "number" | "status" | "date" | "periodFrom" | "periodTo" | "acceptedBy"
  >;
  readonly contract: { readonly number: string; readonly date: Day };
  readonly parts: readonly ActPart[];
  /** Acts that were signed before this one. */
  readonly before: readonly { readonly date: Day; readonly parts: readonly ActPart[] }[];
  readonly money: Pick<Balance, "agreed" | "received">;
}

export function buildActDocument(source: ActDocumentSource): ActDocument {
  const { parts, before, contract, money } = source;
  const total = add(...parts.map((part) => part.total));
  const billed = before.flatMap((act) => act.parts.map((part) => part.total));
  return {
    format: 1,
    ...source.act,
    contractor: showContractor(source.company),
    client: source.client && showClient(source.client),
    project: source.project && { title: source.project.title, address: source.project.address },
    contract: { ...contract, total: money.agreed },
    parts: [...parts],
    costs: costsOf(source),
    net: add(...parts.map(withoutVat)),
    vat: vatOf(parts),
    total,
    totalInWords: spellTotal(total),
    vatGround: groundOf(parts),
    balance: balanceOf({ ...money, accepted: add(total, ...billed) }),
    calcVersion: CALC_VERSION,
  };
}

/** The stored form; the same document is always the same text. */
export function writeActDocument(document: ActDocument): string {
  return canonicalJson(z.encode(actDocumentSchema, document));
}

/** The reverse of `writeActDocument`; throws for anything else. */
export function readActDocument(written: string): ActDocument {
  return actDocumentSchema.parse(JSON.parse(written));
}

export function withoutVat({ total, vatAmount }: ActPart): Kopecks {
  return subtract(total, vatAmount);
}

/** By the estimate and each extra that anything was accepted of until now. */
function costsOf({ parts, before, act }: ActDocumentSource): ActDocument["costs"] {
  const year = act.date.slice(0, 4);
  const all = [...before, { date: act.date, parts }];
  const byEstimate = new Map<Id, ActPart>();
  for (const part of all.flatMap((known) => known.parts)) byEstimate.set(part.estimateId, part);
  return [...byEstimate.values()].map(({ estimateId, number, title }) => {
    const sumOf = (acts: readonly { readonly parts: readonly ActPart[] }[]) =>
      add(
        ...acts
          .flatMap((known) => known.parts)
          .filter((part) => part.estimateId === estimateId)
          .map(withoutVat),
      );
    return {
      number,
      title,
      sinceStart: sumOf(all),
      sinceYear: sumOf(all.filter(({ date }) => date.startsWith(year))),
      now: sumOf([{ parts }]),
    };
  });
}

function vatOf(parts: readonly ActPart[]): ActDocument["vat"] {
  const rows: ActDocument["vat"] = [];
  for (const { vatPercent: percent, vatAmount, vat } of parts) {
    if (percent === null) continue;
    const isOnTop = vat.kind === "on_top";
    const same = rows.find((row) => row.percent === percent && row.isOnTop === isOnTop);
    if (same) same.amount = add(same.amount, vatAmount);
    else rows.push({ percent, isOnTop, amount: vatAmount });
  }
  return rows;
}

/** Only where nothing of the act bears VAT. */
function groundOf(parts: readonly ActPart[]): string | null {
  const [first] = parts;
  if (first?.vat.kind !== "none" || parts.some(({ vat }) => vat.kind !== "none")) return null;
  return VAT_GROUNDS[first.vat.ground];
}
