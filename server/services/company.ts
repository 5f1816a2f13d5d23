import { companyFieldsSchema, datedVatModeSchema } from "../../domain/companies.ts";
import type { Company, CompanyService } from "../../domain/services.ts";
import type { VatMode } from "../../domain/vat.ts";
import { findVatModeOn, listVatModes, putVatMode, updateCompany } from "../../db/companies.ts";
import { readInput } from "./input.ts";
import { demand, type Scope } from "./scope.ts";
import { readOwnCompany, readToday } from "./actor.ts";

/** Most brigades work without VAT; who does not says so in the settings. */
const VAT_UNTIL_SET: VatMode = { kind: "none", ground: "usn" };

const NAMES = {
  name: "Название",
  fullName: "Полное название",
  inn: "ИНН",
  kpp: "КПП",
  ogrn: "ОГРН",
  address: "Адрес",
  phone: "Телефон",
  email: "Эл. почта",
  bankName: "Банк",
  bankBik: "БИК",
  bankAccount: "Расчётный счёт",
  bankCorrespondentAccount: "Корр. счёт",
  signatory: "Кто подписывает",
  timezone: "Часовой пояс",
  validFrom: "С какого дня",
  mode: "НДС",
};

const fieldsSchema = companyFieldsSchema.partial();

/** Everybody in a company may read about it: the head of each document says as much. */
export function createCompanyService(scope: Scope): CompanyService {
  const { tx, actor } = scope;
  return {
    get: () => readCompany(scope),
    set: async (fields) => {
      demand(scope, "company.edit");
      await updateCompany(tx, actor.companyId, readInput(fieldsSchema, fields, NAMES));
      return readCompany(scope);
    },
    setVatMode: async (mode) => {
      demand(scope, "company.edit");
      await putVatMode(tx, actor.companyId, readInput(datedVatModeSchema, mode, NAMES));
    },
    vatModeOn: async (day) => (await findVatModeOn(tx, actor.companyId, day)) ?? VAT_UNTIL_SET,
    today: () => readToday(scope),
  };
}

async function readCompany(scope: Scope): Promise<Company> {
  const [fields, vatModes] = await Promise.all([
    readOwnCompany(scope),
    listVatModes(scope.tx, scope.actor.companyId),
  ]);
  return { ...fields, vatModes };
}
