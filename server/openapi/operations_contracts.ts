import { z } from "zod";
import type { Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";
import * as contracts from "./schemas_contracts.ts";

const { itemsOf, pageOf, card } = schemas;
const decision = { 200: contracts.decided, 409: contracts.decisionConflict };
const act = { 200: contracts.actAnswer, 409: contracts.actConflict };

/** What follows when an estimate is written: agreeing, extra work, acts, payments; see operations.ts. */
export const CONTRACT_OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /estimates/{id}/submit": {
    summary: "Freeze a revision and send it for approval",
    answers: {
      200: contracts.submitted,
      409: contracts.submitConflict,
      422: contracts.submitProblems,
    },
  },
  "GET /estimates/{id}/problems": {
    summary: "What to mend before sending",
    answers: { 200: itemsOf(contracts.problem) },
  },
  "POST /estimates/{id}/approve": { summary: "Approve one exact revision", answers: decision },
  "POST /estimates/{id}/reject": { summary: "Return it with a reason", answers: decision },
  "POST /estimates/{id}/withdraw": { summary: "Take it back to a draft", answers: decision },
  "POST /estimates/{id}/revise": { summary: "Open the next revision", answers: decision },
  "POST /estimates/{id}/archive": { summary: "Put it away", answers: { 204: "empty" } },
  "POST /estimates/{id}/share": {
    summary: "Make a link for the client; shown once",
    answers: { 201: contracts.newShareLink },
  },
  "GET /estimates/{id}/links": {
    summary: "List the client's links",
    answers: { 200: pageOf(contracts.shareLink) },
  },
  "DELETE /estimates/{id}/links/{linkId}": {
    summary: "Revoke a link",
    answers: { 204: "empty" },
  },
  "GET /estimates/{id}/revisions": {
    summary: "List the frozen revisions",
    answers: { 200: pageOf(contracts.revision) },
  },
  "GET /estimates/{id}/revisions/{revisionId}": {
    summary: "Read the document of a revision, the very bytes that were hashed; `ETag`",
    answers: { 200: contracts.frozenDocument, 304: "empty" },
  },
  "GET /estimates/{id}/compare": {
    summary: "Compare two revisions; without `to` with the content of now",
    answers: { 200: contracts.comparison },
  },

  "GET /estimates/{id}/photos": {
    summary: "List the photos of the lines",
    answers: { 200: itemsOf(schemas.photo) },
  },
  "PUT /estimates/{id}/photos/{photoId}": {
    summary: "Add a photo to a line; the id is the caller's",
    answers: { 201: schemas.photo },
  },
  "GET /estimates/{id}/photos/{photoId}/{size}": {
    summary: "The picture or its thumbnail",
    answers: { 200: "bytes" },
  },
  "DELETE /estimates/{id}/photos/{photoId}": {
    summary: "Remove a photo",
    answers: { 204: "empty" },
  },
  "GET /estimates/{id}/questions": {
    summary: "What the client asked",
    answers: { 200: pageOf(schemas.question) },
  },
  "PUT /estimates/{id}/questions/{questionId}/answer": {
    summary: "Answer the client",
    answers: { 200: schemas.question },
  },

  "GET /estimates/{id}/contract": {
    summary: "An approved estimate with its extra work and money; null before",
    answers: { 200: contracts.contract },
  },
  "POST /estimates/{id}/extras": {
    summary: "Begin extra work: an estimate of its own",
    answers: { 201: card },
  },
  "GET /estimates/{id}/extra": {
    summary: "What makes an estimate extra work",
    answers: { 200: contracts.extra },
  },
  "PUT /estimates/{id}/extra": {
    summary: "Change the reason of extra work",
    answers: { 204: "empty" },
  },
  "POST /estimates/{id}/extra/photos": {
    summary: "Add a photo to extra work; the same picture again is the same photo",
    answers: { 201: contracts.extraPhoto },
  },
  "GET /estimates/{id}/extra/photos/{photoId}": {
    summary: "A photo of extra work",
    answers: { 200: "bytes" },
  },
  "DELETE /estimates/{id}/extra/photos/{photoId}": {
    summary: "Remove a photo of extra work",
    answers: { 204: "empty" },
  },

  "GET /estimates/{id}/acts": {
    summary: "List the acts, newest first",
    answers: { 200: pageOf(contracts.actSummary) },
  },
  "GET /estimates/{id}/remainder": {
    summary: "What is not accepted yet, line by line",
    answers: { 200: contracts.remainder },
  },
  "POST /estimates/{id}/acts": { summary: "Draft an act", answers: act },
  "GET /acts/{actId}": { summary: "Read an act", answers: { 200: contracts.actAnswer } },
  "PATCH /acts/{actId}": { summary: "Change a draft of an act", answers: act },
  "DELETE /acts/{actId}": { summary: "Remove a draft of an act", answers: { 204: "empty" } },
  "POST /acts/{actId}/sign": { summary: "Sign an act", answers: act },
  "POST /acts/{actId}/cancel": { summary: "Cancel a signed act", answers: act },
  "POST /acts/{actId}/documents/{form}/{format}": {
    summary: "Order КС-2 or КС-3; it comes to the person's chat",
    answers: { 202: z.strictObject({ id: schemas.id }) },
  },

  "GET /estimates/{id}/payments": {
    summary: "Payments, stages and the balance",
    answers: { 200: contracts.payments },
  },
  "POST /estimates/{id}/payments": {
    summary: "Record money that came",
    answers: { 201: contracts.payment },
  },
  "POST /estimates/{id}/stages": {
    summary: "Plan a stage of payment",
    answers: { 201: contracts.stage },
  },
  "DELETE /stages/{stageId}": { summary: "Remove a stage", answers: { 204: "empty" } },
  "DELETE /payments/{paymentId}": {
    summary: "Take a payment back",
    answers: { 200: contracts.payment },
  },
  "POST /payments/{paymentId}/restore": {
    summary: "Restore a payment",
    answers: { 200: contracts.payment },
  },
};
