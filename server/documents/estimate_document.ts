import type { Day } from "../../domain/calendar.ts";
import type { ClientFields } from "../../domain/clients.ts";
import type { CompanyFields } from "../../domain/companies.ts";
import {
  type Content,
  groupLines,
  isCounted,
  type Line,
  type LineKind,
} from "../../domain/estimate/estimate.ts";
import type { EstimateStatus } from "../../domain/estimate/status.ts";
import {
  clientAmount,
  clientCoefficients,
  clientPrice,
  type Coefficients,
  type Totals,
} from "../../domain/estimate/totals.ts";
import type { PhotoType } from "../../domain/extras.ts";
import type { Id } from "../../domain/ids.ts";
import { add, type Kopecks } from "../../domain/money.ts";
import type { ProjectFields } from "../../domain/projects.ts";
import type { Quantity } from "../../domain/quantity.ts";
import { VAT_GROUNDS } from "../../domain/vat.ts";
import { remarkVat, spellTotal, summarise, type SummaryRow } from "./document_summary.ts";

/** An estimate's status, or what became of the revision that the document shows. */
export type DocumentStatus = EstimateStatus | "withdrawn" | "superseded";

/** Where the reader can check that this is the agreed version: `/v/:hash`. */
export interface Verification {
  readonly url: string;
  /** sha256 of the revision, hexadecimal. */
  readonly hash: string;
}

export interface EstimateDocumentSource {
  readonly company: CompanyFields;
  readonly client: ClientFields | null;
  readonly project: ProjectFields | null;
  /** What it is extra work to. */
  readonly extra?: DocumentExtra | null;
  readonly number: string;
  /** 0: nothing was submitted yet. */
  readonly revision: number;
  readonly status: DocumentStatus;
  readonly content: Content;
  /** Of the same content, as they were computed by `calcVersion` of the rules. */
  readonly totals: Totals;
  readonly calcVersion: number;
  readonly verification: Verification | null;
}

/**
 * What the client is shown. PDF, XLSX and the client's page all print this and compute nothing, so
 * their figures are the same. It holds client's prices only: no cost, no margin, no internal note,
 * and hidden adjustments are inside the prices. Plain data: it may be sent to a worker.
 */
export interface EstimateDocument {
  readonly number: string;
  readonly revision: number;
  readonly status: DocumentStatus;
  readonly title: string;
  readonly date: Day;
  readonly validUntil: Day | null;
  readonly priceKind: "firm" | "approximate";
  readonly contractor: DocumentContractor;
  readonly client: DocumentClient | null;
  readonly project: { readonly title: string; readonly address: string } | null;
  /** Absent from all but extra work, so that the text of other papers stays what it was. */
  readonly extra?: DocumentExtra | undefined;
  /** For printing only: what `extra.photos` names. Neither frozen nor hashed a second time. */
  readonly pictures?: readonly DocumentPicture[] | undefined;
  /** Sections with lines that are in the total, in reading order. */
  readonly sections: readonly DocumentSection[];
  /** Optional lines that nobody has chosen: shown apart, not in the total. */
  readonly options: readonly DocumentOption[];
  readonly hasVatOnTop: boolean;
  readonly summary: readonly SummaryRow[];
  readonly total: Kopecks;
  /** «без НДС», «в т. ч. НДС 22 %», «с НДС 22 %»: behind the total. */
  readonly vatRemark: string;
  /** Null for sums that have no name. */
  readonly totalInWords: string | null;
  /** Why there is no VAT. */
  readonly vatGround: string | null;
  readonly paymentTerms: string;
  readonly warranty: string;
  readonly note: string;
  readonly calcVersion: number;
  readonly verification: Verification | null;
}

export type DocumentContractor = Omit<CompanyFields, "timezone">;

export interface DocumentClient {
  readonly name: string;
  readonly inn: string;
  readonly address: string;
  readonly phone: string;
  readonly email: string;
}

export interface DocumentExtra {
  /** «СМ-2026-0001» */
  readonly parentNumber: string;
  readonly reason: string;
  /** SHA-256 of each picture, so that the client agrees to what he saw. */
  readonly photos: string[];
}

export interface DocumentPicture {
  readonly sha256: string;
  readonly mediaType: PhotoType;
  readonly bytes: Uint8Array;
}

export interface DocumentLine {
  /** From 1 through the whole document, the options last. */
  readonly index: number;
  readonly id: Id;
  /** Optional lines stand among the others once they are chosen. */
  readonly isOptional: boolean;
  readonly kind: LineKind;
  readonly name: string;
  readonly note: string;
  readonly unit: string;
  readonly quantity: Quantity;
  readonly price: Kopecks;
  readonly amount: Kopecks;
}

