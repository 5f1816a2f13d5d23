import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { lockDirectory } from "./embedded_lock.ts";

let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "smetka-lock-"));
});

afterAll(() => rm(directory, { recursive: true }));

/** Without the abstract namespace of Linux the lock is a file. */
describe.each(["linux", "darwin"] as const)("a directory that is locked as on %s", (platform) => {
  it("belongs to one until it is released", async () => {
    const lock = await lockDirectory(directory, platform);
    expect(lock).not.toBeNull();
    expect(await lockDirectory(directory, platform)).toBeNull();
    await lock?.release();
    const next = await lockDirectory(directory, platform);
    expect(next).not.toBeNull();
    await next?.release();
  });

  it("belongs to the next one when its owner is killed", async () => {
    const module = new URL("embedded_lock.ts", import.meta.url).href;
    const program = `
      import { lockDirectory } from ${JSON.stringify(module)};
      const lock = await lockDirectory(${JSON.stringify(directory)}, "${platform}");
      console.log(lock ? "locked" : "not locked");
      setInterval(() => undefined, 1000);
    `;
    const owner = spawn(process.execPath, ["--input-type=module", "--eval", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const [said] = (await once(owner.stdout, "data")) as [Buffer];
    expect(said.toString().trim()).toBe("locked");
    expect(await lockDirectory(directory, platform)).toBeNull();
    owner.kill("SIGKILL");
    await once(owner, "exit");
    const lock = await lockDirectory(directory, platform);
    expect(lock).not.toBeNull();
    await lock?.release();
  });
});
