import { z } from "zod";
import type { Id } from "./ids.ts";
import type { ListRequest, Page } from "./paging.ts";
import { nameSchema, textSchema } from "./text.ts";

export const questionFieldsSchema = z.strictObject({
  text: nameSchema(2000),
  authorName: textSchema(200),
});

export const answerSchema = nameSchema(4000);

/** What the client asked about a line, or about the whole estimate. */
export interface Question {
  readonly id: Id;
  readonly estimateId: Id;
  readonly number: string;
  readonly revision: number;
  readonly line: { readonly id: Id; readonly name: string } | null;
  readonly text: string;
  /** Empty when the client did not say. */
  readonly authorName: string;
  readonly askedAt: Date;
  readonly answer: string | null;
  readonly answeredByName: string | null;
  readonly answeredAt: Date | null;
}

export interface QuestionService {
  /** Of all revisions, newest first. */
  list(estimateId: Id, request?: ListRequest): Promise<Page<Question>>;
  get(id: Id): Promise<Question>;
  /** Answers, or mends the answer: the client's page shows the last one. */
  answer(id: Id, text: string): Promise<Question>;
}
