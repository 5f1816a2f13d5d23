import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { Hono } from "hono";
import { getMimeType } from "hono/utils/mime";
import { notFound } from "../../domain/errors.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";
import { miniappHeaders } from "./headers.ts";

/** A built file in the forms that the build left: as it is, `.br` and `.gz`. */
interface BuiltFile {
  readonly type: string;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly br: Uint8Array<ArrayBuffer> | undefined;
  readonly gzip: Uint8Array<ArrayBuffer> | undefined;
}

type BuiltFiles = ReadonlyMap<string, BuiltFile>;

const PAGE = "index.html";
/** Names under `assets/` carry a hash of their content. */
const FOREVER = "public, max-age=31536000, immutable";

/**
 * The Mini App under `/app/`. The files are few and small, so they are read once and served from
 * memory: no path of a request ever reaches the file system.
 */
export function miniappRoutes({ config }: Pick<AppDependencies, "config">) {
  let files: BuiltFiles = new Map();
  const findFile = (path: string): BuiltFile | undefined => {
    // Not built yet when the server started: look again.
    if (files.size === 0) files = readBuiltFiles(config);
    return files.get(path);
  };

  return new Hono<AppEnvironment>()
    .get("/app", (context) => context.redirect("/app/", 301))
    .use("/app/*", miniappHeaders(config))
    .get("/app/*", (context) => {
      const path = context.req.path.slice("/app/".length) || PAGE;
      const file = findFile(path);
      if (!file) throw notFound("Страница");
      context.header("Content-Type", file.type);
      context.header("Cache-Control", path.startsWith("assets/") ? FOREVER : "no-store");
      context.header("Vary", "Accept-Encoding");
      const accepted = context.req.header("Accept-Encoding") ?? "";
      if (file.br && /\bbr\b/.test(accepted)) {
        context.header("Content-Encoding", "br");
        return context.body(file.br);
      }
      if (file.gzip && /\bgzip\b/.test(accepted)) {
        context.header("Content-Encoding", "gzip");
        return context.body(file.gzip);
      }
      return context.body(file.plain);
    });
}

function readBuiltFiles(config: AppDependencies["config"]): BuiltFiles {
  const contents = new Map<string, Uint8Array<ArrayBuffer>>();
  for (const path of listFiles(config.miniappDirectory)) {
    contents.set(relative(config.miniappDirectory, path).split(sep).join("/"), readFileSync(path));
  }
  const files = new Map<string, BuiltFile>();
  for (const [path, plain] of contents) {
    if (/\.(br|gz)$|^\./.test(path)) continue;
    const type = getMimeType(path) ?? "application/octet-stream";
    const file = { type, plain, br: contents.get(`${path}.br`), gzip: contents.get(`${path}.gz`) };
    files.set(path, path === PAGE ? fillPage(file, config) : file);
  }
  return files;
}

/** Writes into the page whose window may frame it besides Telegram's, and the name of the bot. */
function fillPage(page: BuiltFile, config: AppDependencies["config"]): BuiltFile {
  const fill = (html: string, name: string, value: string | null) =>
    html.replace(
      `<meta name="${name}" content=""`,
      () => `<meta name="${name}" content="${escapeHtml(value ?? "")}"`,
    );
  const html = Buffer.from(page.plain).toString("utf8");
  const filled = fill(
    fill(html, "telegram-origin", config.simulatorOrigin),
    "telegram-bot",
    config.botUsername ?? null,
  );
  return { type: page.type, plain: Buffer.from(filled), br: undefined, gzip: undefined };
}

function escapeHtml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;");
}

function listFiles(directory: string): string[] {
  try {
    return readdirSync(directory, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
