import type { Id } from "../../domain/ids.ts";
import { insertQuestion, listQuestions } from "../../db/questions.ts";
import { findFrozen } from "../../db/revisions.ts";
import type { AskingResult } from "./client_contract.ts";
import { type Opened, readShown } from "./client_views.ts";
import { describeRevision, peopleOf, type RevisionScope } from "./revisions.ts";

/** A client asks a few; more is a program. */
const MOST_QUESTIONS = 100;

/** The text and the name are checked by the route. */
export async function ask(
  scope: RevisionScope,
  opened: Opened,
  question: { id: Id; lineId: Id | null; text: string; authorName: string },
): Promise<AskingResult> {
  const { tx, actor, now } = scope;
  const { estimate, revision } = opened;
  const { state } = await readShown(scope, opened);
  if (state === "superseded" || state === "withdrawn" || state === "returned") return "refused";
  const line = await findLine(scope, opened, question.lineId);
  if (line === undefined) return "unknown_line";
  const part = { before: null, limit: MOST_QUESTIONS };
  const asked = await listQuestions(tx, actor.companyId, estimate.id, part);
  if (asked.length >= MOST_QUESTIONS) return "full";
  const isNew = await insertQuestion(tx, actor.companyId, {
    id: question.id,
    revisionId: revision.id,
    line,
    text: question.text,
    authorName: question.authorName,
    askedAt: now,
  });
  if (!isNew) return "asked";
  await scope.notify(
    "question",
    {
      ...(await describeRevision(scope, revision, estimate)),
      questionId: question.id,
      byName: question.authorName,
      lineName: line?.name ?? null,
      text: question.text,
    },
    { to: { userIds: peopleOf(estimate, revision) }, by: null },
  );
  return "asked";
}

/** Undefined: the revision has no such line. */
async function findLine(
  { tx, actor }: RevisionScope,
  { revision }: Opened,
  lineId: Id | null,
): Promise<{ id: Id; name: string } | null | undefined> {
  if (lineId === null) return null;
  const frozen = await findFrozen(tx, actor.companyId, revision.id);
  const line = frozen?.content.lines.get(lineId);
  return line && { id: line.id, name: line.name };
}
