import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const project = fileURLToPath(new URL("..", import.meta.url));
const dist = join(project, "miniapp/dist");
/** Of putting the new build in the place of the old, while other starts do the same. */
const MOST_TRIES = 20;

/**
 * Builds the Mini App when `dist` is missing or older than its sources. A program of its own
 * (`node miniapp/build.ts`), because the builder is large and the server does not need it afterwards.
 * Where there are no sources (a production image) it leaves things as they are.
 */
export async function ensureBuilt(): Promise<"built" | "fresh"> {
  if (!existsSync(join(project, "miniapp/src"))) return "fresh";
  const sources = hashSources();
  if (readStamp() === sources) return "fresh";
  const { build } = await import("vite");
  // Into a folder of its own first: a server that runs meanwhile, or a second start at the same
  // moment, never sees half of it.
  const outDir = join(project, `node_modules/.miniapp-${process.pid}`);
  await build({
    configFile: join(project, "miniapp/vite.config.ts"),
    logLevel: "warn",
    build: { outDir },
  });
  writeFileSync(join(outDir, ".sources"), sources);
  for (let tries = 1; ; tries += 1) {
    rmSync(dist, { recursive: true, force: true });
    try {
      renameSync(outDir, dist);
      return "built";
    } catch (error) {
      // Another start was faster by a moment; what it built is the same once it is whole.
      if (readStamp() === sources) break;
      if (tries === MOST_TRIES) throw error;
    }
  }
  rmSync(outDir, { recursive: true, force: true });
  return "built";
}

function readStamp(): string | null {
  const stamp = join(dist, ".sources");
  return existsSync(stamp) ? readFileSync(stamp, "utf8") : null;
}

/** Everything that the build reads: the app, the shared rules, the versions of the libraries. */
function hashSources(): string {
  const hash = createHash("sha256");
  const files = [
    "package-lock.json",
    "miniapp/index.html",
    "miniapp/vite.config.ts",
    ...listSources("miniapp/src"),
    ...listSources("domain"),
  ];
  for (const file of files)
    hash
      .update(file)
      .update("\0")
      .update(readFileSync(join(project, file)));
  return hash.digest("hex");
}

function listSources(directory: string): string[] {
  return readdirSync(join(project, directory), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.(tsx?|css|browser\.js)$/.test(name) && !/\.test\.tsx?$/.test(name))
    .sort()
    .map((name) => join(directory, name));
}

if (import.meta.main) await ensureBuilt();
