import { z } from "zod";
import {
  type Audience,
  AUDIENCES,
  type Revision,
  REVISION_STATUSES,
  type RevisionStatus,
} from "../domain/agreement.ts";
import { type Content, decodeContent, encodeContent } from "../domain/estimate/estimate.ts";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { EstimateStatus } from "../domain/estimate/status.ts";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import type { Queryable, Transaction } from "./client.ts";
import { moneyColumn } from "./columns.ts";
import type { ListPart } from "./paging.ts";

export interface NewRevision {
  readonly id: Id;
  readonly estimateId: Id;
  readonly revision: number;
  readonly version: number;
  readonly content: Content;
  /** Canonical JSON; `sha256` is of its bytes in UTF-8. */
  readonly document: string;
  readonly sha256: string;
  readonly total: Kopecks;
  readonly calcVersion: number;
  readonly audience: Audience;
  readonly submittedBy: Id;
  readonly submittedAt: Date;
}

export async function insertRevision(
  tx: Transaction,
  companyId: Id,
  revision: NewRevision,
): Promise<void> {
  await tx`
    insert into estimate_revisions (
      company_id, id, estimate_id, revision, version, content, document, sha256, total_amount,
      calc_version, audience, submitted_by, submitted_at
    )
    values (
      ${companyId}, ${revision.id}, ${revision.estimateId}, ${revision.revision},
      ${revision.version}, ${tx.json(encodeContent(revision.content))}, ${revision.document},
      ${revision.sha256}, ${formatMoney(revision.total)}, ${revision.calcVersion},
      ${revision.audience}, ${revision.submittedBy}, ${revision.submittedAt}
    )
  `;
}

/** A revision without its decisions. */
export interface RevisionState extends Omit<Revision, "decisions"> {
  /** Null while it waits, and when the client decided. */
  readonly decidedById: Id | null;
}

const revisionRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    revision: z.number(),
    version: z.number(),
    sha256: z.string(),
    total_amount: moneyColumn,
    audience: z.enum(AUDIENCES),
    status: z.enum(REVISION_STATUSES),
    submitted_by: z.string(),
    submitted_by_name: z.string(),
    submitted_at: z.date(),
    decided_at: z.date().nullable(),
    decided_by: z.string().nullable(),
    decided_by_name: z.string().nullable(),
    replaced_by: z.number().nullable(),
  })
  .transform((row): RevisionState => ({
    id: row.id,
    estimateId: row.estimate_id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    revision: row.revision,
    version: row.version,
    sha256: row.sha256,
    total: row.total_amount,
    audience: row.audience,
    status: row.status,
    submittedBy: { id: row.submitted_by, name: row.submitted_by_name },
    submittedAt: row.submitted_at,
    decidedAt: row.decided_at,
    decidedById: row.decided_by,
    decidedByName: row.decided_by_name,
    replacedBy: row.replaced_by,
  }));
const revisionRows = z.array(revisionRow);

function selectRevisions(tx: Transaction, companyId: Id) {
  return tx`
    select
      revisions.id, revisions.estimate_id, estimates.number_year, estimates.number_sequence,
      estimates.extra_sequence,
      revisions.revision, revisions.version, revisions.sha256, revisions.total_amount,
      revisions.audience, revisions.status, revisions.submitted_by,
      submitter.name as submitted_by_name, revisions.submitted_at, revisions.decided_at,
      revisions.decided_by, decider.name as decided_by_name,
      case when revisions.status = 'superseded' then estimates.revision end as replaced_by
    from estimate_revisions as revisions
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
    join users as submitter on submitter.user_id = revisions.submitted_by
    left join users as decider on decider.user_id = revisions.decided_by
    where revisions.company_id = ${companyId}
  `;
}

