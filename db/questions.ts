import { z } from "zod";
import { formatEstimateNumber } from "../domain/estimate/number.ts";
import type { Id } from "../domain/ids.ts";
import type { Question } from "../domain/questions.ts";
import type { Transaction } from "./client.ts";
import type { ListPart } from "./paging.ts";

/** Asks once: false when the id was used before, which is a form that was sent twice. */
export async function insertQuestion(
  tx: Transaction,
  companyId: Id,
  question: {
    id: Id;
    revisionId: Id;
    line: { id: Id; name: string } | null;
    text: string;
    authorName: string;
    askedAt: Date;
  },
): Promise<boolean> {
  const result = await tx`
    insert into questions (
      company_id, id, revision_id, line_id, line_name, text, author_name, asked_at
    )
    values (
      ${companyId}, ${question.id}, ${question.revisionId}, ${question.line?.id ?? null},
      ${question.line?.name ?? ""}, ${question.text}, ${question.authorName}, ${question.askedAt}
    )
    on conflict (company_id, id) do nothing
  `;
  return result.count > 0;
}

const questionRow = z
  .object({
    id: z.string(),
    estimate_id: z.string(),
    number_year: z.number(),
    number_sequence: z.number(),
    extra_sequence: z.number().nullable(),
    revision: z.number(),
    line_id: z.string().nullable(),
    line_name: z.string(),
    text: z.string(),
    author_name: z.string(),
    asked_at: z.date(),
    answer: z.string().nullable(),
    answered_by_name: z.string().nullable(),
    answered_at: z.date().nullable(),
  })
  .transform((row): Question => ({
    id: row.id,
    estimateId: row.estimate_id,
    number: formatEstimateNumber(row.number_year, row.number_sequence, row.extra_sequence),
    revision: row.revision,
    line: row.line_id === null ? null : { id: row.line_id, name: row.line_name },
    text: row.text,
    authorName: row.author_name,
    askedAt: row.asked_at,
    answer: row.answer,
    answeredByName: row.answered_by_name,
    answeredAt: row.answered_at,
  }));
const questionRows = z.array(questionRow);

function selectQuestions(tx: Transaction, companyId: Id) {
  return tx`
    select
      questions.id, revisions.estimate_id, estimates.number_year, estimates.number_sequence,
      estimates.extra_sequence, revisions.revision, questions.line_id, questions.line_name, questions.text,
      questions.author_name, questions.asked_at, questions.answer,
      users.name as answered_by_name, questions.answered_at
    from questions
    join estimate_revisions as revisions
      on revisions.company_id = questions.company_id and revisions.id = questions.revision_id
    join estimates
      on estimates.company_id = revisions.company_id and estimates.id = revisions.estimate_id
    left join users on users.user_id = questions.answered_by
    where questions.company_id = ${companyId}
  `;
}

export async function findQuestion(
  tx: Transaction,
  companyId: Id,
  id: Id,
): Promise<Question | null> {
  const [row] = await tx`${selectQuestions(tx, companyId)} and questions.id = ${id}`;
  return row ? questionRow.parse(row) : null;
}

/** Of an estimate's revisions, newest first, see `ListPart`. */
export async function listQuestions(
  tx: Transaction,
  companyId: Id,
  estimateId: Id,
  { before, limit }: ListPart,
): Promise<Question[]> {
  const place = tx`
    and (questions.asked_at, questions.id) < (
      select asked_at, id from questions where company_id = ${companyId} and id = ${before}
    )
  `;
  const rows = await tx`
    ${selectQuestions(tx, companyId)} and revisions.estimate_id = ${estimateId}
      ${before ? place : tx``}
    order by questions.asked_at desc, questions.id desc
    limit ${limit + 1}
  `;
  return questionRows.parse(rows);
}

/** False when there is no such question. */
export async function setAnswer(
  tx: Transaction,
  companyId: Id,
  id: Id,
  answer: { text: string; by: Id; at: Date },
): Promise<boolean> {
  const result = await tx`
    update questions
    set answer = ${answer.text}, answered_by = ${answer.by}, answered_at = ${answer.at}
    where company_id = ${companyId} and id = ${id}
  `;
  return result.count > 0;
}
