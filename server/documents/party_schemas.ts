import { z } from "zod";

const text = z.string();

/** How a frozen paper keeps who it is between. Strict: a new field does not reach clients by itself. */
export const contractorSchema = z.strictObject({
  name: text,
  fullName: text,
  inn: text,
  kpp: text,
  ogrn: text,
  address: text,
  phone: text,
  email: text,
  bankName: text,
  bankBik: text,
  bankAccount: text,
  bankCorrespondentAccount: text,
  signatory: text,
});

export const clientSchema = z.strictObject({
  name: text,
  inn: text,
  address: text,
  phone: text,
  email: text,
});

export const projectSchema = z.strictObject({ title: text, address: text });
