import { readFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { extname } from "node:path";
import { isMissingFile } from "../missing_file.ts";

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ts": "text/javascript; charset=utf-8",
};

const main = new URL("./browser/main.ts", import.meta.url);

export type Asset = { type: string; body: string };

/** A file of the page. TypeScript is served with its types blanked out: there is no build. */
export async function readAsset(name: string): Promise<Asset | null> {
  const type = types[extname(name)];
  if (type === undefined || !/^[a-z_]+\.[a-z]+$/.test(name)) return null;
  try {
    const source = await readFile(new URL(name, main), "utf8");
    return { type, body: name.endsWith(".ts") ? stripTypes(source) : source };
  } catch (error) {
    if (isMissingFile(error)) return null;
    throw error;
  }
}

/** Node warns that its own stripping is new; a newcomer should not be told on the first screen. */
function stripTypes(source: string): string {
  const emitWarning = process.emitWarning.bind(process);
  process.emitWarning = () => {};
  try {
    return stripTypeScriptTypes(source);
  } finally {
    process.emitWarning = emitWarning;
  }
}
