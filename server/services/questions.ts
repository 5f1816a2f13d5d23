import { AppError, notFound } from "../../domain/errors.ts";
import type { Id } from "../../domain/ids.ts";
import { answerSchema, type Question, type QuestionService } from "../../domain/questions.ts";
import { findQuestion, listQuestions, setAnswer } from "../../db/questions.ts";
import { findRevisionByNumber } from "../../db/revisions.ts";
import { readPage } from "./paging.ts";
import { describeRevision, peopleOf, readOwnEstimate, readOwnEstimateOf } from "./revisions.ts";
import { demand, type Scope } from "./scope.ts";
import { byId } from "./input.ts";
import { readActorName } from "./actor.ts";

export function createQuestionService(scope: Scope): QuestionService {
  const { tx, actor } = scope;
  return {
    list: async (estimateId, request = {}) => {
      const estimate = await readOwnEstimate(scope, estimateId);
      return readPage(request, (part) => listQuestions(tx, actor.companyId, estimate.id, part));
    },
    get: (id) => readQuestion(scope, id),
    answer: (id, text) => answer(scope, id, text),
  };
}

/** `not_found` also where the estimate may not be seen. */
async function readQuestion(scope: Scope, id: Id): Promise<Question> {
  const question = await byId(id, () => findQuestion(scope.tx, scope.actor.companyId, id));
  const absent = notFound("Запись вопроса");
  await readOwnEstimateOf(scope, question?.estimateId ?? null, absent);
  if (!question) throw absent;
  return question;
}

async function answer(scope: Scope, id: Id, given: string): Promise<Question> {
  const { tx, actor } = scope;
  const text = answerSchema.safeParse(given);
  if (!text.success) {
    throw new AppError("invalid", "Напишите ответ: от 1 до 4000 знаков.");
  }
  const question = await readQuestion(scope, id);
  const estimate = await readOwnEstimate(scope, question.estimateId);
  demand(scope, "estimate.submit", { ownerIds: [estimate.foremanId, estimate.createdBy] });
  await setAnswer(tx, actor.companyId, id, { text: text.data, by: actor.userId, at: scope.now });
  const revision = await findRevisionByNumber(
    tx,
    actor.companyId,
    question.estimateId,
    question.revision,
  );
  const byName = await readActorName(scope);
  if (revision) {
    await scope.notify(
      "answer",
      {
        ...(await describeRevision(scope, revision, estimate)),
        questionId: id,
        byName,
        question: question.text,
        text: text.data,
      },
      { to: { userIds: peopleOf(estimate, revision) }, by: actor.userId },
    );
  }
  return readQuestion(scope, id);
}
