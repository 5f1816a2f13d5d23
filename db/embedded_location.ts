import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { createSharedRoot, sharedRoot } from "./embedded_binaries.ts";
import type { ServerUser } from "./embedded_user.ts";

const run = promisify(execFile);
const pointerFile = "postgres.location";

/** The cluster's folder as remembered from the last start, whether or not it exists. */
export async function readClusterLocation(dataDir: string): Promise<string> {
  const pointer = await readFile(join(dataDir, pointerFile), "utf8").catch(() => "");
  return pointer.trim() || join(dataDir, "postgres");
}

/**
 * A folder that `user` can reach: `dataDir` itself, or, when that lies under a closed home, a
 * folder of /var/lib/smetka, which a small file in `dataDir` then remembers.
 */
export async function chooseClusterLocation(
  dataDir: string,
  user: ServerUser | null,
): Promise<string> {
  const remembered = await readClusterLocation(dataDir);
  if (user === null || remembered !== join(dataDir, "postgres")) return remembered;
  if (await canReach(user, dataDir)) return remembered;
  const elsewhere = await findFreeFolder(dataDir);
  await writeFile(join(dataDir, pointerFile), `${elsewhere}\n`);
  return elsewhere;
}

async function canReach(user: ServerUser, directory: string): Promise<boolean> {
  const probe = run("/bin/sh", ["-c", 'cd "$0"', directory], { ...user, cwd: "/" });
  return probe.then(
    () => true,
    () => false,
  );
}

/** Data of a `dataDir` that was deleted stays where it is: a new start gets the next number. */
async function findFreeFolder(dataDir: string): Promise<string> {
  const name = createHash("sha256").update(dataDir).digest("hex").slice(0, 12);
  await createSharedRoot();
  for (let number = 1; ; number += 1) {
    const folder = join(sharedRoot, `${name}-${number}`);
    if (!(await stat(folder).catch(() => null))) return folder;
  }
}
