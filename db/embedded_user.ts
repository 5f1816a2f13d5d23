import { execFile } from "node:child_process";
import { readFile, stat } from "node:fs/promises";
import { promisify } from "node:util";
import { StartupError } from "./startup_error.ts";

/** The operating system's user whom the database server runs as. */
export interface ServerUser {
  uid: number;
  gid: number;
}

const run = promisify(execFile);

/** In the order of preference. `nobody` serves where no user can be created. */
const preferredNames = ["smetka", "postgres"];
const newUserName = "smetka";

/**
 * PostgreSQL refuses to run as root, so root needs another user for it; anybody else runs it as
 * themselves, and then the answer is null. An existing cluster keeps its owner.
 */
export async function findServerUser(cluster: string): Promise<ServerUser | null> {
  if (process.getuid?.() !== 0) return null;
  const owner = await findOwner(cluster);
  if (owner) return owner;
  const users = await readUsers();
  for (const name of preferredNames) {
    const user = users.get(name);
    if (user) return user;
  }
  const created = (await createUser()) ?? users.get("nobody");
  if (created) return created;
  throw new StartupError(
    "unsupported",
    "PostgreSQL не работает от имени root, а другого пользователя создать не удалось: создайте пользователя smetka или укажите DATABASE_URL.",
  );
}

async function findOwner(cluster: string): Promise<ServerUser | null> {
  const { uid, gid } = await stat(cluster).catch(() => ({ uid: 0, gid: 0 }));
  return uid === 0 ? null : { uid, gid };
}

async function createUser(): Promise<ServerUser | undefined> {
  const flags = ["--system", "--no-create-home", "--shell", "/usr/sbin/nologin", newUserName];
  // A missing or refusing useradd is no failure: there is one more choice after it.
  await run("useradd", flags).catch(() => undefined);
  return (await readUsers()).get(newUserName);
}

/** initdb looks its own user up by id, so a bare number without a line in here does not serve. */
async function readUsers(): Promise<Map<string, ServerUser>> {
  const lines = (await readFile("/etc/passwd", "utf8").catch(() => "")).split("\n");
  const users = new Map<string, ServerUser>();
  for (const line of lines) {
    const [name, , uid, gid] = line.split(":");
    if (!name || !Number(uid)) continue;
    users.set(name, { uid: Number(uid), gid: Number(gid) });
  }
  return users;
}
