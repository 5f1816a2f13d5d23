import { cleanText, cutText } from "../../domain/text.ts";

const LONGEST_NAME = 200;
const MOST = 10;
const LONGEST = 50;

/** One field of a CRM may hold «8 912 …, 8 913 …»: each number by itself, as typed. */
export function splitPhones(values: readonly string[]): string[] {
  const parts = values.flatMap((value) => value.split(/[,;/\n]|\sи\s/));
  return tidy(parts, LONGEST);
}

export function tidyEmails(values: readonly string[]): string[] {
  const parts = values.flatMap((value) => value.split(/[,;\s]/)).filter((one) => one.includes("@"));
  return tidy(parts, 200);
}

/** A name that a card can show: never empty, never endless. */
export function tidyName(name: string, fallback: string): string {
  return cutText(cleanText(name).replace(/\s+/g, " "), LONGEST_NAME) || fallback;
}

function tidy(values: readonly string[], longest: number): string[] {
  const cleaned = values.map(cleanText).filter((value) => value !== "" && value.length <= longest);
  return [...new Set(cleaned)].slice(0, MOST);
}
