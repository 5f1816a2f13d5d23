import { z } from "zod";
import {
  type Act,
  actPartSchema,
  type ActSummary,
  type OverTaken,
  type RemainderPart,
} from "../../domain/acts.ts";
import type { Contract, ExtraDetails, ExtraPhoto } from "../../domain/extras.ts";
import { formatMoney } from "../../domain/money.ts";
import {
  type Balance,
  type Payment,
  type Payments,
  type Stage,
  stageFieldsSchema,
  type StageState,
} from "../../domain/payments.ts";
import { formatQuantity } from "../../domain/quantity.ts";

/** What goes out about extra work, acts and payments; see wire.ts. */
export function encodeContract(contract: Contract) {
  return {
    estimateId: contract.estimateId,
    number: contract.number,
    total: formatMoney(contract.total),
    extrasTotal: formatMoney(contract.extrasTotal),
    extras: contract.extras.map((extra) => ({
      id: extra.id,
      number: extra.number,
      status: extra.status,
      isApproved: extra.isApproved,
      title: extra.title,
      reason: extra.reason,
      total: formatMoney(extra.total),
    })),
    balance: encodeBalance(contract.balance),
  };
}

export function encodeExtra({ parent, reason, photos }: ExtraDetails) {
  return { parent, reason, photos: photos.map(encodeExtraPhoto) };
}

export function encodeExtraPhoto({ id, mediaType }: ExtraPhoto) {
  return { id, mediaType };
}

function encodeBalance(balance: Balance) {
  return {
    agreed: formatMoney(balance.agreed),
    accepted: formatMoney(balance.accepted),
    received: formatMoney(balance.received),
    left: formatMoney(balance.left),
    debt: formatMoney(balance.debt),
  };
}

export function encodeActSummary(act: ActSummary) {
  return {
    id: act.id,
    estimateId: act.estimateId,
    number: act.number,
    status: act.status,
    version: act.version,
    date: act.date,
    periodFrom: act.periodFrom,
    periodTo: act.periodTo,
    acceptedBy: act.acceptedBy,
    total: formatMoney(act.total),
    createdByName: act.createdByName,
    signedAt: act.signedAt?.toISOString() ?? null,
    signedByName: act.signedByName,
  };
}

export function encodeAct(act: Act) {
  return {
    ...encodeActSummary(act),
    parts: act.parts.map((part) => z.encode(actPartSchema, part)),
  };
}

export function encodeRemainder(part: RemainderPart) {
  return {
    estimateId: part.estimateId,
    number: part.number,
    title: part.title,
    sections: part.sections.map(({ id, title, lines }) => ({
      id,
      title,
      lines: lines.map((line) => ({
        id: line.id,
        index: line.index,
        kind: line.kind,
        name: line.name,
        unit: line.unit,
        price: formatMoney(line.price),
        approved: formatQuantity(line.approved),
        accepted: formatQuantity(line.accepted),
        inAct: formatQuantity(line.inAct),
        drafted: formatQuantity(line.drafted),
        left: formatQuantity(line.left),
      })),
    })),
  };
}

export function encodeOver({ estimateId, lineId, name, unit, most }: OverTaken) {
  return { estimateId, lineId, name, unit, most: formatQuantity(most) };
}

export function encodePayments(payments: Payments) {
  return {
    estimateId: payments.estimateId,
    number: payments.number,
    payments: payments.payments.map(encodePayment),
    stages: payments.stages.map(encodeStageState),
    balance: encodeBalance(payments.balance),
  };
}

export function encodePayment(payment: Payment) {
  return {
    id: payment.id,
    estimateId: payment.estimateId,
    kind: payment.kind,
    title: payment.title,
    amount: formatMoney(payment.amount),
    receivedOn: payment.receivedOn,
    createdByName: payment.createdByName,
    isRemoved: payment.isRemoved,
  };
}

export function encodeStage({ id, estimateId, title, size, dueOn }: Stage) {
  return { id, estimateId, ...z.encode(stageFieldsSchema, { title, size, dueOn }) };
}

function encodeStageState(stage: StageState) {
  return {
    ...encodeStage(stage),
    amount: formatMoney(stage.amount),
    covered: formatMoney(stage.covered),
    open: formatMoney(stage.open),
  };
}
