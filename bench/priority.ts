import { readFile, writeFile } from "node:fs/promises";

/** What Linux calls nice −20: nearly all of the time that is asked for. */
const FIRST = "-20";

/**
 * Puts the sessions of processes before those of a shared machine's neighbours, whose work is no part of a
 * wall time: Linux divides its time among sessions first («autogroup», sched(7)), and niceness counts only
 * within one. Returns what puts them back. Where it may not be done, nothing changes.
 */
export async function goFirst(pids: readonly number[]): Promise<() => Promise<void>> {
  const changed: { readonly file: string; readonly niceness: string }[] = [];
  for (const file of pids.map((pid) => `/proc/${pid}/autogroup`)) {
    const niceness = await readNiceness(file);
    if (niceness === null || !(await write(file, FIRST))) continue;
    changed.push({ file, niceness });
  }
  return async () => {
    for (const { file, niceness } of changed) await write(file, niceness);
  };
}

/** "/autogroup-85 nice 0"; null on other systems. */
async function readNiceness(file: string): Promise<string | null> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /nice (-?\d+)/.exec(text)?.[1] ?? null;
}

/** False without the right to it. */
async function write(file: string, niceness: string): Promise<boolean> {
  return writeFile(file, niceness).then(
    () => true,
    () => false,
  );
}
