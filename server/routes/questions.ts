import { Hono } from "hono";
import { z } from "zod";
import { notFound } from "../../domain/errors.ts";
import { answerSchema, type Question } from "../../domain/questions.ts";
import { type AppDependencies, type AppEnvironment, asPersonOf } from "./dependencies.ts";
import { jsonBody, listQuery, queryOf, readId } from "./validation.ts";
import { encodePage } from "./wire.ts";

/** What clients asked about an estimate, and the answers of the company. */
export function questionRoutes(dependencies: AppDependencies) {
  const run = asPersonOf(dependencies);
  return new Hono<AppEnvironment>()
    .get("/:id/questions", queryOf(z.strictObject(listQuery)), async (context) => {
      const id = readId(context.req.param("id"));
      const request = context.req.valid("query");
      const page = await run(context, ({ questions }) => questions.list(id, request));
      return context.json(encodePage(page, encodeQuestion), 200);
    })
    .put(
      "/:id/questions/:questionId/answer",
      jsonBody(z.strictObject({ text: answerSchema })),
      async (context) => {
        const id = readId(context.req.param("id"));
        const questionId = readId(context.req.param("questionId"));
        const { text } = context.req.valid("json");
        const question = await run(context, async ({ questions }) => {
          const { estimateId } = await questions.get(questionId);
          if (estimateId !== id) throw notFound("Запись вопроса");
          return await questions.answer(questionId, text);
        });
        return context.json(encodeQuestion(question), 200);
      },
    );
}

function encodeQuestion(question: Question) {
  return {
    id: question.id,
    estimateId: question.estimateId,
    revision: question.revision,
    line: question.line && { id: question.line.id, name: question.line.name },
    text: question.text,
    authorName: question.authorName,
    askedAt: question.askedAt.toISOString(),
    answer: question.answer,
    answeredByName: question.answeredByName,
    answeredAt: question.answeredAt?.toISOString() ?? null,
  };
}
