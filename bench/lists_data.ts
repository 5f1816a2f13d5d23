import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** Makes one line of a list from two numbers: which line and which list. */
type MakeLine = (line: number, list: number) => string;

const fixtures = join(import.meta.dirname, "../domain/quick_add/fixtures");
const sent = readdirSync(fixtures)
  .filter((file) => file.endsWith(".txt"))
  .flatMap((file) => readFileSync(join(fixtures, file), "utf8").split("\n"))
  .filter((line) => line.trim() !== "");

const WORKS = ["Штукатурка стен", "Укладка плитки 60х120", "Монтаж розеток", "Покраска потолка"];
const UNITS = ["м2", "шт", "п.м.", "компл."];
const PIECES = (
  "1 22 9.5 1,5 м2 кв.м м/п п.м. по х * × = за итого от ( ) () - — . , ; | / ₽ руб р/м2 @ цена всего " +
  "скидка 10% материалы Стяжка клей 25кг 60х120 50/110 М150 №5 45° d=20 кв чел-ч 🙂 « » ё Ø110 2.400 " +
  "350-00 01.02.2025 10-12 ~ ≈ примерно _ + & 1) 1.1 • ½ ² 22м2х350 5штпо300 ламинат38м2 1'000 \u0301 \t"
).split(" ");

/** Found by breeding: of all rows, of words and of cells, these took longest. */
const KNOTTY = [
  "+#.5 ₽ ₽₽т.р. т.р. клейКран 2 м2 45 000 за 100 м2; 35# р кв.м₽т.р. чел ₽т.р. т.р. ₽₽ т.р. т.р. ё ₽пот.р. ₽₽ ₽ " +
    "кв(а)₽пот.р. ₽квкв(а)т.р. тыс \u0301₽₽=азат.р. пот.р. т.р. от # (а)10-12",
  "|(1#) - (12) - @ #;@ 5;½|1#.125;12  5;1 , 1 , = 9|1/м2\t=1+#+1+1+1+1+1\t# 000 000,00 - \tпо #50, 1 000 000,00 - " +
    "\t10-1#;5 тыс\t12 %|НДС 5;**шт**\t≈ 1#,5 м² - 5 тыс\t4#0 руб./м2\t2.400\tКол-во\t12шт\t",
];

/**
 * Lines by kind: as people send them, all alike, words and signs of the trade at random, eight positions in
 * each, and the worst that is known.
 */
export const KINDS: Readonly<Record<string, MakeLine>> = {
  sent: (line, list) => sent[(line + list) % sent.length] ?? "",
  alike: (line, list) =>
    `${WORKS[line % 4]} ${line} — ${line + list} ${UNITS[line % 4]} по ${100 + line}`,
  nonsense: (line, list) => nonsense(1000 * list + line, 20),
  parted: (line, list) => {
    const position = (place: number) => `Кран ${1 + ((line + place) % 9)} шт ${1 + (list % 9)}`;
    return Array.from({ length: 8 }, (_, place) => position(place)).join("; ");
  },
  knotty: (line, list) =>
    `${(KNOTTY[line % 2] ?? "").replaceAll("#", `${1 + ((line + list) % 9)}`)}${line}`,
};

export function listOf(makeLine: MakeLine, list: number): string {
  return Array.from({ length: 1000 }, (_, line) => makeLine(line, list)).join("\n");
}

/** The same pieces for the same seed, in every run and on every machine. */
function nonsense(seed: number, count: number): string {
  let state = seed + 1;
  const random = (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  let text = "";
  for (let piece = 0; piece < count; piece += 1) {
    text += PIECES[random(PIECES.length)];
    if (random(5) > 1) text += " ";
  }
  return text;
}
