import type { Kopecks } from "./money.ts";

/** Forms of a noun after 1, 2 and 5: ["рубль", "рубля", "рублей"]. */
type Forms = readonly [one: string, few: string, many: string];

/** Picks the form that a Russian count takes: 1 и 21 рубль, 2–4 рубля, 5–20 и 111 рублей. */
export function plural(count: number | bigint, one: string, few: string, many: string): string {
  const whole = typeof count === "bigint" ? count : BigInt(Math.trunc(count));
  const absolute = whole < 0n ? -whole : whole;
  const lastTwo = Number(absolute % 100n);
  const last = lastTwo % 10;
  if (lastTwo >= 11 && lastTwo <= 14) return many;
  if (last === 1) return one;
  return last >= 2 && last <= 4 ? few : many;
}

/** Сумма прописью: «Двадцать одна тысяча один рубль 21 копейка». Below 10^15 roubles. */
export function spellMoney(value: Kopecks): string {
  const absolute: bigint = value < 0n ? -BigInt(value) : value;
  const roubles = absolute / 100n;
  const kopecks = absolute % 100n;
  const words = [
    value < 0n ? "минус" : "",
    spellNumber(roubles),
    plural(roubles, "рубль", "рубля", "рублей"),
    kopecks.toString().padStart(2, "0"),
    plural(kopecks, "копейка", "копейки", "копеек"),
  ];
  const text = words.filter((word) => word !== "").join(" ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const UNITS = ["", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"];
const FEMININE_UNITS = ["", "одна", "две", ...UNITS.slice(3)];
const TEENS = [
  "десять",
  "одиннадцать",
  "двенадцать",
  "тринадцать",
  "четырнадцать",
  "пятнадцать",
  "шестнадцать",
  "семнадцать",
  "восемнадцать",
  "девятнадцать",
];
const TENS = [
  "",
  "",
  "двадцать",
  "тридцать",
  "сорок",
  "пятьдесят",
  "шестьдесят",
  "семьдесят",
  "восемьдесят",
  "девяносто",
];
const HUNDREDS = [
  "",
  "сто",
  "двести",
  "триста",
  "четыреста",
  "пятьсот",
  "шестьсот",
  "семьсот",
  "восемьсот",
  "девятьсот",
];

/** Names of each group of three digits, from the right. «Тысяча» is feminine. */
const GROUPS: readonly { readonly forms: Forms | null; readonly units: readonly string[] }[] = [
  { forms: null, units: UNITS },
  { forms: ["тысяча", "тысячи", "тысяч"], units: FEMININE_UNITS },
  { forms: ["миллион", "миллиона", "миллионов"], units: UNITS },
  { forms: ["миллиард", "миллиарда", "миллиардов"], units: UNITS },
  { forms: ["триллион", "триллиона", "триллионов"], units: UNITS },
];

function spellNumber(value: bigint): string {
  if (value === 0n) return "ноль";
  if (value >= 1000n ** BigInt(GROUPS.length))
    throw new RangeError("the sum is too large to spell");
  const parts = GROUPS.map(({ forms, units }, index) => {
    const group = Number((value / 1000n ** BigInt(index)) % 1000n);
    if (group === 0) return "";
    const digits = spellGroup(group, units);
    return forms === null ? digits : `${digits} ${plural(group, ...forms)}`;
  });
  return parts
    .toReversed()
    .filter((part) => part !== "")
    .join(" ");
}

function spellGroup(group: number, units: readonly string[]): string {
  const lastTwo = group % 100;
  const words = [HUNDREDS[Math.floor(group / 100)]];
  if (lastTwo >= 10 && lastTwo < 20) words.push(TEENS[lastTwo - 10]);
  else words.push(TENS[Math.floor(lastTwo / 10)], units[lastTwo % 10]);
  return words.filter((word) => word !== undefined && word !== "").join(" ");
}
