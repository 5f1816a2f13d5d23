import {
  COMPANY_FORMS,
  COMPANY_NAMES,
  FEMALE_NAMES,
  MALE_NAMES,
  MALE_PATRONYMICS,
  SURNAMES,
} from "./names.ts";
import { type SeedPhone, landline, mobile, officeOf, spell } from "./phones.ts";
import { hash, pick } from "./random.ts";

export interface SeedPerson {
  lastName: string;
  name: string;
  secondName: string;
  phones: SeedPhone[];
  emails: string[];
  /** Which company the person works for, or null. */
  company: number | null;
}

export interface SeedCompany {
  title: string;
  phones: SeedPhone[];
  emails: string[];
}

const LATIN = ["ivanov", "remont", "dom", "stroy", "master", "client", "home", "boss"] as const;
const MAILS = ["mail.ru", "yandex.ru", "bk.ru", "rambler.ru", "gmail.com"] as const;

/**
 * Every stretch of contacts holds the awkward ones a real portal has: no name, a name of 300
 * characters with emoji, `&`, `%` and `[` in the name, no phone at all, three phones, one office
 * number on two people. The periods are primes, so the oddities also meet each other.
 */
const ODD = {
  nameless: 211,
  endless: 499,
  punctuated: 307,
  phoneless: 61,
  manyPhones: 53,
} as const;
const SHARED_OFFICE_PERIOD = 101;

/** Person number `index` of this seed: the same one every time. */
export function personAt(seed: number, index: number, companies: number): SeedPerson {
  const female = hash(seed, index, 1) % 2 === 1;
  const surname = pick(SURNAMES, hash(seed, index, 2));
  const patronymic = pick(MALE_PATRONYMICS, hash(seed, index, 3));
  const person: SeedPerson = {
    lastName: female ? `${surname}а` : surname,
    name: pick(female ? FEMALE_NAMES : MALE_NAMES, hash(seed, index, 4)),
    secondName: female ? patronymic.replace(/ич$/, "на") : patronymic,
    phones: phonesAt(seed, index),
    emails: emailsAt(seed, index),
    company:
      companies > 0 && hash(seed, index, 5) % 5 === 0 ? hash(seed, index, 6) % companies : null,
  };
  return withOddities(person, index);
}

/** Company number `index` of this seed. */
export function companyAt(seed: number, index: number): SeedCompany {
  const form = pick(COMPANY_FORMS, hash(seed, index, 11));
  return {
    title: `${form} «${pick(COMPANY_NAMES, hash(seed, index, 12))} ${String(index + 1)}»`,
    phones: [landline(seed, index)],
    emails: index % 3 === 0 ? [`info${String(index)}@company.example`] : [],
  };
}

function withOddities(person: SeedPerson, index: number): SeedPerson {
  if (index % ODD.nameless === 5) return { ...person, name: "", lastName: "", secondName: "" };
  if (index % ODD.endless === 7) return { ...person, name: `${"Ы".repeat(290)}👷🏗️🏠` };
  if (index % ODD.punctuated === 11)
    return { ...person, lastName: `Иванов & Ко [50%] "№${String(index)}"` };
  return person;
}

function phonesAt(seed: number, index: number): SeedPhone[] {
  if (index % ODD.phoneless === 1) return [];
  const own = spell(seed, index, mobile(index));
  const office = officeOf(index, SHARED_OFFICE_PERIOD);
  const phones = office === null ? [own] : [own, office];
  if (index % ODD.manyPhones !== 0) return phones;
  return [
    ...phones,
    spell(seed, index + 1, mobile(index, 1)),
    spell(seed, index + 2, mobile(index, 2)),
  ];
}

function emailsAt(seed: number, index: number): string[] {
  if (hash(seed, index, 7) % 3 !== 0) return [];
  const box = pick(LATIN, hash(seed, index, 8));
  return [`${box}.${String(index)}@${pick(MAILS, hash(seed, index, 9))}`];
}
