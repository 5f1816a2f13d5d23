import { Hono } from "hono";
import { z } from "zod";
import { dayCodec } from "../../domain/codecs.ts";
import { paymentFieldsSchema, stageFieldsSchema } from "../../domain/payments.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { jsonBody, readId } from "./validation.ts";
import { encodePayment, encodePayments, encodeStage } from "./wire_contracts.ts";

const paymentSchema = z.strictObject({
  ...paymentFieldsSchema.shape,
  kind: paymentFieldsSchema.shape.kind.default("stage"),
  title: paymentFieldsSchema.shape.title.default(""),
  /** By default today. */
  receivedOn: dayCodec.optional(),
});

/** Money by its estimate. */
export function estimatePaymentRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:id/payments", async (context) => {
      const id = readId(context.req.param("id"));
      const found = await run(context, ({ payments }) => payments.get(id));
      return context.json(encodePayments(found), 200);
    })
    .post("/:id/payments", jsonBody(paymentSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const fields = context.req.valid("json");
      const payment = await run(context, ({ payments }) => payments.add(id, fields));
      return context.json(encodePayment(payment), 201);
    })
    .post("/:id/stages", jsonBody(stageFieldsSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const fields = context.req.valid("json");
      const stage = await run(context, ({ payments }) => payments.addStage(id, fields));
      return context.json(encodeStage(stage), 201);
    });
}

/** One stage by its own id. */
export function stageRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>().delete("/:stageId", async (context) => {
    const id = readId(context.req.param("stageId"));
    await run(context, ({ payments }) => payments.removeStage(id));
    return context.body(null, 204);
  });
}

/** One payment by its own id. */
export function paymentRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .delete("/:paymentId", async (context) => {
      const id = readId(context.req.param("paymentId"));
      const payment = await run(context, ({ payments }) => payments.remove(id));
      return context.json(encodePayment(payment), 200);
    })
    .post("/:paymentId/restore", async (context) => {
      const id = readId(context.req.param("paymentId"));
      const payment = await run(context, ({ payments }) => payments.restore(id));
      return context.json(encodePayment(payment), 200);
    });
}
