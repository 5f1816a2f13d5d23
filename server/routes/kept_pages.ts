import type { Context } from "hono";
import { createKept, type Kept } from "./kept_answers.ts";
import {
  type Bytes,
  fillPacked,
  packAround,
  ownBytes,
  type PackedAround,
  type Packing,
  sayPacking,
} from "./packing.ts";

/** Where the next question's own id stands in a page that is kept. */
export const FORM_PLACE = "00000000-0000-7000-8000-000000000000";

/** A page without its one id: two people who ask are not taken for one. */
interface KeptPage {
  readonly content: Content;
  /** False where nobody may ask. */
  readonly hasForm: boolean;
  readonly size: number;
}

type Content =
  | { readonly packing: "none"; readonly before: Buffer; readonly after: Buffer }
  | { readonly packing: "gzip"; readonly around: PackedAround };

/** Pages that are asked for again and again: see `createKept`. */
export const createKeptPages = (): Kept<KeptPage> => createKept();

/** @param page rendered with `FORM_PLACE` for the id */
export function splitPage(page: string, packing: Packing): KeptPage {
  const bytes = ownBytes(Buffer.from(page));
  const place = bytes.indexOf(FORM_PLACE, 0, "latin1");
  const hasForm = place >= 0;
  const before = hasForm ? bytes.subarray(0, place) : bytes;
  const after = hasForm ? bytes.subarray(place + FORM_PLACE.length) : Buffer.alloc(0);
  if (packing === "none") {
    return { content: { packing, before, after }, hasForm, size: bytes.length };
  }
  const around = packAround(before, after);
  const size = around.before.length + around.after.length + after.length;
  return { content: { packing, around }, hasForm, size };
}

/** @param formId of this one opening */
export function answerPage(context: Context, { content, hasForm }: KeptPage, formId: string) {
  const id = Buffer.from(hasForm ? formId : "");
  context.header("Content-Type", "text/html; charset=UTF-8");
  sayPacking(context, content.packing);
  return context.body(fill(content, id), 200);
}

function fill(content: Content, id: Buffer): Bytes {
  if (content.packing === "gzip") return fillPacked(content.around, id);
  return Buffer.concat([content.before, id, content.after]);
}
