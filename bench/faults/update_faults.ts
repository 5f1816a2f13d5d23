import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createEstimate } from "./door.ts";
import type { Fault } from "./fault.ts";
import { openStage, type Stage } from "./stage.ts";

const ROOT = join(import.meta.dirname, "../..");
const MIGRATIONS = "db/migrations";

/** The program is updated while people work. */
export const updateFaults: readonly Fault[] = [
  {
    id: "26",
    name: "an update under load: the version before the newest migration beside this one",
    isShort: false,
    openStage: async (options) => {
      const older = checkOutOlder();
      if (!older) return null;
      const stage = await openStage({ ...options, root: older.root }).catch((error: unknown) => {
        older.remove();
        throw error;
      });
      return { ...stage, ...older, close: () => stage.close().finally(older.remove) };
    },
    run: async (stage, { progress }) => {
      await progress(2);
      const migrations = await countMigrations(stage);
      // It migrates while all the old ones work.
      await stage.start("worker 2", {}, ROOT);
      await stage.start("web 2", {}, ROOT);
      const added = (await countMigrations(stage)) - migrations;
      if (added < 1) throw new Error("nothing was migrated");
      const newDoor = stage.manager.doorAt(stage.urlOf("web 2"));
      for (let count = 0; count < 5; count += 1) await createEstimate(newDoor);
      await progress(4);
      for (const name of ["worker", "web", "bot"] as const) {
        await stage.end(name, "SIGTERM");
        await stage.start(name, {}, ROOT);
      }
      await progress(2);
      for (const name of ["worker 2", "web 2"] as const) await stage.end(name, "SIGTERM");
      return `${added} migrations; both versions served and worked side by side`;
    },
  },
];

/** The last commit that knew fewer migrations and no others; null where the history is not at hand. */
function checkOutOlder(): { root: string; remove: () => void } | null {
  try {
    const commit = findOlder();
    if (!commit) return null;
    const root = mkdtempSync(join(tmpdir(), "smetka-older-"));
    git("worktree", "add", "--detach", root, commit);
    symlinkSync(join(ROOT, "node_modules"), join(root, "node_modules"));
    return {
      root,
      remove: () => {
        git("worktree", "remove", "--force", root);
        rmSync(root, { recursive: true, force: true });
      },
    };
  } catch {
    return null;
  }
}

function findOlder(): string | null {
  const now = migrationsAt("HEAD");
  const changes = git("log", "--first-parent", "--format=%H", "--", MIGRATIONS).trim().split("\n");
  for (const change of changes) {
    const older = migrationsAt(`${change}^`);
    if (older.size < now.size && [...older].every((file) => now.has(file))) return `${change}^`;
  }
  return null;
}

/** Names with their contents' hashes. */
function migrationsAt(commit: string): Set<string> {
  return new Set(git("ls-tree", commit, `${MIGRATIONS}/`).trim().split("\n"));
}

function git(...words: string[]): string {
  return execFileSync("git", words, { cwd: ROOT, encoding: "utf8" });
}

async function countMigrations({ database }: Stage): Promise<number> {
  const [row] = await database.sql<{ count: number }[]>`
    select count(*)::int as count from schema_migrations
  `;
  return row?.count ?? 0;
}
