import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { isMissingFile } from "./missing_file.ts";
import { createState, type State } from "./state.ts";
import type { World } from "./world.ts";

const format = 1;

/** Reads the state of an earlier run; a missing file is an empty Telegram. */
export function loadState(path: string): State {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if (isMissingFile(error)) return createState();
    throw error;
  }
  try {
    const saved = JSON.parse(text, revive) as { format: number; state: State };
    if (saved.format === format) return { ...createState(), ...saved.state };
  } catch (error) {
    throw new Error(`${path} is not a state file of the simulator; delete it`, { cause: error });
  }
  throw new Error(`${path} was written by another version of the simulator; delete it`);
}

/** Writes the state a moment after each change. The file is replaced whole or not at all. */
export function keepState(world: World, path: string): { close(): void } {
  let timer: NodeJS.Timeout | null = null;
  function flush(): void {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    mkdirSync(dirname(path), { recursive: true });
    const draft = `${path}.new`;
    writeFileSync(draft, JSON.stringify({ format, state: world.state }, replace));
    renameSync(draft, path);
  }
  const stop = world.events.listen(() => {
    timer ??= setTimeout(flush, 100);
  });
  return {
    close() {
      stop();
      flush();
    },
  };
}

function replace(_key: string, value: unknown): unknown {
  return value instanceof Map ? { "#map": [...value] } : value;
}

function revive(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || !("#map" in value)) return value;
  return new Map(value["#map"] as [unknown, unknown][]);
}
