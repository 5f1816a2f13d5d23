/**
 * What reading has cost since the program began, in steps: one for a sign or a knotty word, two more for a
 * number that is looked at, nothing for plain words. The lexer asks how much one row took, which bounds
 * the work on nonsense.
 */
let effort = 0;

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
