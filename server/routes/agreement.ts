import { type Context, Hono } from "hono";
import { z } from "zod";
import { AUDIENCES, type DecisionResult, type SubmitResult } from "../../domain/agreement.ts";
import { AppError } from "../../domain/errors.ts";
import { type Id, idSchema } from "../../domain/ids.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import {
  answerJson,
  createKept,
  encodeAnswer,
  type KeptAnswer,
  readableIn,
} from "./kept_answers.ts";
import { packingOf } from "./packing.ts";
import { knows } from "./tags.ts";
import { jsonBody, listQuery, queryOf, readId } from "./validation.ts";
import { encodePage } from "./wire.ts";
import { encodeComparison, encodeLink, encodeProblem, encodeRevision } from "./wire_agreement.ts";

const submitSchema = z.strictObject({
  audience: z.enum(AUDIENCES).default("manager"),
  /** Warnings come with the answer; false stops at them. */
  acceptWarnings: z.boolean().default(true),
  version: z.int().nonnegative().optional(),
});

const referenceShape = {
  revisionId: idSchema,
  sha256: z
    .string()
    .regex(/^[0-9a-f]{64}$/i)
    .optional(),
};
const referenceSchema = z.strictObject(referenceShape);
const approveSchema = z.strictObject({ ...referenceShape, remark: z.string().optional() });
const rejectSchema = z.strictObject({ ...referenceShape, reason: z.string() });
const shareSchema = z.strictObject({ days: z.int().optional() });

const revisionNumber = z.coerce.number().int().positive();
const compareQuery = z.strictObject({ from: revisionNumber, to: revisionNumber.optional() });

/** Agreeing by a program: the same steps as in the chat, with the revision named each time. */
export function agreementRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  const { publicUrl } = dependencies.config;
  const answers = createKept<KeptAnswer>();
  const readFrozen = async (context: Context<AppEnvironment>, id: Id, revisionId: Id) => {
    const seen = readableIn(context.get("session"));
    const frozen = seen && !seen.isRemoved ? seen.frozen : null;
    const packing = packingOf(context);
    const key = frozen && `${frozen.sha256} ${packing} ${frozen.written}`;
    const kept = key === null ? undefined : answers.find(key);
    if (frozen && kept) return { sha256: frozen.sha256, answer: kept };
    const { json, sha256 } = await run(context, ({ agreement }) =>
      agreement.document(id, revisionId),
    );
    const answer = encodeAnswer(json, packing);
    return { sha256, answer: key === null ? answer : answers.keep(key, answer) };
  };
  return new Hono<AppEnvironment>()
    .post("/:id/submit", jsonBody(submitSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const request = context.req.valid("json");
      const result = await run(context, ({ agreement }) => agreement.submit(id, request));
      return answerSubmit(context, result);
    })
    .get("/:id/problems", async (context) => {
      const id = readId(context.req.param("id"));
      const problems = await run(context, ({ agreement }) => agreement.check(id));
      return context.json({ items: problems.map(encodeProblem) }, 200);
    })
    .post("/:id/approve", jsonBody(approveSchema), async (context) => {
      const { remark, ...reference } = context.req.valid("json");
      const id = readId(context.req.param("id"));
      const result = await run(context, async ({ agreement }) => {
        await demandOf(agreement, id, reference.revisionId);
        return agreement.approve(reference, { channel: "api", remark });
      });
      return answerDecision(context, result);
    })
    .post("/:id/reject", jsonBody(rejectSchema), async (context) => {
      const { reason, ...reference } = context.req.valid("json");
      const id = readId(context.req.param("id"));
      const result = await run(context, async ({ agreement }) => {
        await demandOf(agreement, id, reference.revisionId);
        return agreement.giveBack(reference, { channel: "api", reason });
      });
      return answerDecision(context, result);
    })
    .post("/:id/withdraw", jsonBody(referenceSchema), async (context) => {
      const reference = context.req.valid("json");
      const id = readId(context.req.param("id"));
      const result = await run(context, async ({ agreement }) => {
        await demandOf(agreement, id, reference.revisionId);
        return agreement.withdraw(reference);
      });
      return answerDecision(context, result);
    })
    .post("/:id/revise", jsonBody(referenceSchema), async (context) => {
      const reference = context.req.valid("json");
      const id = readId(context.req.param("id"));
      const result = await run(context, async ({ agreement }) => {
        await demandOf(agreement, id, reference.revisionId);
        return agreement.revise(reference);
      });
      return answerDecision(context, result);
    })
    .post("/:id/archive", async (context) => {
      const id = readId(context.req.param("id"));
      await run(context, ({ agreement }) => agreement.archive(id));
      return context.body(null, 204);
    })
    .post("/:id/share", jsonBody(shareSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const { days } = context.req.valid("json");
      const link = await run(context, ({ sharing }) =>
        sharing.share(id, days === undefined ? {} : { days }),
      );
      const { path, previewPath } = link;
      const url = publicUrl === null ? null : publicUrl + path;
      return context.json({ ...encodeLink(link), path, previewPath, url }, 201);
    })
    .get("/:id/links", queryOf(z.strictObject(listQuery)), async (context) => {
      const id = readId(context.req.param("id"));
      const request = context.req.valid("query");
      const page = await run(context, ({ sharing }) => sharing.links(id, request));
      return context.json(encodePage(page, encodeLink), 200);
    })
    .delete("/:id/links/:linkId", async (context) => {
      readId(context.req.param("id"));
      const linkId = readId(context.req.param("linkId"));
      await run(context, ({ sharing }) => sharing.revoke(linkId));
      return context.body(null, 204);
    })
    .get("/:id/revisions", queryOf(z.strictObject(listQuery)), async (context) => {
      const id = readId(context.req.param("id"));
      const request = context.req.valid("query");
      const page = await run(context, ({ agreement }) => agreement.revisions(id, request));
      return context.json(encodePage(page, encodeRevision), 200);
    })
    .get("/:id/revisions/:revisionId", async (context) => {
      const id = readId(context.req.param("id"));
      const revisionId = readId(context.req.param("revisionId"));
      const { sha256, answer } = await readFrozen(context, id, revisionId);
      // As it is kept: these are the bytes that were hashed. Packed they are others, so the tag is weak.
      const tag = answer.packing === "none" ? `"${sha256}"` : `W/"${sha256}"`;
      context.header("ETag", tag);
      context.header("Cache-Control", "private, no-cache");
      if (knows(context.req.header("If-None-Match"), tag)) return context.body(null, 304);
      return answerJson<unknown>(context, answer);
    })
    .get("/:id/compare", queryOf(compareQuery), async (context) => {
      const id = readId(context.req.param("id"));
      const { from, to = null } = context.req.valid("query");
      const comparison = await run(context, ({ agreement }) => agreement.compare(id, { from, to }));
      return context.json(encodeComparison(comparison), 200);
    });
}

