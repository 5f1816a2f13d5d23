import { totalmem } from "node:os";

const MB = 1024 * 1024;
const SHARED = { least: 128, most: 2048 } as const; // MB

/**
 * What PostgreSQL is told of the machine's memory: an eighth of it for pages, which it takes as it reads them,
 * and that the system keeps as many more. A page that it has costs a twentieth of one that the system has.
 * @param bytes of the machine, or of the container where that has a limit
 */
export function memorySettings(bytes: number = machineMemory()): {
  readonly shared_buffers: string;
  readonly effective_cache_size: string;
} {
  const eighth = Math.floor(bytes / 8 / MB);
  const shared = Math.min(SHARED.most, Math.max(SHARED.least, eighth));
  return { shared_buffers: `${shared}MB`, effective_cache_size: `${shared * 4}MB` };
}

/**
 * Environment of the server: how much freed memory each of its processes keeps for the next query, where it
 * would give it back and ask for fresh pages at once (bytes; glibc, mallopt(3), where others ignore it). A
 * search for a beginning that 1 400 things have spent three quarters of its time on that.
 */
export const keptMemory = {
  MALLOC_TRIM_THRESHOLD_: "8388608",
  MALLOC_MMAP_THRESHOLD_: "8388608",
} as const;

function machineMemory(): number {
  const limit = process.constrainedMemory();
  const all = totalmem();
  // 0: no limit is known; without one some systems say a number beyond any memory.
  return limit > 0 ? Math.min(limit, all) : all;
}
