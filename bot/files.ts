import type { Api } from "grammy";
import type { Download } from "./context.ts";
import { classifyTelegramError } from "./telegram_errors.ts";

const DOWNLOAD_TIMEOUT = 15_000; // ms
const MAX_BYTES = 20_000_000;

/** Takes files of people from the Bot API server that the bot talks to. */
export function createDownload({
  api,
  token,
  apiRoot,
}: {
  api: Api;
  token: string;
  apiRoot: string;
}): (fileId: string) => Promise<Download> {
  return async (fileId) => {
    const path = await findPath(api, fileId);
    if (path === null) return { outcome: "too_big" };
    const bytes = await readBytes(`${apiRoot}/file/bot${token}/${path}`);
    if (bytes === null) return { outcome: "gone" };
    return bytes.length > MAX_BYTES ? { outcome: "too_big" } : { outcome: "bytes", bytes };
  };
}

/** Null when Telegram does not give it now: the person is asked to send it again. */
async function readBytes(url: string): Promise<Uint8Array | null> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(DOWNLOAD_TIMEOUT) });
    return response.ok ? new Uint8Array(await response.arrayBuffer()) : null;
  } catch {
    // A broken connection; the address in the error would tell the token.
    return null;
  }
}

/** Null when the file is over Telegram's limit for bots. */
async function findPath(api: Api, fileId: string): Promise<string | null> {
  try {
    const file = await api.getFile(fileId);
    return file.file_path ?? null;
  } catch (error) {
    if (classifyTelegramError(error)?.kind === "refused") return null;
    throw error;
  }
}
