import type { Day } from "../domain/calendar.ts";
import { kopecks } from "../domain/money.ts";
import { QUANTITY_ONE } from "../domain/quantity.ts";
import * as actDocuments from "./act_documents.ts";
import * as acts from "./acts.ts";
import * as extras from "./extras.ts";
import * as payments from "./payments.ts";
import * as photos from "./extra_photos.ts";
import type { Call } from "./testing_agreement_calls.ts";
import { testId } from "./testing_ids.ts";

const someMoment = new Date("2026-11-22T09:00:00Z");
const someDay = "2026-11-22" as Day;
const someFields = { date: someDay, periodFrom: someDay, periodTo: someDay, acceptedBy: "взлом" };

/** The queries of what follows an approval; part of `TENANT_CALLS`. */
export const CONTRACT_CALLS: Readonly<Record<string, Call>> = {
  "act_documents.insertActDocument": (tx, companyId, aim) =>
    actDocuments.insertActDocument(tx, companyId, {
      id: testId(),
      actId: aim.actId,
      estimateId: aim.contractId,
      form: "ks2",
      format: "pdf",
      version: 1,
      orderedBy: aim.foremanId,
      chatId: 1,
    }),
  "act_documents.findActOfDocument": (tx, companyId, aim) =>
    actDocuments.findActOfDocument(tx, companyId, aim.actDocumentId),

  "acts.insertAct": (tx, companyId, aim) =>
    acts.insertAct(tx, companyId, {
      ...someFields,
      id: testId(),
      estimateId: aim.contractId,
      createdBy: aim.foremanId,
      createdAt: someMoment,
    }),
  "acts.findAct": (tx, companyId, aim) => acts.findAct(tx, companyId, aim.signedActId),
  "acts.listActs": (tx, companyId, aim) =>
    acts.listActs(tx, companyId, aim.contractId, { before: null, limit: 10 }),
  "acts.listSignedActs": (tx, companyId, aim) =>
    acts.listSignedActs(tx, companyId, aim.contractId, 10),
  "acts.findActContent": (tx, companyId, aim) =>
    acts.findActContent(tx, companyId, aim.signedActId),
  "acts.sumSignedActs": (tx, companyId, aim) => acts.sumSignedActs(tx, companyId, aim.contractId),
  "acts.updateAct": (tx, companyId, aim) =>
    acts.updateAct(tx, companyId, aim.actId, { ...someFields, total: kopecks(1n) }),
  "acts.setActSigned": (tx, companyId, aim) =>
    acts.setActSigned(tx, companyId, aim.actId, {
      parts: [],
      document: "взлом",
      total: kopecks(1n),
      by: aim.foremanId,
      at: someMoment,
    }),
  "acts.setActCancelled": (tx, companyId, aim) =>
    acts.setActCancelled(tx, companyId, aim.signedActId, { by: aim.foremanId, at: someMoment }),
  "acts.removeAct": (tx, companyId, aim) => acts.removeAct(tx, companyId, aim.actId),
  "acts.putActLines": (tx, companyId, aim) =>
    acts.putActLines(tx, companyId, aim.actId, [
      {
        estimateId: aim.contractId,
        lineId: aim.contractLineId,
        quantity: QUANTITY_ONE,
      },
    ]),
  "acts.removeActLines": (tx, companyId, aim) =>
    acts.removeActLines(tx, companyId, aim.actId, [
      { estimateId: aim.contractId, lineId: aim.contractLineId },
    ]),
  "acts.listActQuantities": (tx, companyId, aim) =>
    acts.listActQuantities(tx, companyId, aim.contractId),
  "acts.hasActs": (tx, companyId, aim) => acts.hasActs(tx, companyId, aim.contractId),

  "extras.findNextExtraSequence": (tx, companyId, aim) =>
    extras.findNextExtraSequence(tx, companyId, aim.contractId),
  "extras.listExtras": (tx, companyId, aim) => extras.listExtras(tx, companyId, aim.contractId, 10),
  "extras.setExtraReason": (tx, companyId, aim) =>
    extras.setExtraReason(tx, companyId, aim.extraId, "взлом"),
  "extras.listOpenContracts": (tx, companyId) =>
    extras.listOpenContracts(tx, companyId, { ownerId: null, limit: 10 }),

  "payments.insertPayment": (tx, companyId, aim) =>
    payments.insertPayment(tx, companyId, {
      id: testId(),
      estimateId: aim.contractId,
      kind: "final",
      title: "взлом",
      amount: kopecks(1n),
      receivedOn: someDay,
      createdBy: aim.foremanId,
      createdAt: someMoment,
    }),
  "payments.findPayment": (tx, companyId, aim) =>
    payments.findPayment(tx, companyId, aim.paymentId),
  "payments.listPayments": (tx, companyId, aim) =>
    payments.listPayments(tx, companyId, aim.contractId, 10),
  "payments.sumReceived": (tx, companyId, aim) =>
    payments.sumReceived(tx, companyId, aim.contractId),
  "payments.setPaymentRemoved": (tx, companyId, aim) =>
    payments.setPaymentRemoved(tx, companyId, aim.paymentId, someMoment),
  "payments.insertStage": (tx, companyId, aim) =>
    payments.insertStage(tx, companyId, {
      id: testId(),
      estimateId: aim.contractId,
      title: "взлом",
      size: { kind: "amount", amount: kopecks(1n) },
      dueOn: null,
      createdBy: aim.foremanId,
      createdAt: someMoment,
    }),
  "payments.findStage": (tx, companyId, aim) => payments.findStage(tx, companyId, aim.stageId),
  "payments.listStages": (tx, companyId, aim) =>
    payments.listStages(tx, companyId, aim.contractId, 10),
  "payments.removeStage": (tx, companyId, aim) =>
    payments.removeStage(tx, companyId, aim.stageId, someMoment),

  "extra_photos.insertExtraPhoto": (tx, companyId, aim) =>
    photos.insertExtraPhoto(tx, companyId, aim.extraId, {
      id: testId(),
      sha256: "b".repeat(64),
      mediaType: "image/png",
      bytes: Buffer.from("взлом"),
      createdBy: aim.foremanId,
    }),
  "extra_photos.listExtraPhotos": (tx, companyId, aim) =>
    photos.listExtraPhotos(tx, companyId, aim.extraId, 10),
  "extra_photos.findExtraPhoto": (tx, companyId, aim) =>
    photos.findExtraPhoto(tx, companyId, aim.extraId, aim.extraPhotoId),
  "extra_photos.removeExtraPhoto": (tx, companyId, aim) =>
    photos.removeExtraPhoto(tx, companyId, aim.extraId, aim.extraPhotoId),
};
