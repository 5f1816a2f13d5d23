import { hash } from "node:crypto";
import { type Context, Hono } from "hono";
import { z } from "zod";
import { type Change, changeSchema } from "../../domain/estimate/changes.ts";
import { type Content, encodeContent } from "../../domain/estimate/estimate.ts";
import { ESTIMATE_STATUSES } from "../../domain/estimate/status.ts";
import { notFound } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import type {
  ChangeResult,
  ChangeSource,
  EstimateCard,
  EstimateService,
  EstimateStamp,
} from "../../domain/services.ts";
import { textSchema } from "../../domain/text.ts";
import type { Session } from "../auth/sessions.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { chatOf } from "./documents.ts";
import {
  answerJson,
  createKept,
  encodeAnswer,
  type KeptAnswer,
  readableIn,
} from "./kept_answers.ts";
import { packingOf } from "./packing.ts";
import { knows } from "./tags.ts";
import { givenFields, jsonBody, pageQuery, pageRequest, queryOf, readId } from "./validation.ts";
import { encodeCard, encodeHead, encodeListItem, encodePage } from "./wire.ts";

const listQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(ESTIMATE_STATUSES).optional(),
  projectId: idSchema.optional(),
  clientId: idSchema.optional(),
});

const newEstimateSchema = z.strictObject({
  projectId: idSchema.nullable(),
  clientId: idSchema.nullable().optional(),
  title: textSchema(200).optional(),
});

/** A person's program sends a few; an import of a long list sends several batches. */
const MAX_CHANGES = 2000;

const batchSchema = z.strictObject({
  baseVersion: z.int().nonnegative().nullable(),
  changes: z.array(changeSchema).min(1).max(MAX_CHANGES),
});

const sinceQuery = z.strictObject({ since: z.coerce.number().int().nonnegative() });

const DOCUMENT_FORMATS = ["pdf", "xlsx"] as const;

export function estimateRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  const answers = createKept<KeptAnswer>();
  return new Hono<AppEnvironment>()
    .get("/", queryOf(listQuery), async (context) => {
      const { status, projectId, clientId, ...page } = context.req.valid("query");
      const request = {
        ...pageRequest(page),
        ...givenFields({ status, projectId, clientId }),
      };
      const found = await run(context, ({ estimates }) => estimates.list(request));
      return context.json(encodePage(found, encodeListItem), 200);
    })
    .post("/", jsonBody(newEstimateSchema), async (context) => {
      const { projectId, ...rest } = context.req.valid("json");
      const card = await run(context, ({ estimates }) =>
        estimates.create({ projectId, ...givenFields(rest) }),
      );
      return context.json(encodeCard(card), 201);
    })
    .get("/:id", async (context) => {
      const id = readId(context.req.param("id"));
      const asked = context.req.header("If-None-Match");
      const stamp = readableIn(context.get("session"))?.stamp ?? null;
      const known = stamp && tagOf(stamp);
      context.header("Cache-Control", "private, no-cache");
      if (known !== null && knows(asked, known)) return notModified(context, known);
      const packing = packingOf(context);
      const keyOf = (tag: string) => `${id} ${packing} ${tag}`;
      const kept = known === null ? undefined : answers.find(keyOf(known));
      if (known !== null && kept !== undefined) {
        context.header("ETag", known);
        return answerJson<WholeWire>(context, kept);
      }
      const { card, content } = await run(context, ({ estimates }) => estimates.content(id));
      const tag = tagOf(card);
      if (knows(asked, tag)) return notModified(context, tag);
      const json = JSON.stringify(encodeWhole(card, content));
      context.header("ETag", tag);
      return answerJson<WholeWire>(context, answers.keep(keyOf(tag), encodeAnswer(json, packing)));
    })
    .get("/:id/card", async (context) => {
      const id = readId(context.req.param("id"));
      const card = await run(context, ({ estimates }) => estimates.card(id));
      return context.json(encodeCard(card), 200);
    })
    .delete("/:id", async (context) => {
      const id = readId(context.req.param("id"));
      await run(context, ({ estimates }) => estimates.remove(id));
      return context.body(null, 204);
    })
    .post("/:id/restore", async (context) => {
      const id = readId(context.req.param("id"));
      const card = await run(context, ({ estimates }) => estimates.restore(id));
      return context.json(encodeCard(card), 200);
    })
    .post("/:id/duplicate", async (context) => {
      const id = readId(context.req.param("id"));
      const card = await run(context, ({ estimates }) => estimates.duplicate(id));
      return context.json(encodeCard(card), 201);
    })
    .post("/:id/changes", jsonBody(batchSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const batch = context.req.valid("json");
      const { result, isWhole } = await run(context, async ({ estimates }) => {
        const result = await estimates.change(id, {
          ...batch,
          source: sourceOf(context.var.session),
        });
        return { result, isWhole: await isWholeLog(estimates, id, batch, result) };
      });
      if (result.outcome === "accepted") {
        const { version, dropped } = result;
        return context.json({ outcome: "accepted" as const, version, dropped, isWhole }, 200);
      }
      const { version, since } = result;
      return context.json(
        { outcome: "conflict" as const, version, since: since.map(encodeChange) },
        409,
      );
    })
    .get("/:id/changes", queryOf(sinceQuery), async (context) => {
      const id = readId(context.req.param("id"));
      const { since } = context.req.valid("query");
      const { version, changes } = await run(context, ({ estimates }) =>
        estimates.changesSince(id, since),
      );
      return context.json({ version, changes: changes.map(encodeChange) }, 200);
    })
    .post("/:id/documents/:format", async (context) => {
      const id = readId(context.req.param("id"));
      const format = z.enum(DOCUMENT_FORMATS).safeParse(context.req.param("format"));
      if (!format.success) throw notFound();
      const deliverTo = chatOf(context.var.session);
      const ordered = await run(context, ({ documents }) =>
        documents.order(id, format.data, deliverTo),
      );
      return context.json({ id: ordered.id }, 202);
    });
}

/**
 * Whether the log after the batch's base holds this batch and nothing else. Not so when a part of it
 * was known (a resend, a second window of the same person): then its sender has to read the log.
 */
async function isWholeLog(
  estimates: EstimateService,
  id: Id,
  { baseVersion, changes }: z.output<typeof batchSchema>,
  result: ChangeResult,
): Promise<boolean> {
  if (result.outcome !== "accepted" || baseVersion === null) return false;
  if (result.version !== baseVersion + 1) return false;
  const log = await estimates.changesSince(id, baseVersion);
  const isSame = log.changes.every((change, index) => change.id === changes[index]?.id);
  return isSame && log.changes.length === changes.length;
}

/** Programs have keys, the Mini App has a session. */
function sourceOf({ actor }: Session): ChangeSource {
  return actor.keyScope === undefined ? "miniapp" : "api";
}

function encodeChange(change: Change) {
  return z.encode(changeSchema, change);
}

type WholeWire = ReturnType<typeof encodeWhole>;

function encodeWhole(card: EstimateCard, content: Content) {
  return { head: encodeHead(card), content: encodeContent(content) };
}

function notModified(context: Context, tag: string) {
  context.header("ETag", tag);
  return context.body(null, 304);
}

/** Changes whenever the answer would: names of the object and the client are not in the version. */
function tagOf(stamp: EstimateStamp): string {
  const { version, revision, status, isRemoved, project, client, foremanName } = stamp;
  const names = [revision, status, isRemoved, project, client, foremanName, stamp.updatedAt];
  const digest = hash("sha256", JSON.stringify(names), "base64url");
  return `W/"${version}-${digest.slice(0, 16)}"`;
}
