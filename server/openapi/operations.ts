import { z } from "zod";
import { changeSchema } from "../../domain/estimate/changes.ts";
import { contentSchema } from "../../domain/estimate/estimate.ts";
import { CONTRACT_OPERATIONS } from "./operations_contracts.ts";
import { IMPORT_OPERATIONS } from "./operations_imports.ts";
import type { Operation } from "./operation.ts";
import * as schemas from "./schemas.ts";

const { card, client, project, catalogueItem, company, pageOf, itemsOf } = schemas;
const opened = z.strictObject({ head: schemas.head, content: contentSchema });
const accepted = z.strictObject({
  outcome: z.literal("accepted"),
  version: schemas.count,
  dropped: z.array(schemas.id),
  isWhole: z.boolean(),
});
const rebase = z.strictObject({
  outcome: z.literal("conflict"),
  version: schemas.count,
  since: z.array(changeSchema),
});
const log = z.strictObject({ version: schemas.count, changes: z.array(changeSchema) });
const ordered = z.strictObject({ id: schemas.id });
const found = z.strictObject({
  ...pageOf(schemas.hit).shape,
  corrections: z.array(z.string()),
});

/** By method and path. A test holds it against the routes: neither has what the other has not. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "POST /session": {
    summary: "Exchange the launch data of the Mini App (Authorization: tma …) for a token",
    answers: { 200: schemas.session },
  },
  "POST /session/link": {
    summary:
      "Exchange a one-time link of the chat for a login of this browser (cookie) and a token",
    answers: { 200: schemas.session },
  },
  "POST /session/browser": {
    summary: "Exchange the login of this browser (cookie) for a token",
    answers: { 200: schemas.session },
  },
  "DELETE /session/browser": {
    summary: "Log this browser out, with every token that it got",
    answers: { 204: "empty" },
  },
  "GET /logins": {
    summary: "List the browsers that the person is logged in with; not for API keys",
    answers: { 200: itemsOf(schemas.login) },
  },
  "DELETE /logins": { summary: "Log out of all browsers", answers: { 204: "empty" } },
  "DELETE /logins/{id}": { summary: "Log out of one browser", answers: { 204: "empty" } },
  "GET /me": { summary: "Who asks, and for which company", answers: { 200: schemas.me } },

  "GET /estimates": {
    summary: "List estimates, last changed first",
    answers: { 200: pageOf(schemas.estimateItem) },
  },
  "POST /estimates": { summary: "Create an estimate", answers: { 201: card } },
  "GET /estimates/{id}": {
    summary: "Read an estimate with its lines; ETag by version",
    answers: { 200: opened, 304: "empty" },
  },
  "GET /estimates/{id}/card": {
    summary: "Read everything of an estimate but its lines",
    answers: { 200: card },
  },
  "DELETE /estimates/{id}": {
    summary: "Remove an estimate; it can be restored",
    answers: { 204: "empty" },
  },
  "POST /estimates/{id}/restore": { summary: "Restore an estimate", answers: { 200: card } },
  "POST /estimates/{id}/duplicate": { summary: "Copy an estimate", answers: { 201: card } },
  "POST /estimates/{id}/changes": {
    summary: "Change an estimate; 409 brings the changes to rebase on",
    answers: { 200: accepted, 409: rebase },
  },
  "GET /estimates/{id}/changes": {
    summary: "The changes since a version",
    answers: { 200: log },
  },
  "POST /estimates/{id}/documents/{format}": {
    summary: "Order a PDF or XLSX: a person gets it in the chat, a program by its id",
    answers: { 202: ordered },
  },
  "GET /documents/{documentId}": {
    summary: "How far an ordered document is",
    answers: { 200: schemas.document },
  },
  "GET /documents/{documentId}/file": {
    summary: "The file of an ordered document; 409 until it is ready",
    answers: { 200: "bytes" },
  },
  ...CONTRACT_OPERATIONS,
  ...IMPORT_OPERATIONS,

  "GET /projects": { summary: "List objects, last used first", answers: { 200: pageOf(project) } },
  "POST /projects": { summary: "Create an object", answers: { 201: project } },
  "GET /projects/{id}": { summary: "Read an object", answers: { 200: project } },
  "PATCH /projects/{id}": { summary: "Change an object", answers: { 200: project } },
  "GET /clients": { summary: "List clients", answers: { 200: pageOf(client) } },
  "POST /clients": { summary: "Create a client", answers: { 201: client } },
  "GET /clients/{id}": { summary: "Read a client", answers: { 200: client } },
  "PATCH /clients/{id}": { summary: "Change a client", answers: { 200: client } },
  "GET /catalogue": { summary: "List prices", answers: { 200: pageOf(catalogueItem) } },
  "POST /catalogue": { summary: "Add a price", answers: { 201: catalogueItem } },
  "PATCH /catalogue/{id}": { summary: "Change a price", answers: { 200: catalogueItem } },
  "POST /catalogue/prices": {
    summary: "Suggest prices, in the order of the request",
    answers: { 200: z.strictObject({ prices: z.array(schemas.suggestion.nullable()) }) },
  },

  "GET /company": { summary: "Read the company", answers: { 200: company } },
  "PATCH /company": { summary: "Change the company's requisites", answers: { 200: company } },
  "PUT /company/vat": { summary: "Set the VAT mode from a day on", answers: { 200: company } },
  "GET /company/team": { summary: "List the team", answers: { 200: itemsOf(schemas.member) } },
  "GET /search": { summary: "Search everything, best first", answers: { 200: found } },
};