/** The revision must be this estimate's: a mixed-up pair is a mistake of the program. */
async function demandOf(
  agreement: { revision(id: string): Promise<{ readonly estimateId: string }> },
  estimateId: string,
  revisionId: string,
): Promise<void> {
  const { estimateId: found } = await agreement.revision(revisionId);
  if (found !== estimateId) throw new AppError("not_found", "Такой версии сметы нет.");
}

function answerSubmit(context: Context<AppEnvironment>, result: SubmitResult) {
  switch (result.outcome) {
    case "submitted": {
      const { revision, warnings } = result;
      const body = { revision: encodeRevision(revision), warnings: warnings.map(encodeProblem) };
      return context.json(body, 200);
    }
    case "problems": {
      const message = "Смету нельзя отправить, пока в ней есть замечания.";
      const problems = result.problems.map(encodeProblem);
      return context.json({ ...errorBody(context, "invalid", message), problems }, 422);
    }
    case "changed": {
      const message = "Смета изменилась с тех пор, как вы её открыли.";
      const { version } = result;
      return context.json({ ...errorBody(context, "conflict", message), version }, 409);
    }
    case "late": {
      const message = "Смета уже отправлена, утверждена или в архиве.";
      const revision = result.revision && encodeRevision(result.revision);
      return context.json({ ...errorBody(context, "conflict", message), revision }, 409);
    }
    default:
      return result satisfies never;
  }
}

function answerDecision(context: Context<AppEnvironment>, result: DecisionResult) {
  const revision = encodeRevision(result.revision);
  if (result.outcome === "done") return context.json({ revision }, 200);
  const message = "С этой версией уже что-то произошло: посмотрите её состояние.";
  return context.json({ ...errorBody(context, "conflict", message), revision }, 409);
}

function errorBody(
  context: Context<AppEnvironment>,
  code: "invalid" | "conflict",
  message: string,
) {
  return { error: { code, message, requestId: context.get("requestId") } };
}
