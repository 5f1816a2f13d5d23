import { z } from "zod";
import { dayCodec } from "./codecs.ts";
import { nameSchema, textSchema } from "./text.ts";
import { vatModeSchema } from "./vat.ts";

const digits = (...lengths: number[]) =>
  z.string().refine((text) => text === "" || (/^\d+$/.test(text) && lengths.includes(text.length)));

/** Everything that stands in the head of a document. Empty: not filled in yet. */
export const companyFieldsSchema = z.strictObject({
  name: nameSchema(200),
  /** «ООО "Ромашка"» or «ИП Иванов Иван Иванович». */
  fullName: textSchema(300),
  inn: digits(10, 12),
  kpp: digits(9),
  ogrn: digits(13, 15),
  address: textSchema(300),
  phone: textSchema(50),
  email: textSchema(100),
  bankName: textSchema(200),
  bankBik: digits(9),
  bankAccount: digits(20),
  bankCorrespondentAccount: digits(20),
  /** Who signs: «Иванов И. И.» */
  signatory: textSchema(100),
  timezone: z.string().refine(isTimeZone),
});

export type CompanyFields = z.output<typeof companyFieldsSchema>;

/** From which day the company charges VAT how. The mode of a day is the latest not after it. */
export const datedVatModeSchema = z.strictObject({ validFrom: dayCodec, mode: vatModeSchema });
export type DatedVatMode = z.output<typeof datedVatModeSchema>;

function isTimeZone(name: string): boolean {
  try {
    return Intl.DateTimeFormat("ru-RU", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** Checks the control digits of an ИНН of 10 or 12 digits (приказ ФНС ЕД-7-14/559). */
export function isInn(text: string): boolean {
  if (!/^(\d{10}|\d{12})$/.test(text)) return false;
  const figures = Array.from(text, Number);
  const control = (weights: readonly number[]): number =>
    (weights.reduce((sum, weight, index) => sum + weight * (figures[index] ?? 0), 0) % 11) % 10;
  if (text.length === 10) return control([2, 4, 10, 3, 5, 9, 4, 6, 8]) === figures[9];
  return (
    control([7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === figures[10] &&
    control([3, 7, 2, 4, 10, 3, 5, 9, 4, 6, 8]) === figures[11]
  );
}
