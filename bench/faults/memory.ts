import { readFile } from "node:fs/promises";
import type { ProgramName, Stage } from "./stage.ts";

const PAGE = 4096; // bytes

/** What each process that runs holds in memory now, in MB. */
export async function readMemory(stage: Stage): Promise<Map<ProgramName, number>> {
  const memory = new Map<ProgramName, number>();
  for (const [name, pid] of stage.running()) {
    const [, resident = "0"] = (await readFile(`/proc/${pid}/statm`, "utf8")).split(" ");
    memory.set(name, (Number(resident) * PAGE) / 1e6);
  }
  return memory;
}
