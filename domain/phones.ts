import { parsePhoneNumberFromString } from "libphonenumber-js/min";

/**
 * Phone numbers as people in Russia write them. Uses libphonenumber (43 KB gzipped), so the Mini App
 * sends what was typed and lets the server read it.
 */
export interface PhoneNumber {
  /** "+79123456789" */
  readonly e164: string;
  /** Digits after «доб.» or «#». */
  readonly extension: string | null;
  /** As typed, for people. */
  readonly raw: string;
}

const MAX_LENGTH = 50;
const LABEL = /^(?:телефон|тел|моб|сот|раб|факс|т)(?:[.:]+ ?| )/i;

/**
 * Reads one number: «8 (912) 345-67-89», «+7 912 345-67-89#123», 10 digits without a prefix, foreign
 * ones with their country's code. Null for anything else.
 *
 * Ten digits that begin with 89 or 79 are a mobile number with one digit lost (libphonenumber would
 * take them for an unused area code); «+8 9…» is a Russian mobile number with a wrong plus.
 */
export function parsePhone(text: string): PhoneNumber | null {
  const raw = text.trim();
  if (raw.length > MAX_LENGTH || /[^\x20-\x7e\u00a0а-яё–—−‑]/i.test(raw)) return null;
  const bare = raw.replace(LABEL, "").replace(/^\+8 ?(?=[ (-]*9)/, "8");
  const digits = bare.replace(/\D/g, "");
  if (/^[78]9\d{8}$/.test(digits)) return null;

  const national = parsePhoneNumberFromString(bare, { defaultCountry: "RU", extract: false });
  const found = national?.isValid() ? national : readWithoutPlus(bare, digits);
  if (!found) return null;
  return { e164: found.number, extension: found.ext ?? null, raw };
}

/** Every readable number of «8 912 345-67-89, 8 (343) 222-33-44; факс …», without repetitions. */
export function parsePhones(text: string): PhoneNumber[] {
  const found = new Map<string, PhoneNumber>();
  for (const part of text.slice(0, 1000).split(/[,;/|\n\t]/)) {
    const phone = parsePhone(part);
    if (phone) found.set(`${phone.e164}#${phone.extension ?? ""}`, phone);
  }
  return [...found.values()];
}

/** «+7 912 345-67-89»; foreign numbers as their country writes them. */
export function formatPhone(e164: string): string {
  return parsePhoneNumberFromString(e164)?.formatInternational() ?? e164;
}

/** Telegram's contacts come without a plus: "375291234567". */
function readWithoutPlus(bare: string, digits: string) {
  if (digits !== bare || digits.length < 11) return null;
  const phone = parsePhoneNumberFromString(`+${digits}`, { extract: false });
  return phone?.isValid() ? phone : null;
}
