/** One line of the table: what we do, beside what it is held against, in the same run. */
export interface Row {
  readonly work: string;
  readonly ours: string;
  /** The named floor or peer, measured in the same run. */
  readonly peer: string;
  readonly ratio: number;
  /** What the ratio should be: "≤ 3". Null: shown for information. */
  readonly goal: { readonly at: "most" | "least"; readonly ratio: number } | null;
}

export function holds({ ratio, goal }: Row): boolean | null {
  if (!goal) return null;
  return goal.at === "most" ? ratio <= goal.ratio : ratio >= goal.ratio;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** Milliseconds of wall time that the work took. */
export async function time(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/**
 * Runs the variants in turn, round after round, so that a slow moment of a shared machine meets all of
 * them; returns the median milliseconds of each. The first `warmRounds` warm up and are not counted.
 */
export async function alternate<Name extends string>(
  rounds: number,
  variants: Readonly<Record<Name, () => Promise<unknown>>>,
  { warmRounds = 1 } = {},
): Promise<Record<Name, number>> {
  const names = Object.keys(variants) as Name[];
  const times = new Map<Name, number[]>(names.map((name) => [name, []]));
  for (let round = 0; round < warmRounds + rounds; round += 1) {
    for (const name of names) {
      const took = await time(variants[name]);
      if (round >= warmRounds) times.get(name)?.push(took);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times.get(name) ?? [])])) as Record<
    Name,
    number
  >;
}

export function milliseconds(value: number): string {
  return `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;
}
