import type { CompanyFields } from "../domain/companies.ts";
import { VAT_RATES, type VatMode, vatModeSchema } from "../domain/vat.ts";

export const DOCUMENT_FORMATS = ["pdf", "xlsx"] as const;

/** A list as a whole, or what was found by the words that were typed after it. */
export const LIST_MODES = ["all", "found"] as const;
export type ListMode = (typeof LIST_MODES)[number];

/** Of what was sent: to the person, or to everybody of the company. */
export const HISTORIES = ["mine", "company"] as const;
export type History = (typeof HISTORIES)[number];

export const SWITCHES = ["on", "off"] as const;

/** Whole per cents that have a button; 0 takes the discount away. */
export const DISCOUNTS = ["0", "3", "5", "10", "15"] as const;

/** The columns of a table that matter. */
export const COLUMN_ROLES = ["name", "quantity", "unit", "price", "sum"] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** What a person types about the company; the time zone is chosen. */
export const REQUISITES = [
  "name",
  "fullName",
  "inn",
  "kpp",
  "ogrn",
  "address",
  "phone",
  "email",
  "bankName",
  "bankBik",
  "bankAccount",
  "bankCorrespondentAccount",
  "signatory",
] as const satisfies readonly (keyof CompanyFields)[];
export type Requisite = (typeof REQUISITES)[number];

type Ground = Extract<VatMode, { kind: "none" }>["ground"];
const GROUNDS: readonly Ground[] = ["usn", "npd", "patent", "article145"];

/** A VAT mode as a word that fits into a button: "none_usn", "on_top_standard", "included_5". */
export const VAT_CHOICES: readonly string[] = [
  ...GROUNDS.map((ground) => `none_${ground}`),
  ...VAT_RATES.map((rate) => `on_top_${rate}`),
  ...VAT_RATES.map((rate) => `included_${rate}`),
];

export function vatChoice(mode: VatMode): string {
  return mode.kind === "none" ? `none_${mode.ground}` : `${mode.kind}_${mode.rate}`;
}

/** Throws for what is not one of `VAT_CHOICES`. */
export function vatModeOf(choice: string): VatMode {
  const match = /^(none|on_top|included)_(.+)$/.exec(choice);
  const [, kind, rest] = match ?? [];
  return vatModeSchema.parse(kind === "none" ? { kind, ground: rest } : { kind, rate: rest });
}

export const GROUND_NAMES: Readonly<Record<Ground, string>> = {
  usn: "УСН",
  npd: "самозанятый (НПД)",
  patent: "патент",
  article145: "ст. 145 НК РФ",
};

/** The time zones of Russia from west to east, by their largest city. */
export const TIMEZONES = [
  { zone: "Europe/Kaliningrad", name: "Калининград (МСК−1)" },
  { zone: "Europe/Moscow", name: "Москва" },
  { zone: "Europe/Samara", name: "Самара (МСК+1)" },
  { zone: "Asia/Yekaterinburg", name: "Екатеринбург (МСК+2)" },
  { zone: "Asia/Omsk", name: "Омск (МСК+3)" },
  { zone: "Asia/Krasnoyarsk", name: "Красноярск (МСК+4)" },
  { zone: "Asia/Irkutsk", name: "Иркутск (МСК+5)" },
  { zone: "Asia/Yakutsk", name: "Якутск (МСК+6)" },
  { zone: "Asia/Vladivostok", name: "Владивосток (МСК+7)" },
  { zone: "Asia/Magadan", name: "Магадан (МСК+8)" },
  { zone: "Asia/Kamchatka", name: "Камчатка (МСК+9)" },
] as const;

/** For how many people, and for how many days, a link of the team is open. */
export const INVITATION_PEOPLE = ["1", "5", "10", "30"] as const;
export const INVITATION_DAYS = ["1", "7", "30", "90"] as const;

/** How much of a section an act takes. */
export const ACT_SHARES = ["all", "half", "none"] as const;
