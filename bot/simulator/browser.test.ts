import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { unpackBrowser } from "./browser.ts";

test("several programs that need the browser at once all get a whole one", async () => {
  const parent = await mkdtemp(join(tmpdir(), "smetka-browsers-"));
  try {
    const paths = await Promise.all([unpackBrowser(parent), unpackBrowser(parent)]);
    expect(new Set(paths).size).toBe(1);
    expect(await readdir(parent)).toHaveLength(1);
    const { stdout } = await promisify(execFile)(paths[0] ?? "", ["--version"]);
    expect(stdout).toMatch(/Chrom/);
    expect(await unpackBrowser(parent)).toBe(paths[0]);
  } finally {
    await rm(parent, { recursive: true });
  }
}, 60_000);
