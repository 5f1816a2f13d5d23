import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isMissingFile } from "./missing_file.ts";

/** The contents of files, by `file_unique_id`. */
export type FileBytes = {
  put(uniqueId: string, bytes: Uint8Array): void;
  get(uniqueId: string): Uint8Array | undefined;
  clear(): void;
};

export function createMemoryFiles(): FileBytes {
  const contents = new Map<string, Uint8Array>();
  return {
    put: (uniqueId, bytes) => void contents.set(uniqueId, bytes),
    get: (uniqueId) => contents.get(uniqueId),
    clear: () => contents.clear(),
  };
}

/** Files in a folder beside the state file, so that a restarted simulator still has them. */
export function createFolderFiles(folder: string): FileBytes {
  const memory = createMemoryFiles();
  return {
    put(uniqueId, bytes) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, uniqueId), bytes);
      memory.put(uniqueId, bytes);
    },
    get(uniqueId) {
      const known = memory.get(uniqueId);
      if (known !== undefined) return known;
      try {
        const bytes = readFileSync(join(folder, uniqueId));
        memory.put(uniqueId, bytes);
        return bytes;
      } catch (error) {
        if (isMissingFile(error)) return undefined;
        throw error;
      }
    },
    clear() {
      memory.clear();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