export interface DocumentOption extends DocumentLine {
  readonly sectionTitle: string | null;
}

export interface DocumentSection {
  /** Null: lines that stand before the first section. */
  readonly title: string | null;
  readonly lines: readonly DocumentLine[];
  readonly work: Kopecks;
  readonly material: Kopecks;
  readonly total: Kopecks;
}

/** Builds what the client is shown. Throws when the totals are not those of the content. */
export function buildEstimateDocument(source: EstimateDocumentSource): EstimateDocument {
  const { header } = source.content;
  return {
    number: source.number,
    revision: source.revision,
    status: source.status,
    title: header.title,
    date: header.date,
    validUntil: header.validUntil,
    priceKind: header.priceKind,
    contractor: showContractor(source.company),
    client: source.client && showClient(source.client),
    project: source.project && { title: source.project.title, address: source.project.address },
    ...(source.extra ? { extra: source.extra } : {}),
    ...showFigures(source.content, source.totals),
    vatGround: header.vat.kind === "none" ? VAT_GROUNDS[header.vat.ground] : null,
    paymentTerms: header.paymentTerms,
    warranty: header.warranty,
    note: header.note,
    calcVersion: source.calcVersion,
    verification: source.verification,
  };
}

/** What changes with the choice of optional lines. Throws when the totals are not those of the content. */
export function showFigures(content: Content, totals: Totals) {
  const { vat, discount } = content.header;
  const { sections, options } = collectLines(content);
  checkTotals(sections, totals);
  return {
    sections,
    options,
    hasVatOnTop: vat.kind === "on_top",
    summary: summarise(totals, vat, discount),
    total: totals.total,
    vatRemark: remarkVat(vat, totals.vatPercent),
    totalInWords: spellTotal(totals.total),
  };
}

/** Named one by one, so that a new field of a company does not reach clients by itself. */
export function showContractor(company: CompanyFields): DocumentContractor {
  return {
    name: company.name,
    fullName: company.fullName,
    inn: company.inn,
    kpp: company.kpp,
    ogrn: company.ogrn,
    address: company.address,
    phone: company.phone,
    email: company.email,
    bankName: company.bankName,
    bankBik: company.bankBik,
    bankAccount: company.bankAccount,
    bankCorrespondentAccount: company.bankCorrespondentAccount,
    signatory: company.signatory,
  };
}

export function showClient(client: ClientFields): DocumentClient {
  return {
    name: client.name,
    inn: client.inn,
    address: client.address,
    phone: client.phones[0]?.raw ?? "",
    email: client.emails[0] ?? "",
  };
}

function collectLines(content: Content): {
  sections: DocumentSection[];
  options: DocumentOption[];
} {
  const coefficients = clientCoefficients(content.adjustments.values());
  const sections: DocumentSection[] = [];
  const waiting: { line: Line; sectionTitle: string | null }[] = [];
  let index = 0;
  for (const group of groupLines(content)) {
    const sectionTitle = group.section?.title ?? null;
    const lines: DocumentLine[] = [];
    for (const line of group.lines) {
      if (isCounted(line)) lines.push(showLine(line, (index += 1), coefficients));
      else waiting.push({ line, sectionTitle });
    }
    if (lines.length > 0) sections.push(makeSection(sectionTitle, lines));
  }
  const options = waiting.map(({ line, sectionTitle }) =>
    Object.assign(showLine(line, (index += 1), coefficients), { sectionTitle }),
  );
  return { sections, options };
}

function showLine(line: Line, index: number, coefficients: Coefficients): DocumentLine {
  return {
    index,
    id: line.id,
    isOptional: line.isOptional,
    kind: line.kind,
    name: line.name,
    note: line.note,
    unit: line.unit,
    quantity: line.quantity,
    price: clientPrice(line, coefficients),
    amount: clientAmount(line, coefficients),
  };
}

function makeSection(title: string | null, lines: readonly DocumentLine[]): DocumentSection {
  const sumOf = (kind: LineKind): Kopecks =>
    add(...lines.filter((line) => line.kind === kind).map((line) => line.amount));
  const work = sumOf("work");
  const material = sumOf("material");
  return { title, lines, work, material, total: add(work, material) };
}

function checkTotals(sections: readonly DocumentSection[], totals: Totals): void {
  const works = add(...sections.map((section) => section.work));
  const materials = add(...sections.map((section) => section.material));
  if (works !== totals.works || materials !== totals.materials) {
    throw new Error("the totals are not those of the content");
  }
}
