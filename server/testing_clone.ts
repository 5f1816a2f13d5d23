import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { tmpdir } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { findFreePort } from "./testing_program.ts";

const ROOT = join(import.meta.dirname, "..");
/** Packages are unpacked, a database is made. */
const PATIENCE = 600_000; // ms, on a machine that does much else

/** The program as a newcomer has it: cloned, and started with the words of the README. */
export interface Clone {
  /** What was typed. */
  readonly command: string;
  /** The address that the terminal shows. */
  readonly address: string;
  /** Ctrl+C; resolves with what the terminal showed. */
  interrupt(): Promise<string>;
  close(): Promise<void>;
}

/** Clones what is committed into an empty folder and types the README's first command there. */
export async function startClone(): Promise<Clone> {
  const folder = await mkdtemp(join(tmpdir(), "smetka-clone-"));
  // The database may run as another user, who has to get in.
  await chmod(folder, 0o755);
  execFileSync("git", ["clone", "--quiet", "--no-hardlinks", ROOT, "smetka"], { cwd: folder });
  const directory = join(folder, "smetka");
  const command = await readFirstCommand(directory);
  const child = spawn("sh", ["-c", command], {
    cwd: directory,
    env: await newcomersEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    // A terminal sends its Ctrl+C to all of the group.
    detached: true,
  });
  const chunks: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk: Buffer) => chunks.push(chunk));
  }
  const shown = (): string => Buffer.concat(chunks).toString("utf8");
  const ended = once(child, "exit");
  const hasEnded = (): boolean => child.exitCode !== null || child.signalCode !== null;
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined && !hasEnded()) process.kill(-child.pid, name);
  };
  const close = async (): Promise<void> => {
    signal("SIGKILL");
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  const address = await findAddress(shown, hasEnded);
  if (address === null) {
    await close();
    throw new Error(`${command} showed no address: ${shown()}`);
  }
  return {
    command,
    address,
    interrupt: async () => {
      signal("SIGINT");
      await ended;
      return shown();
    },
    close,
  };
}

/** The first line of the first block of commands. */
async function readFirstCommand(directory: string): Promise<string> {
  const readme = await readFile(join(directory, "README.md"), "utf8");
  const line = /^```sh\n(.+)$/m.exec(readme)?.[1] ?? "";
  return line.replace(/\s+#.*$/, "");
}

/** Nothing of this checkout: neither its programs nor its variables. Packages may come from npm's cache. */
async function newcomersEnvironment(): Promise<NodeJS.ProcessEnv> {
  // oxlint-disable-next-line node/no-process-env -- what the terminal of a newcomer has
  const { PATH = "", HOME } = process.env;
  const programs = PATH.split(delimiter).filter((path) => !path.includes("node_modules"));
  return {
    PATH: programs.join(delimiter),
    ...(HOME === undefined ? {} : { HOME }),
    PORT: String(await findFreePort()),
    npm_config_prefer_offline: "true",
    npm_config_audit: "false",
  };
}

async function findAddress(shown: () => string, hasEnded: () => boolean): Promise<string | null> {
  for (const deadline = Date.now() + PATIENCE; Date.now() < deadline; await sleep(100)) {
    const address = /Откройте в браузере: (http\S+)/.exec(shown())?.[1];
    if (address !== undefined) return address;
    if (hasEnded()) return null;
  }
  return null;
}
