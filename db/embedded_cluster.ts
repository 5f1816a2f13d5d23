import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { basename, dirname, join } from "node:path";
import { promisify } from "node:util";
import { z } from "zod";
import type { Binaries } from "./embedded_binaries.ts";
import { explainFailure, isErrorCode } from "./embedded_failures.ts";
import type { ServerUser } from "./embedded_user.ts";

/** How this machine's programs reach the cluster. Kept inside it, so the two can't be parted. */
export interface ClusterAccess {
  port: number;
  /** Random; scram-sha-256. */
  password: string;
}

/** The role that owns the cluster and everything in it. */
export const clusterOwner = "smetka";

const run = promisify(execFile);
const accessSchema = z.object({ port: z.number().int(), password: z.string().min(16) });
const accessFile = "smetka.json";

/** Makes a new cluster. It appears under its name only when it is complete. */
export async function initialiseCluster(options: {
  cluster: string;
  binaries: Binaries;
  user: ServerUser | null;
}): Promise<void> {
  const { cluster, binaries, user } = options;
  // Its own name each time: a killed starter's initdb may still be writing into the last one.
  const unfinished = `${cluster}.new-${randomBytes(4).toString("hex")}`;
  const access: ClusterAccess = {
    port: await findFreePort(),
    password: randomBytes(24).toString("base64url"),
  };
  try {
    await removeUnfinished(cluster);
    await mkdir(unfinished, { mode: 0o700 });
    if (user) await chown(unfinished, user.uid, user.gid);
    await runInitdb(unfinished, binaries, user, access.password);
    await writeClusterAccess(unfinished, access, user);
    await rename(unfinished, cluster);
  } catch (error) {
    await removeUnfinished(cluster);
    const output = error instanceof Error && "stderr" in error ? String(error.stderr) : "";
    throw explainFailure(cluster, error, output);
  }
}

async function removeUnfinished(cluster: string): Promise<void> {
  const folder = dirname(cluster);
  const names = (await readdir(folder)).filter((name) =>
    name.startsWith(`${basename(cluster)}.new`),
  );
  for (const name of names) {
    // Retries: new files may appear while the old ones go.
    await rm(join(folder, name), { recursive: true, force: true, maxRetries: 10 });
  }
}

/**
 * The built-in C.UTF-8 locale knows every letter (lower('Ё') = 'ё'), needs nothing from the
 * operating system and never changes its order, so an upgrade can't break an index. Russian order
 * is there by name: `order by name collate "ru-x-icu"`.
 */
async function runInitdb(
  folder: string,
  { initdb }: Binaries,
  user: ServerUser | null,
  password: string,
): Promise<void> {
  const passwordFile = `${folder}.password`;
  try {
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (user) await chown(passwordFile, user.uid, user.gid);
    await run(
      initdb,
      [
        `--pgdata=${folder}`,
        `--username=${clusterOwner}`,
        `--pwfile=${passwordFile}`,
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--locale=C",
        "--locale-provider=builtin",
        "--builtin-locale=C.UTF-8",
        "--no-instructions",
      ],
      { ...user, cwd: "/", env: { LC_ALL: "C", TZ: "UTC" } },
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
}

/**
 * Whether there is a cluster that these programs can serve. False for a place that is still empty;
 * throws a StartupError for anything else: a foreign folder, another version, no permission.
 */
export async function hasCluster(cluster: string, binaries: Binaries): Promise<boolean> {
  try {
    const entries = await readdir(cluster).catch(ignoreMissing);
    if (entries.length === 0) return false;
    const version = await readFile(join(cluster, "PG_VERSION"), "utf8");
    if (Number(version) === binaries.majorVersion) return true;
  } catch (error) {
    throw explainFailure(cluster, error);
  }
  throw explainFailure(cluster, new Error("initialized by PostgreSQL version"));
}

function ignoreMissing(error: unknown): string[] {
  if (isErrorCode(error, "ENOENT")) return [];
  throw error;
}

/** Throws a StartupError when the file with the password and the port is missing or unreadable. */
export async function readClusterAccess(cluster: string): Promise<ClusterAccess> {
  try {
    return accessSchema.parse(JSON.parse(await readFile(join(cluster, accessFile), "utf8")));
  } catch (cause) {
    throw explainFailure(cluster, cause);
  }
}

export async function writeClusterAccess(
  cluster: string,
  access: ClusterAccess,
  user: ServerUser | null,
): Promise<void> {
  const path = join(cluster, accessFile);
  await writeFile(`${path}.new`, JSON.stringify(access), { mode: 0o600 });
  if (user) await chown(`${path}.new`, user.uid, user.gid);
  await rename(`${path}.new`, path);
}

/** Gives the cluster to the server's user, with the mode that PostgreSQL insists on. */
export async function secureCluster(cluster: string, user: ServerUser | null): Promise<void> {
  try {
    const { uid, mode } = await stat(cluster);
    // A checkout that root copied with its data: everything belongs to root now.
    if (user && uid !== user.uid) await run("chown", ["-R", `${user.uid}:${user.gid}`, cluster]);
    if ((mode & 0o777) !== 0o700) await chmod(cluster, 0o700);
  } catch (error) {
    throw explainFailure(cluster, error);
  }
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
