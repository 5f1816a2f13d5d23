import { Hono } from "hono";
import { z } from "zod";
import { AppError } from "../../domain/errors.ts";
import { reasonSchema } from "../../domain/extras.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { formOf, jsonBody, readId } from "./validation.ts";
import { encodeCard } from "./wire.ts";
import { encodeContract, encodeExtra, encodeExtraPhoto } from "./wire_contracts.ts";

const extraSchema = z.strictObject({ reason: reasonSchema.default("") });
const photoForm = z.strictObject({ picture: z.instanceof(File) });

/** Extra work: an estimate of its own, so everything else about it is under its own address. */
export function extraRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:id/contract", async (context) => {
      const id = readId(context.req.param("id"));
      const contract = await run(context, ({ extras }) => extras.contract(id));
      return context.json({ contract: contract && encodeContract(contract) }, 200);
    })
    .post("/:id/extras", jsonBody(extraSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const extra = context.req.valid("json");
      const card = await run(context, async ({ extras, estimates }) =>
        estimates.card(await extras.create(id, extra)),
      );
      return context.json(encodeCard(card), 201);
    })
    .get("/:id/extra", async (context) => {
      const id = readId(context.req.param("id"));
      const details = await run(context, ({ extras }) => extras.details(id));
      if (!details) throw new AppError("not_found", "Это не доп. работа.");
      return context.json(encodeExtra(details), 200);
    })
    .put("/:id/extra", jsonBody(extraSchema), async (context) => {
      const id = readId(context.req.param("id"));
      const { reason } = context.req.valid("json");
      await run(context, ({ extras }) => extras.setReason(id, reason));
      return context.body(null, 204);
    })
    .post(
      "/:id/extra/photos",
      formOf(photoForm, "Не получилось прочитать фото."),
      async (context) => {
        const id = readId(context.req.param("id"));
        const bytes = await context.req.valid("form").picture.bytes();
        const photo = await run(context, ({ extras }) => extras.addPhoto(id, bytes));
        return context.json(encodeExtraPhoto(photo), 201);
      },
    )
    .get("/:id/extra/photos/:photoId", async (context) => {
      const id = readId(context.req.param("id"));
      const photoId = readId(context.req.param("photoId"));
      const photo = await run(context, ({ extras }) => extras.photo(id, photoId));
      context.header("Content-Type", photo.mediaType);
      return context.body(new Uint8Array(photo.bytes));
    })
    .delete("/:id/extra/photos/:photoId", async (context) => {
      const id = readId(context.req.param("id"));
      const photoId = readId(context.req.param("photoId"));
      await run(context, ({ extras }) => extras.removePhoto(id, photoId));
      return context.body(null, 204);
    });
}
