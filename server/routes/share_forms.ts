import { z } from "zod";
import { type Id, idSchema } from "../../domain/ids.ts";
import { type Kopecks, parseMoney } from "../../domain/money.ts";
import { parsePhone } from "../../domain/phones.ts";
import { questionFieldsSchema } from "../../domain/questions.ts";
import { nameSchema } from "../../domain/text.ts";
import type { TypedForm } from "../pages/share_forms.ts";

/** A form as it came: every field a list of texts, files left out. */
export type SentForm = ReadonlyMap<string, readonly string[]>;

export function readSentForm(body: Record<string, unknown>): SentForm {
  return new Map(
    Object.entries(body).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).filter((part) => typeof part === "string"),
    ]),
  );
}

function first(form: SentForm, name: string): string {
  return form.get(name)?.[0] ?? "";
}

/** The optional lines that are ticked; null where the page offered no choice. */
export function readChosen(form: SentForm): Id[] | null {
  if (!form.has("choice")) return null;
  return (form.get("line") ?? []).filter((id) => idSchema.safeParse(id).success);
}

export type FormResult<Value> =
  | { readonly ok: true; readonly value: Value; readonly typed: TypedForm }
  | { readonly ok: false; readonly typed: TypedForm };

export interface AgreeForm {
  readonly name: string;
  /** As typed: what the person gave is the evidence. */
  readonly phone: string;
  readonly sha256: string;
  /** Zero for what is no sum: no estimate is agreed for nothing. */
  readonly total: Kopecks;
}

export function readAgreeForm(form: SentForm): FormResult<AgreeForm> {
  const errors: Record<string, string> = {};
  const name = nameSchema(200).safeParse(first(form, "name"));
  if (!name.success) errors["name"] = "Напишите имя и фамилию.";
  const phone = parsePhone(first(form, "phone"));
  if (!phone) errors["phone"] = "Напишите номер телефона полностью, например +7 912 345-67-89.";
  for (const consent of ["signature", "personalData"]) {
    if (!form.has(consent)) errors[consent] = "Без этого согласия подписать смету нельзя.";
  }
  const typed = {
    values: typedValues(form, ["name", "phone", "signature", "personalData"]),
    errors,
  };
  if (!name.success || !phone || Object.keys(errors).length > 0) return { ok: false, typed };
  const value = {
    name: name.data,
    phone: phone.e164,
    sha256: first(form, "sha256"),
    total: parseMoney(first(form, "total")) ?? (0n as Kopecks),
  };
  return { ok: true, value, typed };
}

export interface AskForm {
  readonly id: Id;
  readonly lineId: Id | null;
  readonly text: string;
  readonly authorName: string;
}

const askSchema = z.object({
  id: idSchema,
  about: idSchema.or(z.literal("")),
  ...questionFieldsSchema.shape,
});

/** @param newId stands in for a form without an id */
export function readAskForm(form: SentForm, newId: () => Id): FormResult<AskForm> {
  const given = askSchema.safeParse({
    id: first(form, "form") || newId(),
    about: first(form, "about"),
    text: first(form, "text"),
    authorName: first(form, "author"),
  });
  const values = typedValues(form, ["text", "author"]);
  if (!given.success) {
    return { ok: false, typed: { values, errors: { text: "Напишите вопрос: до 2000 знаков." } } };
  }
  const { id, about, text, authorName } = given.data;
  const value = { id, lineId: about === "" ? null : about, text, authorName };
  return { ok: true, value, typed: { values, errors: {} } };
}

function typedValues(form: SentForm, names: readonly string[]): Record<string, string> {
  const given = names.filter((name) => form.has(name));
  return Object.fromEntries(given.map((name) => [name, first(form, name)]));
}
