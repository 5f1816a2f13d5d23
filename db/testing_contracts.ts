import type { Id } from "../domain/ids.ts";
import type { Sql } from "./client.ts";
import { testId } from "./testing_ids.ts";

/** An approved estimate with one of everything that follows an approval. */
export interface TestContract {
  readonly contractId: Id;
  /** Two of it are approved: one is in the signed act, a half in the draft. */
  readonly contractLineId: Id;
  /** A draft of extra work. */
  readonly extraId: Id;
  /** Of the extra. */
  readonly extraPhotoId: Id;
  /** A draft. */
  readonly actId: Id;
  readonly signedActId: Id;
  readonly actDocumentId: Id;
  readonly paymentId: Id;
  readonly stageId: Id;
}

/** Ids of things that nobody has yet. */
export function nobodysContract(): TestContract {
  return {
    contractId: testId(),
    contractLineId: testId(),
    extraId: testId(),
    extraPhotoId: testId(),
    actId: testId(),
    signedActId: testId(),
    actDocumentId: testId(),
    paymentId: testId(),
    stageId: testId(),
  };
}

type Given = TestContract & { companyId: Id; name: string; foremanId: Id };

/** Runs as the owner of the tables. */
export async function addContract(sql: Sql, things: Given): Promise<void> {
  const { companyId, name, contractId, contractLineId, foremanId } = things;
  for (const [id, extra] of [
    [contractId, { kind: "main" }],
    [things.extraId, { kind: "extra", parent_id: contractId, extra_sequence: 1, reason: name }],
  ] as const) {
    await sql`
      insert into estimates ${sql({
        company_id: companyId,
        id,
        number_year: 2026,
        number_sequence: 2,
        ...extra,
        title: name,
        date: "2026-11-22",
        vat: sql.json({ kind: "none", ground: "usn" }),
        price_kind: "firm",
        payment_terms: "",
        warranty: "",
        note: "",
        internal_note: "",
        foreman_id: foremanId,
        created_by: foremanId,
      })}
    `;
  }
  await sql`
    insert into estimate_lines (
      company_id, estimate_id, id, position, kind, name, unit, quantity, price, is_optional,
      is_chosen, price_source, note, internal_note
    )
    values (
      ${companyId}, ${contractId}, ${contractLineId}, 'a0', 'work', ${name}, 'м²', 2, 450, false,
      false, 'typed', '', ''
    )
  `;
  await sql`update estimates set status = 'approved' where id = ${contractId}`;
  await sql`
    insert into extra_photos (
      company_id, estimate_id, id, sha256, media_type, bytes, created_by
    )
    values (
      ${companyId}, ${things.extraId}, ${things.extraPhotoId}, ${"a".repeat(64)}, 'image/png',
      ${Buffer.from(name)}, ${foremanId}
    )
  `;
  await addActs(sql, things);
  await sql`
    insert into payments (
      company_id, id, estimate_id, kind, title, amount, received_on, created_by
    )
    values (
      ${companyId}, ${things.paymentId}, ${contractId}, 'advance', ${name}, 100, '2026-11-22',
      ${foremanId}
    )
  `;
  await sql`
    insert into payment_stages (company_id, id, estimate_id, title, percent, created_by)
    values (${companyId}, ${things.stageId}, ${contractId}, ${name}, 30, ${foremanId})
  `;
}

async function addActs(sql: Sql, things: Given): Promise<void> {
  const { companyId, name, contractId, contractLineId, actId, signedActId, foremanId } = things;
  for (const [id, number, quantity] of [
    [signedActId, 1, "1"],
    [actId, 2, "0.5"],
  ] as const) {
    await sql`
      insert into acts (
        company_id, id, estimate_id, number, date, period_from, period_to, accepted_by,
        total_amount, created_by
      )
      values (
        ${companyId}, ${id}, ${contractId}, ${number}, '2026-11-22', '2026-11-01', '2026-11-22',
        ${name}, 450, ${foremanId}
      )
    `;
    await sql`
      insert into act_lines (company_id, act_id, estimate_id, line_id, quantity)
      values (${companyId}, ${id}, ${contractId}, ${contractLineId}, ${quantity})
    `;
  }
  await sql`
    update acts
    set status = 'signed', content = ${sql.json([partOf(things)])}, document = ${name},
      signed_at = '2026-11-22', signed_by = ${foremanId}
    where id = ${signedActId}
  `;
  await sql`
    insert into documents (
      company_id, id, estimate_id, act_id, form, version, format, ordered_by
    )
    values (
      ${companyId}, ${things.actDocumentId}, ${contractId}, ${actId}, 'ks2', 1, 'pdf', ${foremanId}
    )
  `;
}

function partOf({ name, contractId }: Given) {
  return {
    estimateId: contractId,
    number: "СМ-2026-0002",
    title: name,
    vat: { kind: "none" as const, ground: "usn" as const },
    lines: [],
    works: "450.00",
    materials: "0.00",
    adjustments: [],
    discount: "0.00",
    net: "450.00",
    vatPercent: null,
    vatAmount: "0.00",
    total: "450.00",
  };
}
