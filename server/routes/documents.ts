import { Hono } from "hono";
import type { DocumentState } from "../../domain/documents.ts";
import type { Session } from "../auth/sessions.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { attach } from "./share_answers.ts";
import { readId } from "./validation.ts";

const MEDIA_TYPES = {
  pdf: "application/pdf",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
} as const;

/** Where an ordered document goes: a person gets it in the chat, a program fetches it. */
export function chatOf({ actor, telegramId }: Session): { chatId: number | null } {
  return { chatId: actor.keyScope === undefined ? telegramId : null };
}

/** Documents that were ordered, by whoever may see their estimate. */
export function documentRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:documentId", async (context) => {
      const id = readId(context.req.param("documentId"));
      const document = await run(context, ({ documents }) => documents.get(id));
      return context.json(encodeDocument(document), 200);
    })
    .get("/:documentId/file", async (context) => {
      const id = readId(context.req.param("documentId"));
      const file = await run(context, ({ documents }) => documents.file(id));
      context.header("Content-Type", MEDIA_TYPES[file.format]);
      context.header("Content-Disposition", attach(file.fileName));
      context.header("Cache-Control", "private, no-store");
      return context.body(new Uint8Array(file.bytes));
    });
}

function encodeDocument({ id, estimateId, format, status, fileName, createdAt }: DocumentState) {
  return { id, estimateId, format, status, fileName, createdAt: createdAt.toISOString() };
}
