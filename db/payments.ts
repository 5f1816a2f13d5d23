import { z } from "zod";
import type { Id } from "../domain/ids.ts";
import { formatMoney, type Kopecks } from "../domain/money.ts";
import {
  PAYMENT_KINDS,
  type Payment,
  type PaymentFields,
  type Stage,
  type StageFields,
} from "../domain/payments.ts";
import { formatPercent } from "../domain/percent.ts";
import type { Transaction } from "./client.ts";
import { dayColumn, moneyColumn, percentColumn } from "./columns.ts";

const paymentRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    kind: z.enum(PAYMENT_KINDS),
    title: z.string(),
    amount: moneyColumn,
    received_on: dayColumn,
    created_by_name: z.string(),
    removed_at: z.date().nullable(),
  })
  .transform((row): Payment => ({
    id: row.id,
    estimateId: row.estimate_id,
    kind: row.kind,
    title: row.title,
    amount: row.amount,
    receivedOn: row.received_on,
    createdByName: row.created_by_name,
    isRemoved: row.removed_at !== null,
  }));
const paymentRows = z.array(paymentRow);

function selectPayments(tx: Transaction, companyId: Id) {
  return tx`
    select
      payments.id, payments.estimate_id, payments.kind, payments.title, payments.amount,
      payments.received_on, users.name as created_by_name, payments.removed_at
    from payments
    join users on users.user_id = payments.created_by
    where payments.company_id = ${companyId}
  `;
}

export async function insertPayment(
  tx: Transaction,
  companyId: Id,
  payment: PaymentFields & { id: Id; estimateId: Id; createdBy: Id; createdAt: Date },
): Promise<void> {
  await tx`
    insert into payments (
      company_id, id, estimate_id, kind, title, amount, received_on, created_by, created_at
    )
    values (
      ${companyId}, ${payment.id}, ${payment.estimateId}, ${payment.kind}, ${payment.title},
      ${formatMoney(payment.amount)}, ${payment.receivedOn}, ${payment.createdBy},
      ${payment.createdAt}
    )
  `;
}

export async function findPayment(tx: Transaction, companyId: Id, id: Id): Promise<Payment | null> {
  const [row] = await tx`${selectPayments(tx, companyId)} and payments.id = ${id}`;
  return row ? paymentRow.parse(row) : null;
}

/** Newest first; those taken out are left out. */
export async function listPayments(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<Payment[]> {
  const rows = await tx`
    ${selectPayments(tx, companyId)}
      and payments.estimate_id = ${estimateId} and payments.removed_at is null
    order by payments.received_on desc, payments.id desc
    limit ${limit}
  `;
  return paymentRows.parse(rows);
}

const totalRow = z.object({ total: moneyColumn });

export async function sumReceived(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
): Promise<Kopecks> {
  const [row] = await tx`
    select coalesce(sum(amount), 0.00)::text as total
    from payments
    where company_id = ${companyId} and estimate_id = ${estimateId} and removed_at is null
  `;
  return totalRow.parse(row).total;
}

/** Takes a payment out, or brings it back with null. */
export async function setPaymentRemoved(
  tx: Transaction,
  companyId: Id,
  id: Id,
  at: Date | null,
): Promise<void> {
  await tx`
    update payments
    set removed_at = ${at}
    where company_id = ${companyId} and id = ${id}
  `;
}

const stageRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    title: z.string(),
    amount: moneyColumn.nullable(),
    percent: percentColumn.nullable(),
    due_on: dayColumn.nullable(),
  })
  .transform((row, context): Stage => {
    const { amount, percent } = row;
    const fields = {
      id: row.id,
      estimateId: row.estimate_id,
      title: row.title,
      dueOn: row.due_on,
    };
    if (amount !== null) return { ...fields, size: { kind: "amount", amount } };
    if (percent !== null) return { ...fields, size: { kind: "percent", percent } };
    context.issues.push({ code: "custom", input: row, message: "a stage without a size" });
    return z.NEVER;
  });
const stageRows = z.array(stageRow);

export async function insertStage(
  tx: Transaction,
  companyId: Id,
  { size, ...stage }: StageFields & { id: Id; estimateId: Id; createdBy: Id; createdAt: Date },
): Promise<void> {
  await tx`
    insert into payment_stages (
      company_id, id, estimate_id, title, amount, percent, due_on, created_by, created_at
    )
    values (
      ${companyId}, ${stage.id}, ${stage.estimateId}, ${stage.title},
      ${size.kind === "amount" ? formatMoney(size.amount) : null},
      ${size.kind === "percent" ? formatPercent(size.percent) : null}, ${stage.dueOn},
      ${stage.createdBy}, ${stage.createdAt}
    )
  `;
}

export async function findStage(tx: Transaction, companyId: Id, id: Id): Promise<Stage | null> {
  const [row] = await tx`
    select id, estimate_id, title, amount, percent, due_on
    from payment_stages
    where company_id = ${companyId} and id = ${id} and removed_at is null
  `;
  return row ? stageRow.parse(row) : null;
}

/** As they were written. */
export async function listStages(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  limit: number,
): Promise<Stage[]> {
  const rows = await tx`
    select id, estimate_id, title, amount, percent, due_on
    from payment_stages
    where company_id = ${companyId} and estimate_id = ${estimateId} and removed_at is null
    order by created_at, id
    limit ${limit}
  `;
  return stageRows.parse(rows);
}

export async function removeStage(tx: Transaction, companyId: Id, id: Id, at: Date): Promise<void> {
  await tx`
    update payment_stages
    set removed_at = ${at}
    where company_id = ${companyId} and id = ${id}
  `;
}
