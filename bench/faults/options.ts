/**
 * What a run was asked for: variables as docs/faults.md has them, or a run by name:
 * `npm run faults -- soak 30` is fault 31 for thirty minutes.
 */
export interface Options {
  /** Ids of faults; null: all of them. */
  readonly only: readonly string[] | null;
  readonly soakSeconds: number;
}

/** Seconds: half an hour says more; in two minutes a collection of garbage is taken for growth. */
const SOAK = 300;

/** Throws with a sentence when nobody can know what is meant. */
export function readOptions(
  words: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Options {
  const [name, minutes, ...rest] = words;
  if (name === undefined) {
    const only = env["FAULTS_ONLY"]?.split(",") ?? null;
    return { only, soakSeconds: Number(env["FAULTS_SOAK"] ?? SOAK) };
  }
  const seconds = minutes === undefined ? SOAK : Number(minutes) * 60;
  if (name !== "soak" || !(seconds > 0) || rest.length > 0) {
    throw new Error(`npm run faults -- soak [minutes], not «${words.join(" ")}»`);
  }
  return { only: ["31"], soakSeconds: seconds };
}

/** Of this process. Under the test runner its words are not ours. */
export const options = readOptions(
  process.argv[1]?.endsWith("bench/faults/run.ts") ? process.argv.slice(2) : [],
  process.env,
);
