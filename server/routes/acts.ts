import { type Context, Hono } from "hono";
import { z } from "zod";
import {
  ACT_FORMS,
  actFieldsSchema,
  type ActFields,
  type ActResult,
  takenLineSchema,
} from "../../domain/acts.ts";
import { notFound } from "../../domain/errors.ts";
import { idSchema } from "../../domain/ids.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { chatOf } from "./documents.ts";
import { givenFields, jsonBody, listQuery, queryOf, readId } from "./validation.ts";
import { encodePage } from "./wire.ts";
import { encodeAct, encodeActSummary, encodeOver, encodeRemainder } from "./wire_contracts.ts";

/** An estimate holds no more lines; a program sends what it changed. */
const MAX_LINES = 10_000;

const fieldsShape = actFieldsSchema.partial().shape;
const lines = z.array(takenLineSchema).max(MAX_LINES);

const createSchema = z.strictObject({
  ...fieldsShape,
  take: z.union([z.literal("everything"), lines]).default("everything"),
});
const setSchema = z.strictObject({
  ...fieldsShape,
  version: z.int().positive().nullable(),
  lines: lines.default([]),
});
const signSchema = z.strictObject({ version: z.int().positive().nullable().default(null) });
const remainderQuery = z.strictObject({ actId: idSchema.optional() });
const formSchema = z.enum(ACT_FORMS);
const formatSchema = z.enum(["pdf", "xlsx"]);

/** Acts by their estimate. */
export function estimateActRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:id/acts", queryOf(z.strictObject(listQuery)), async (context) => {
      const id = readId(context.req.param("id"));
      const request = context.req.valid("query");
      const page = await run(context, ({ acts }) => acts.list(id, request));
      return context.json(encodePage(page, encodeActSummary), 200);
    })
    .get("/:id/remainder", queryOf(remainderQuery), async (context) => {
      const id = readId(context.req.param("id"));
      const { actId = null } = context.req.valid("query");
      const parts = await run(context, ({ acts }) => acts.remainder(id, actId));
      return context.json({ parts: parts.map(encodeRemainder) }, 200);
    })
    .post("/:id/acts", jsonBody(createSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const { take, ...fields } = context.req.valid("json");
      const result = await run(context, ({ acts }) =>
        acts.create(id, { ...givenFields<ActFieldsGiven>(fields), take }),
      );
      return answer(context, result);
    });
}

/** One act by its own id. */
export function actRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:actId", async (context) => {
      const id = readId(context.req.param("actId"));
      const act = await run(context, ({ acts }) => acts.get(id));
      return context.json({ act: encodeAct(act) }, 200);
    })
    .patch("/:actId", jsonBody(setSchema), async (context) => {
      const id = readId(context.req.param("actId"));
      const { version, lines: taken, ...fields } = context.req.valid("json");
      const result = await run(context, ({ acts }) =>
        acts.set(id, { ...givenFields<ActFieldsGiven>(fields), version, lines: taken }),
      );
      return answer(context, result);
    })
    .post("/:actId/sign", jsonBody(signSchema), async (context) => {
      const id = readId(context.req.param("actId"));
      const { version } = context.req.valid("json");
      return answer(context, await run(context, ({ acts }) => acts.sign(id, { version })));
    })
    .post("/:actId/cancel", async (context) => {
      const id = readId(context.req.param("actId"));
      return answer(context, await run(context, ({ acts }) => acts.cancel(id)));
    })
    .delete("/:actId", async (context) => {
      const id = readId(context.req.param("actId"));
      await run(context, ({ acts }) => acts.remove(id));
      return context.body(null, 204);
    })
    .post("/:actId/documents/:form/:format", async (context) => {
      const id = readId(context.req.param("actId"));
      const form = formSchema.safeParse(context.req.param("form"));
      const format = formatSchema.safeParse(context.req.param("format"));
      if (!form.success || !format.success) throw notFound();
      const paper = { form: form.data, format: format.data };
      const deliverTo = chatOf(context.var.session);
      const documentId = await run(context, ({ acts }) => acts.order(id, paper, deliverTo));
      return context.json({ id: documentId }, 202);
    });
}

type ActFieldsGiven = { readonly [Key in keyof ActFields]?: ActFields[Key] | undefined };

const REFUSALS = {
  changed: "Акт изменился с тех пор, как вы его открыли.",
  late: "Акт уже подписан или отменён.",
  empty: "В акте нет ни одной строки.",
} as const;

function answer(context: Context<AppEnvironment>, result: ActResult) {
  if (result.outcome === "done") return context.json({ act: encodeAct(result.act) }, 200);
  if (result.outcome === "over") {
    const error = errorOf(context, "Столько уже не осталось: часть работ принята другим актом.");
    return context.json({ error, over: result.lines.map(encodeOver), act: null }, 409);
  }
  const error = errorOf(context, REFUSALS[result.outcome]);
  return context.json({ error, over: [], act: encodeAct(result.act) }, 409);
}

function errorOf(context: Context<AppEnvironment>, message: string) {
  return { code: "conflict" as const, message, requestId: context.get("requestId") };
}
