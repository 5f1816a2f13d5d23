/**
 * What reading has cost since the program began, in steps of about 30 ns. What each thing costs was measured
 * together with the others on some thousand rows (0007). The lexer asks whether a row may take more, its
 * length included, which bounds the work on nonsense.
 */
let effort = 0;

/**
 * What cutting one row may take. Of 3 050 names of the norms, with quantity and price, the hardest takes 521, the
 * longest known name 653 (`number_rows.test.ts`). Nonsense takes several times as many.
 */
export const MAX_EFFORT = 1000;
/** What every row may take whatever the others of its list take. Rows of wide tables take 280 on average. */
const SHARE = 340;
/** What a list has beside the shares of its rows: enough for forty of the hardest. */
const SAVINGS = 30_000;

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

/** The effort at which something ends that may take so many steps from now on. */
export function endAfter(steps: number): number {
  return (effort + steps) | 0;
}

/** True when `more` steps would reach beyond that end. */
export function isOver(until: number, more = 0): boolean {
  return ((effort - until) | 0) + more >= 0;
}

/**
 * For the rows of one list, one after another: the effort at which each must end. Easy rows leave their share to the hard
 * ones behind them, and a list of nothing but hard rows takes little more than its shares.
 */
export function shareEffort(): () => number {
  const begun = effort;
  let allowed = SAVINGS;
  return () => {
    allowed += SHARE;
    const left = allowed - effortSince(begun);
    return endAfter(Math.min(MAX_EFFORT, Math.max(SHARE, left)));
  };
}

/** What is done with every character of a row, whatever it is: 15 ns. */
export function effortOfLength(length: number): number {
  return length >> 1;
}
