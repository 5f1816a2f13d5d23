import { hkdfSync, randomBytes } from "node:crypto";
import { link, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { StartupError } from "../db/startup_error.ts";
import type { Config } from "./config.ts";

const fileName = "secret.key";
const shortestKey = 32; // characters

/**
 * The secret that everything else is derived from: SECRET_KEY, or a random one that the first start
 * leaves in DATA_DIR/secret.key (mode 0600) and every later one finds there. Losing it ends all
 * sessions and makes the stored CRM keys unreadable. Throws a StartupError when the file can't be
 * used.
 */
export async function loadSecretKey({
  secretKey,
  dataDir,
}: Pick<Config, "secretKey" | "dataDir">): Promise<string> {
  if (secretKey !== null) return secretKey;
  const path = join(dataDir, fileName);
  try {
    return check((await readKey(path)) ?? (await createKey(path, dataDir)));
  } catch (cause) {
    throw new StartupError(
      "broken",
      `Файл ${path} с секретным ключом не удалось прочитать или создать. Верните его из копии или задайте SECRET_KEY.`,
      { cause },
    );
  }
}

/**
 * A 32-byte key for one purpose, such as "crm secrets" or "telegram webhook": the same for every
 * process with the same secret, and of no use for finding the secret or another purpose's key.
 */
export function deriveKey(secretKey: string, purpose: string): Buffer {
  return Buffer.from(hkdfSync("sha256", secretKey, "smetka", purpose, 32));
}

function check(key: string): string {
  if (key.length < shortestKey) throw new Error("the key is too short");
  return key;
}

async function readKey(path: string): Promise<string | null> {
  try {
    return (await readFile(path, "utf8")).trim();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/** Whole or not at all, and the first of several starters wins. */
async function createKey(path: string, dataDir: string): Promise<string> {
  await mkdir(dataDir, { recursive: true });
  const unfinished = `${path}.${process.pid}`;
  try {
    await writeFile(unfinished, `${randomBytes(32).toString("base64url")}\n`, { mode: 0o600 });
    await link(unfinished, path).catch((error: unknown) => {
      if (!hasCode(error, "EEXIST")) throw error;
    });
  } finally {
    await rm(unfinished, { force: true });
  }
  return (await readFile(path, "utf8")).trim();
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
