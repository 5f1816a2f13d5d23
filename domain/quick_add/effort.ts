/**
 * What reading has cost since the program began, in steps of 0.15 to 0.3 µs: one for a run of plain words, a
 * knotty word or a sign, two to seven more for a number and what is looked up around it, by its length for
 * a calculation. The lexer asks how many one row took, which bounds the work on nonsense.
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
