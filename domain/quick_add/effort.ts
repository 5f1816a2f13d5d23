/**
 * What reading has cost since the program began, in steps of about 30 ns. What each thing costs was measured
 * together with the others on some thousand rows (0007). The lexer asks how many one row took, its
 * length included, which bounds the work on nonsense.
 */
let effort = 0;

/**
 * What cutting one row may take. Of 3 050 names of the norms, with quantity and price, the hardest takes 521, the
 * longest known name 653 (`number_rows.test.ts`). Nonsense takes several times as many.
 */
export const MAX_EFFORT = 700;

export function spend(steps: number): void {
  // Stays a small integer; only differences are asked for.
  effort = (effort + steps) | 0;
}

/** The effort up to now, to ask later what came after. */
export function currentEffort(): number {
  return effort;
}

export function effortSince(before: number): number {
  return (effort - before) | 0;
}

/** What is done with every character of a row, whatever it is: 15 ns. */
export function effortOfLength(length: number): number {
  return length >> 1;
}
