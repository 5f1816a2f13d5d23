import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "../server/testing_program.ts";

export interface Redis {
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * Debian's `redis-server`, which keeps nothing on disk. Null where there is none, or where BullMQ's client of
 * it is not installed: BullMQ has it as an optional peer.
 */
export async function startRedis(): Promise<Redis | null> {
  if (!hasClient()) return null;
  const port = await findFreePort();
  const directory = await mkdtemp(join(tmpdir(), "smetka-bench-redis-"));
  const child = spawn(
    "redis-server",
    ["--port", String(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
    { cwd: directory, stdio: "ignore" },
  );
  const failed = once(child, "error").then(() => true);
  while (!(await answers(port))) {
    if (await Promise.race([failed, sleep(50, false)])) {
      await rm(directory, { recursive: true, force: true });
      return null;
    }
  }
  return {
    port,
    stop: async () => {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function hasClient(): boolean {
  try {
    createRequire(import.meta.url).resolve("ioredis");
    return true;
  } catch {
    // Not installed.
    return false;
  }
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
