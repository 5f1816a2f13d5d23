import type { Document, PhotoSize, Sticker, Voice } from "grammy/types";
import { extname } from "node:path";
import { ApiError, badRequest } from "./api_error.ts";
import { mimeTypeOf } from "./mime_types.ts";
import { readImageSize } from "./image_size.ts";
import type { Parameters, Upload } from "./parameters.ts";
import { countNext, type FileKind, type StoredFile } from "./state.ts";
import type { World } from "./world.ts";

const largestUpload = 50 * 1024 * 1024;
const largestPhoto = 10 * 1024 * 1024;
export const largestDownload = 20 * 1024 * 1024;

const idPrefixes: Record<FileKind, string> = {
  photo: "AgACAgIAAxkBAA",
  document: "BQACAgIAAxkBAA",
  voice: "AwACAgIAAxkBAA",
  sticker: "CAACAgIAAxkBAA",
  audio: "CQACAgIAAxkBAA",
  video: "BAACAgIAAxkBAA",
};

/** As long as a real one: a column or a callback that is too narrow shows itself. */
export function fileIdOf(file: StoredFile, variant = ""): string {
  return `${idPrefixes[file.kind]}${file.uniqueId}${variant}`.padEnd(71, "x");
}

export function storeFile(world: World, kind: FileKind, upload: Upload): StoredFile {
  const size = upload.bytes.length;
  if (size === 0) throw badRequest("file must be non-empty");
  const image = kind === "photo" ? checkPhoto(upload) : { width: 0, height: 0 };
  const number = countNext(world.state, "file");
  const uniqueId = `AgAD${String(number).padStart(6, "0")}`;
  const name = cleanFileName(upload.name);
  const file: StoredFile = {
    uniqueId,
    kind,
    name,
    type: kind === "voice" ? "audio/ogg" : mimeTypeOf(name),
    size,
    path: `${kind}s/file_${number}${extname(name)}`,
    ...image,
  };
  world.state.files.set(uniqueId, file);
  world.fileBytes.put(uniqueId, upload.bytes);
  return file;
}

function checkPhoto({ bytes }: Upload): { width: number; height: number } {
  if (bytes.length > largestPhoto) {
    throw badRequest(
      `file of size ${bytes.length} bytes is too big for a photo; the maximum size is ${largestPhoto} bytes`,
    );
  }
  const image = readImageSize(bytes);
  if (image === null) throw badRequest("IMAGE_PROCESS_FAILED");
  const { width, height } = image;
  const ratio = Math.max(width, height) / Math.max(1, Math.min(width, height));
  if (width + height > 10_000 || ratio > 20) throw badRequest("PHOTO_INVALID_DIMENSIONS");
  return image;
}

/** The file that a parameter names: an upload, `attach://part` or a known `file_id`. */
export function requireFile(
  world: World,
  parameters: Parameters,
  kind: FileKind,
  value: string,
  partName: string,
): StoredFile {
  const part = value.startsWith("attach://") ? value.slice("attach://".length) : partName;
  const upload =
    value === "" || value.startsWith("attach://") ? parameters.upload(part) : undefined;
  if (upload !== undefined) {
    if (upload.bytes.length > largestUpload) {
      throw new ApiError(413, "Request Entity Too Large");
    }
    return storeFile(world, kind, upload);
  }
  if (value === "" || value.startsWith("attach://")) {
    throw badRequest(`there is no ${kind} in the request`);
  }
  if (/^https?:\/\//.test(value)) throw badRequest("Wrong HTTP URL specified");
  const known = findFile(world, value);
  if (known === undefined) throw badRequest("Wrong file identifier/HTTP URL specified");
  if (known.kind !== kind) {
    throw badRequest(`can't use file of type ${capital(known.kind)} as ${capital(kind)}`);
  }
  return known;
}

export function findFile(world: World, fileId: string): StoredFile | undefined {
  const uniqueId = /AgAD\d{6}/.exec(fileId)?.[0];
  const file = uniqueId === undefined ? undefined : world.state.files.get(uniqueId);
  return file !== undefined && fileId.startsWith(idPrefixes[file.kind]) ? file : undefined;
}

function common(file: StoredFile) {
  return { file_id: fileIdOf(file), file_unique_id: file.uniqueId, file_size: file.size };
}

export function documentOf(file: StoredFile): Document {
  return { file_name: file.name, mime_type: file.type, ...common(file) };
}

export function voiceOf(file: StoredFile, duration: number): Voice {
  return { duration, mime_type: file.type, ...common(file) };
}

export function stickerOf(file: StoredFile, emoji: string): Sticker {
  return {
    type: "regular",
    width: 512,
    height: 512,
    emoji,
    is_animated: false,
    is_video: false,
    ...common(file),
  };
}

/** Telegram stores a photo in several sizes; here all have the bytes of the original. */
export function photoOf(file: StoredFile): PhotoSize[] {
  const longest = Math.max(file.width, file.height);
  const steps = [90, 320, 800, 1280].filter((step) => step < longest);
  return [...steps, longest].map((step, index) => {
    const scale = step / longest;
    return {
      file_id: fileIdOf(file, `s${index}`),
      file_unique_id: `${file.uniqueId}s${index}`,
      width: Math.max(1, Math.round(file.width * scale)),
      height: Math.max(1, Math.round(file.height * scale)),
      file_size: Math.max(1, Math.round(file.size * scale)),
    };
  });
}

function cleanFileName(name: string): string {
  const base = name.split(/[/\\]/).at(-1) ?? "";
  return base === "" ? "file" : base;
}

function capital(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}
