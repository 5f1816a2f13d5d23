import type * as QuickAddModule from "../../../domain/quick_add/quick_add.ts";
import type { LineFields } from "../estimate/edits.ts";

type QuickAdd = typeof QuickAddModule;

/** The reader of lists is a sixth of the whole app, so it comes after the first paint. */
let quickAdd: QuickAdd | null = null;

export async function loadQuickAdd(): Promise<QuickAdd> {
  quickAdd ??= await import("../../../domain/quick_add/quick_add.ts");
  return quickAdd;
}

export function isReaderHere(): boolean {
  return quickAdd !== null;
}

/** Longer than a slow network takes; then what was typed is a name. */
const PATIENCE = 5000; // ms

/** Resolves when whole lines can be read, or when that takes too long. */
export async function waitForReader(): Promise<void> {
  const given = new Promise<void>((resolve) => setTimeout(resolve, PATIENCE));
  // Without a network it can't come: `readTypedLine` says so.
  await Promise.race([loadQuickAdd().catch(() => null), given]);
}

/** A line that was typed as a whole; null for a mere name, or while the reader is not loaded. */
export function readTypedLine(text: string): (LineFields & { name: string }) | null {
  const read = quickAdd?.parseQuickLine(text);
  if (!read?.ok || read.line.name === "") return null;
  const { name, unit, quantity, price, warnings } = read.line;
  // A quantity that was only guessed is left to the person.
  const isGuess = warnings.some(
    ({ code }) => code === "quantity_assumed" || code === "no_quantity",
  );
  if (isGuess && price === null) return null;
  return { name, unit, ...(isGuess ? {} : { quantity }), ...(price === null ? {} : { price }) };
}
