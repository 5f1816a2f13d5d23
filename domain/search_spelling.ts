/** How many typing mistakes a word of this length may have. */
function allowedMistakes(length: number): number {
  if (length < 4) return 0;
  if (length < 6) return 1;
  return length < 10 ? 2 : 3;
}

/**
 * Those of the candidates that may be meant by a typed word, in their order. `isPrefix`: it may be
 * unfinished, so the beginnings of longer ones count, too.
 */
export function pickCorrections(
  typed: string,
  candidates: readonly string[],
  isPrefix: boolean,
): string[] {
  const allowed = allowedMistakes(typed.length);
  return candidates.filter((word) => {
    if (countMistakes(typed, word) <= allowed) return true;
    return isPrefix && countMistakes(typed, word.slice(0, typed.length)) <= allowed;
  });
}

/** Letters put in, left out, exchanged, or swapped with their neighbour (optimal string alignment). */
export function countMistakes(a: string, b: string): number {
  const [from, to] = [Array.from(a), Array.from(b)];
  let before: number[] = [];
  let row = to.map((_, index) => index + 1);
  row.unshift(0);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      let least = Math.min(at(row, j) + 1, at(next, j - 1) + 1, at(row, j - 1) + (isSame ? 0 : 1));
      const isSwapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      if (isSwapped) least = Math.min(least, at(before, j - 2) + 1);
      next.push(least);
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
