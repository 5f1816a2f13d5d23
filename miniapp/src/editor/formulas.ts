import type * as MeasureWords from "../../../domain/measures_ru.ts";
import type { Room } from "../../../domain/measures.ts";

type Words = typeof MeasureWords;
type Rooms = ReadonlyMap<string, Room>;

let words: Words | null = null;

/** Words of rooms come after the first paint: few estimates have any. */
export async function loadFormulas(): Promise<void> {
  words ??= await import("../../../domain/measures_ru.ts");
}

export function areFormulasHere(): boolean {
  return words !== null;
}

/** Null until it is loaded, too: then the text is read as a number. */
export function readFormula(text: string, rooms: Rooms): string | null {
  return words?.readFormula(text, rooms) ?? null;
}

/** Null until it is loaded: then the number is shown. */
export function describeFormula(formula: string, rooms: Rooms): string | null {
  return words?.describeFormula(formula, rooms) ?? null;
}
