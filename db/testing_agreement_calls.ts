import { emptyContent, type Line } from "../domain/estimate/estimate.ts";
import type { Id } from "../domain/ids.ts";
import { kopecks, ZERO } from "../domain/money.ts";
import type { Quantity } from "../domain/quantity.ts";
import * as approvals from "./approvals.ts";
import type { Transaction } from "./client.ts";
import { putLines } from "./estimate_lines.ts";
import * as invitations from "./invitations.ts";
import { findPriceMedians } from "./price_medians.ts";
import * as questions from "./questions.ts";
import * as documents from "./revision_documents.ts";
import * as revisions from "./revisions.ts";
import * as links from "./share_links.ts";
import type { TestThings } from "./testing_company.ts";
import { testId } from "./testing_ids.ts";

/** Calls one query for a company, aimed at things that may be another company's. */
export type Call = (tx: Transaction, companyId: Id, aim: TestThings) => Promise<unknown>;

const someMoment = new Date("2026-11-22T09:00:00Z");

/** The queries of agreeing; part of `TENANT_CALLS`. */
export const AGREEMENT_CALLS: Readonly<Record<string, Call>> = {
  "approvals.insertApproval": (tx, companyId, aim) =>
    approvals.insertApproval(tx, companyId, {
      id: testId(),
      revisionId: aim.revisionId,
      sha256: aim.sha256,
      decision: "returned",
      side: "company",
      channel: "chat",
      userId: null,
      linkId: null,
      name: "взлом",
      phone: "",
      reason: "",
      consent: "",
      chosenLines: [],
      document: null,
      total: ZERO,
      address: "",
      userAgent: "",
      isOwnDevice: false,
      decidedAt: someMoment,
    }),
  "approvals.listDecisions": (tx, companyId, aim) =>
    approvals.listDecisions(tx, companyId, [aim.revisionId]),
  "approvals.findAgreed": (tx, companyId, aim) =>
    approvals.findAgreed(tx, companyId, aim.revisionId),
  "approvals.findChosenDocument": (tx, companyId, aim) =>
    approvals.findChosenDocument(tx, companyId, aim.revisionId),

  "invitations.insertInvitation": (tx, companyId, aim) =>
    invitations.insertInvitation(tx, companyId, {
      id: aim.invitationId,
      token: testId(),
      role: "owner",
      uses: 1,
      createdBy: aim.foremanId,
      createdAt: someMoment,
      expiresAt: someMoment,
    }),
  "invitations.listOpenInvitations": (tx, companyId) =>
    invitations.listOpenInvitations(tx, companyId, someMoment, 10),
  "invitations.lockInvitation": (tx, companyId, aim) =>
    invitations.lockInvitation(tx, companyId, aim.token),
  "invitations.takeInvitationUse": (tx, companyId, aim) =>
    invitations.takeInvitationUse(tx, companyId, aim.invitationId),
  "invitations.revokeInvitation": (tx, companyId, aim) =>
    invitations.revokeInvitation(tx, companyId, aim.invitationId, someMoment),

  "price_medians.findPriceMedians": async (tx, companyId, aim) => {
    for (const _ of [1, 2, 3]) await copyEstimate(tx, companyId, aim);
    return findPriceMedians(tx, companyId, aim.estimateId, 10);
  },

  "questions.insertQuestion": (tx, companyId, aim) =>
    questions.insertQuestion(tx, companyId, {
      id: testId(),
      revisionId: aim.revisionId,
      line: null,
      text: "взлом",
      authorName: "",
      askedAt: someMoment,
    }),
  "questions.findQuestion": (tx, companyId, aim) =>
    questions.findQuestion(tx, companyId, aim.questionId),
  "questions.listQuestions": (tx, companyId, aim) =>
    questions.listQuestions(tx, companyId, aim.estimateId, { before: null, limit: 10 }),
  "questions.setAnswer": (tx, companyId, aim) =>
    questions.setAnswer(tx, companyId, aim.questionId, {
      text: "взлом",
      by: aim.foremanId,
      at: someMoment,
    }),

  "revision_documents.insertRevisionDocument": (tx, companyId, aim) =>
    documents.insertRevisionDocument(tx, companyId, {
      id: testId(),
      estimateId: aim.estimateId,
      revisionId: aim.revisionId,
      version: 1,
      orderedBy: aim.foremanId,
    }),
  "revision_documents.findRevisionOfDocument": (tx, companyId, aim) =>
    documents.findRevisionOfDocument(tx, companyId, aim.documentId),
  "revision_documents.findRevisionFile": (tx, companyId, aim) =>
    documents.findRevisionFile(tx, companyId, aim.revisionId),

  "revisions.insertRevision": (tx, companyId, aim) =>
    revisions.insertRevision(tx, companyId, {
      id: testId(),
      estimateId: aim.estimateId,
      revision: 7,
      version: 1,
      content: emptyContent(),
      document: "взлом",
      sha256: "f".repeat(64),
      total: ZERO,
      calcVersion: 1,
      audience: "manager",
      submittedBy: aim.foremanId,
      submittedAt: someMoment,
    }),
  "revisions.findRevision": (tx, companyId, aim) =>
    revisions.findRevision(tx, companyId, aim.revisionId),
  "revisions.findFrozenText": (tx, companyId, aim) =>
    revisions.findFrozenText(tx, companyId, aim.estimateId, aim.revisionId),
  "revisions.findRevisionByNumber": (tx, companyId, aim) =>
    revisions.findRevisionByNumber(tx, companyId, aim.estimateId, 1),
  "revisions.listRevisions": (tx, companyId, aim) =>
    revisions.listRevisions(tx, companyId, aim.estimateId, { before: null, limit: 10 }),
  "revisions.findFrozen": (tx, companyId, aim) =>
    revisions.findFrozen(tx, companyId, aim.revisionId),
  "revisions.setRevisionStatus": (tx, companyId, aim) =>
    revisions.setRevisionStatus(tx, companyId, aim.revisionId, {
      from: "returned",
      to: "superseded",
      by: aim.foremanId,
      at: someMoment,
    }),
  "revisions.retireRevisions": (tx, companyId, aim) =>
    revisions.retireRevisions(tx, companyId, aim.estimateId, { by: aim.foremanId, at: someMoment }),
  "revisions.openNextRevision": (tx, companyId, aim) =>
    revisions.openNextRevision(tx, companyId, aim.estimateId, "draft"),

  "share_links.insertShareLink": (tx, companyId, aim) =>
    links.insertShareLink(tx, companyId, {
      id: testId(),
      revisionId: aim.revisionId,
      token: testId(),
      createdBy: aim.foremanId,
      createdAt: someMoment,
      expiresAt: someMoment,
    }),
  "share_links.findShareLink": (tx, companyId, aim) =>
    links.findShareLink(tx, companyId, aim.token),
  "share_links.listShareLinks": (tx, companyId, aim) =>
    links.listShareLinks(tx, companyId, aim.estimateId, { before: null, limit: 10 }),
  "share_links.findEstimateOfLink": (tx, companyId, aim) =>
    links.findEstimateOfLink(tx, companyId, aim.linkId),
  "share_links.revokeShareLink": (tx, companyId, aim) =>
    links.revokeShareLink(tx, companyId, aim.linkId, someMoment),
  "share_links.countShareLinkView": (tx, companyId, aim) =>
    links.countShareLinkView(tx, companyId, aim.linkId, someMoment),
};

/** The same line at another price in one more estimate. */
async function copyEstimate(tx: Transaction, companyId: Id, aim: TestThings): Promise<void> {
  const id = testId();
  await tx`
    insert into estimates (
      company_id, id, number_year, number_sequence, title, date, vat, price_kind, payment_terms,
      warranty, note, internal_note, foreman_id, created_by
    )
    select
      company_id, ${id}, 2027,
      (select count(*)::int from estimates where company_id = ${companyId}), title, date, vat,
      price_kind, payment_terms, warranty, note, internal_note, foreman_id, created_by
    from estimates
    where company_id = ${companyId} and id = ${aim.estimateId}
  `;
  await putLines(tx, companyId, id, [lineOf(aim)]);
}

function lineOf({ name, lineId }: TestThings): Line {
  return {
    id: lineId,
    sectionId: null,
    position: "a0",
    kind: "work",
    name,
    unit: "м²",
    quantity: 10_000_000n as Quantity,
    quantityFormula: "",
    price: kopecks(10_000n),
    cost: null,
    isOptional: false,
    isChosen: false,
    priceSource: "typed",
    note: "",
    internalNote: "",
  };
}