export async function findRevision(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<RevisionState | null> {
  const [row] = await tx`${selectRevisions(tx, companyId)} and revisions.id = ${id}`;
  return row ? revisionRow.parse(row) : null;
}

export async function findRevisionByNumber(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  revision: number,
): Promise<RevisionState | null> {
  const [row] = await tx`
    ${selectRevisions(tx, companyId)}
      and revisions.estimate_id = ${estimateId} and revisions.revision = ${revision}
  `;
  return row ? revisionRow.parse(row) : null;
}

/** Newest first, see `ListPart`. */
export async function listRevisions(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { before, limit }: ListPart,
): Promise<RevisionState[]> {
  const place = tx`
    and revisions.revision < (
      select revision from estimate_revisions where company_id = ${companyId} and id = ${before}
    )
  `;
  const rows = await tx`
    ${selectRevisions(tx, companyId)} and revisions.estimate_id = ${estimateId}
      ${before ? place : tx``}
    order by revisions.revision desc
    limit ${limit + 1}
  `;
  return revisionRows.parse(rows);
}

const frozenRow = z.object({ content: z.unknown(), document: z.string() });

/** What was frozen: everything, and what the client is shown. */
export async function findFrozen(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<{ readonly content: Content; readonly document: string } | null> {
  const [row] = await tx`
    select content, document
    from estimate_revisions
    where company_id = ${companyId} and id = ${id}
  `;
  if (!row) return null;
  const frozen = frozenRow.parse(row);
  let decoded: Content | null = null;
  return {
    document: frozen.document,
    // Read when it is asked for: who only looks at the document never does.
    get content() {
      decoded ??= decodeContent(frozen.content);
      return decoded;
    },
  };
}

/** The frozen document as its hash was made of it, and whose estimate it is of. */
export interface FrozenText {
  readonly document: string;
  readonly sha256: string;
  readonly foremanId: Id;
  readonly createdBy: Id;
  readonly isRemoved: boolean;
}

export async function findFrozenText(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  id: Id,
): Promise<FrozenText | null> {
  const [row] = await tx`
    select
      revisions.document, revisions.sha256, estimates.foreman_id, estimates.created_by,
      estimates.removed_at is not null as is_removed
    from estimate_revisions as revisions
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
    where revisions.company_id = ${companyId} and revisions.id = ${id}
      and revisions.estimate_id = ${estimateId}
  `;
  return row ? frozenTextRow.parse(row) : null;
}

const frozenTextRow = z
  .object({
    document: z.string(),
    sha256: z.string(),
    foreman_id: z.string(),
    created_by: z.string(),
    is_removed: z.boolean(),
  })
  .transform((row): FrozenText => ({
    document: row.document,
    sha256: row.sha256,
    foremanId: row.foreman_id,
    createdBy: row.created_by,
    isRemoved: row.is_removed,
  }));

/**
 * Takes a revision from one status to another; false when it is not at `from` any more.
 * @param step.by null: the client
 */
export async function setRevisionStatus(
  tx: Transaction,
  companyId: Id,
  id: Id,
  step: { from: RevisionStatus; to: RevisionStatus; by: Id | null; at: Date },
): Promise<boolean> {
  const result = await tx`
    update estimate_revisions
    set status = ${step.to}, decided_by = ${step.by}, decided_at = ${step.at}
    where company_id = ${companyId} and id = ${id} and status = ${step.from}
  `;
  return result.count > 0;
}

/** Retires what was returned or withdrawn: there is a new revision now. */
export async function retireRevisions(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  step: { by: Id; at: Date },
): Promise<void> {
  await tx`
    update estimate_revisions
    set status = 'superseded', decided_by = ${step.by}, decided_at = ${step.at}
    where company_id = ${companyId} and estimate_id = ${estimateId}
      and status in ('returned', 'withdrawn')
  `;
}

/** The estimate may be edited again; what is submitted next will be the next revision. */
export async function openNextRevision(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  status: EstimateStatus,
): Promise<void> {
  await tx`
    update estimates
    set status = ${status}, revision = revision + 1, updated_at = now()
    where company_id = ${companyId} and id = ${estimateId}
  `;
}

/**
 * The revision with this hash, whoever's it is. Runs as the owner of the tables: who holds a paper
 * does not say which company it is from. The hash can't be guessed: what is hashed has a random id.
 */
export async function findRevisionByHash(
  sql: Queryable,
  sha256: string,
): Promise<{ companyId: Id; revisionId: Id } | null> {
  const [row] = await sql`
    select company_id, id
    from estimate_revisions
    where sha256 = ${sha256}
    limit 1
  `;
  if (!row) return null;
  const found = z.object({ company_id: z.string(), id: z.string() }).parse(row);
  return { companyId: found.company_id, revisionId: found.id };
}
