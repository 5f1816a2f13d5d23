import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../../domain/errors.ts";
import { idSchema } from "../../domain/ids.ts";
import { type Photo, PHOTO_SIZES } from "../../domain/photos.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { formOf, readId } from "./validation.ts";

const photoForm = z.strictObject({
  lineId: idSchema,
  picture: z.instanceof(File),
  thumbnail: z.instanceof(File),
});

/** Pictures never change: another one has another id. */
const FOREVER = "private, max-age=31536000, immutable";

/** Photos on the lines of an estimate, for the people of the company. */
export function photoRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:id/photos", async (context) => {
      const id = readId(context.req.param("id"));
      const items = await run(context, ({ photos }) => photos.list(id));
      return context.json({ items: items.map(encodePhoto) }, 200);
    })
    .put(
      "/:id/photos/:photoId",
      formOf(photoForm, "Не получилось прочитать фото."),
      async (context) => {
        const id = readId(context.req.param("id"));
        const photoId = readId(context.req.param("photoId"));
        const { lineId, picture, thumbnail } = context.req.valid("form");
        const [large, small] = await Promise.all([picture.bytes(), thumbnail.bytes()]);
        const photo = await run(context, ({ photos }) =>
          photos.add(id, { id: photoId, lineId, picture: large, thumbnail: small }),
        );
        return context.json(encodePhoto(photo), 201);
      },
    )
    .get("/:id/photos/:photoId/:size", async (context) => {
      const id = readId(context.req.param("id"));
      const photoId = readId(context.req.param("photoId"));
      const size = z.enum(PHOTO_SIZES).safeParse(context.req.param("size"));
      if (!size.success) throw notFound();
      const bytes = await run(context, ({ photos }) => photos.read(id, photoId, size.data));
      context.header("Content-Type", "image/jpeg");
      context.header("Cache-Control", FOREVER);
      return context.body(new Uint8Array(bytes));
    })
    .delete("/:id/photos/:photoId", async (context) => {
      const id = readId(context.req.param("id"));
      const photoId = readId(context.req.param("photoId"));
      await run(context, ({ photos }) => photos.remove(id, photoId));
      return context.body(null, 204);
    });
}

function encodePhoto({ id, lineId, width, height, createdAt }: Photo) {
  return { id, lineId, width, height, createdAt: createdAt.toISOString() };
}
