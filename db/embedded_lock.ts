import { createHash } from "node:crypto";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { connect, createServer } from "node:net";
import { join } from "node:path";
import { isErrorCode } from "./embedded_failures.ts";

/** Held until `release`, or until the process ends in any way, `kill -9` included. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Makes this process the only one that works with `directory`. Returns null if another one does.
 *
 * The lock is a listening local socket and not a file with a process id in it: the kernel frees it
 * with the process, so a killed owner leaves nothing to judge and two starters can't both win.
 * @param platform decides what kind of socket that is
 */
export async function lockDirectory(
  directory: string,
  platform: NodeJS.Platform = process.platform,
): Promise<DirectoryLock | null> {
  const address = lockAddress(directory, platform);
  const server = createServer((socket) => socket.destroy());
  try {
    server.listen(address);
    await once(server, "listening");
  } catch (error) {
    if (!isErrorCode(error, "EADDRINUSE")) throw error;
    if (!(await removeDeadSocket(address))) return null;
    return lockDirectory(directory, platform);
  }
  server.unref();
  return {
    release: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** On Linux the abstract namespace: no file, so nothing is left behind and no path is too long. */
function lockAddress(directory: string, platform: NodeJS.Platform): string {
  const name = `smetka-${createHash("sha256").update(directory).digest("hex").slice(0, 32)}`;
  if (platform === "linux") return `\0${name}`;
  if (platform === "win32") return `\\\\.\\pipe\\${name}`;
  return join("/tmp", `${name}.sock`);
}

/** Only where the lock is a file: a killed owner leaves it, and then nobody answers on it. */
async function removeDeadSocket(address: string): Promise<boolean> {
  if (!address.endsWith(".sock")) return false;
  const socket = connect(address);
  try {
    await once(socket, "connect");
    return false;
  } catch {
    await rm(address, { force: true });
    return true;
  } finally {
    socket.destroy();
  }
}
