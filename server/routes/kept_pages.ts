import type { Context } from "hono";
import { createKeptAnswers } from "./kept_answers.ts";

/** Where the next question's own id stands in a page that is kept. */
export const FORM_PLACE = "00000000-0000-7000-8000-000000000000";

type Page = Uint8Array<ArrayBuffer>;

/** Pages that are asked for again and again: see `createKeptAnswers`. */
export interface KeptPages {
  /** @param formId of this one opening: two people who ask are not taken for one */
  find(key: string, formId: string): Page | undefined;
  /** @param page rendered with `FORM_PLACE` for the id */
  keep(key: string, page: string, formId: string): Page;
}

export function createKeptPages(): KeptPages {
  const pages = createKeptAnswers();
  return {
    find: (key, formId) => {
      const kept = pages.find(key);
      return kept && withId(kept, formId);
    },
    keep: (key, page, formId) => withId(pages.keep(key, page), formId),
  };
}

function withId(kept: Page, formId: string): Page {
  const page = Buffer.from(kept);
  const at = page.indexOf(FORM_PLACE, 0, "latin1");
  if (at >= 0) page.write(formId, at, "latin1");
  return page;
}

export function answerPage(context: Context, page: Page) {
  context.header("Content-Type", "text/html; charset=UTF-8");
  return context.body(page, 200);
}
