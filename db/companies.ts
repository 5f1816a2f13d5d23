import { z } from "zod";
import type { Day } from "../domain/calendar.ts";
import type { CompanyFields, DatedVatMode } from "../domain/companies.ts";
import type { Id } from "../domain/ids.ts";
import type { Company } from "../domain/services.ts";
import { type VatMode, vatModeSchema } from "../domain/vat.ts";
import type { Transaction } from "./client.ts";
import { dayColumn } from "./columns.ts";
import type { Patch } from "./patches.ts";

/** A company changes its way of VAT once a year at most. */
const MANY_VAT_MODES = 100;

const companyRow = z
  .object({
    company_id: z.string(),
    name: z.string(),
    full_name: z.string(),
    inn: z.string(),
    kpp: z.string(),
    ogrn: z.string(),
    address: z.string(),
    phone: z.string(),
    email: z.string(),
    bank_name: z.string(),
    bank_bik: z.string(),
    bank_account: z.string(),
    bank_correspondent_account: z.string(),
    signatory: z.string(),
    timezone: z.string(),
  })
  .transform((row): Omit<Company, "vatModes"> => ({
    id: row.company_id,
    name: row.name,
    fullName: row.full_name,
    inn: row.inn,
    kpp: row.kpp,
    ogrn: row.ogrn,
    address: row.address,
    phone: row.phone,
    email: row.email,
    bankName: row.bank_name,
    bankBik: row.bank_bik,
    bankAccount: row.bank_account,
    bankCorrespondentAccount: row.bank_correspondent_account,
    signatory: row.signatory,
    timezone: row.timezone,
  }));

/** Founds a company; everything but its name is filled in later. */
export async function insertCompany(
  tx: Transaction,
  companyId: Id,
  company: { readonly name: string },
): Promise<void> {
  await tx`
    insert into companies (company_id, name)
    values (${companyId}, ${company.name})
  `;
}

export async function findCompany(
  tx: Transaction,
  companyId: Id,
): Promise<Omit<Company, "vatModes"> | null> {
  const [row] = await tx`
    select
      company_id, name, full_name, inn, kpp, ogrn, address, phone, email, bank_name, bank_bik,
      bank_account, bank_correspondent_account, signatory, timezone
    from companies
    where company_id = ${companyId}
  `;
  return row ? companyRow.parse(row) : null;
}

/** False when there is no such company. */
export async function updateCompany(
  tx: Transaction,
  companyId: Id,
  fields: Patch<CompanyFields>,
): Promise<boolean> {
  const result = await tx`
    update companies
    set
      name = coalesce(${fields.name ?? null}, name),
      full_name = coalesce(${fields.fullName ?? null}, full_name),
      inn = coalesce(${fields.inn ?? null}, inn),
      kpp = coalesce(${fields.kpp ?? null}, kpp),
      ogrn = coalesce(${fields.ogrn ?? null}, ogrn),
      address = coalesce(${fields.address ?? null}, address),
      phone = coalesce(${fields.phone ?? null}, phone),
      email = coalesce(${fields.email ?? null}, email),
      bank_name = coalesce(${fields.bankName ?? null}, bank_name),
      bank_bik = coalesce(${fields.bankBik ?? null}, bank_bik),
      bank_account = coalesce(${fields.bankAccount ?? null}, bank_account),
      bank_correspondent_account =
        coalesce(${fields.bankCorrespondentAccount ?? null}, bank_correspondent_account),
      signatory = coalesce(${fields.signatory ?? null}, signatory),
      timezone = coalesce(${fields.timezone ?? null}, timezone)
    where company_id = ${companyId}
  `;
  return result.count > 0;
}

/** Adds or replaces the mode that is valid from a day. */
export async function putVatMode(
  tx: Transaction,
  companyId: Id,
  { validFrom, mode }: DatedVatMode,
): Promise<void> {
  await tx`
    insert into company_vat_modes (company_id, valid_from, mode)
    values (${companyId}, ${validFrom}, ${tx.json(mode)})
    on conflict (company_id, valid_from) do update
    set mode = excluded.mode
  `;
}

/** Earliest first. */
export async function listVatModes(tx: Transaction, companyId: Id): Promise<DatedVatMode[]> {
  const rows = await tx`
    select valid_from, mode
    from company_vat_modes
    where company_id = ${companyId}
    order by valid_from
    limit ${MANY_VAT_MODES}
  `;
  return z
    .array(z.object({ valid_from: dayColumn, mode: vatModeSchema }))
    .parse(rows)
    .map((row) => ({ validFrom: row.valid_from, mode: row.mode }));
}

const vatRow = z.object({ mode: vatModeSchema });

/** The latest mode not after the day; null where none was set for so early a day. */
export async function findVatModeOn(
  tx: Transaction,
  companyId: Id,
  day: Day,
): Promise<VatMode | null> {
  const [row] = await tx`
    select mode
    from company_vat_modes
    where company_id = ${companyId} and valid_from <= ${day}
    order by valid_from desc
    limit 1
  `;
  return row ? vatRow.parse(row).mode : null;
}
