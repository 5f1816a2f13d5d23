import { badRequest } from "../api_error.ts";
import { requireChat, userOfBot } from "../chats.ts";
import {
  documentOf,
  findFile,
  fileIdOf,
  largestDownload,
  photoOf,
  requireFile,
  voiceOf,
} from "../files.ts";
import { addMessage, type Content } from "../messages.ts";
import { fieldsOf } from "../json_fields.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import { countNext, type FileKind, type StoredFile } from "../state.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";
import {
  captionFrom,
  checkCaptionLength,
  findReplied,
  readCaption,
  readReply,
  requiredArgument,
  sendContent,
} from "./sending.ts";

export const mediaMethods: Methods = {
  senddocument: ({ world }, parameters) => sendFile(world, parameters, "document"),
  sendphoto: ({ world }, parameters) => sendFile(world, parameters, "photo"),
  sendvoice: ({ world }, parameters) => sendFile(world, parameters, "voice"),
  sendaudio: ({ world }, parameters) => sendFile(world, parameters, "audio"),
  sendmediagroup: ({ world }, parameters) => sendAlbum(world, parameters),
  getfile({ world }, parameters) {
    const file = findFile(world, parameters.text("file_id"));
    if (file === undefined) throw badRequest("invalid file_id");
    if (file.size > largestDownload) throw badRequest("file is too big");
    return {
      file_id: fileIdOf(file),
      file_unique_id: file.uniqueId,
      file_size: file.size,
      file_path: file.path,
    };
  },
};

function sendFile(world: World, parameters: Parameters, kind: FileKind) {
  const hasFile = parameters.text(kind) !== "" || parameters.upload(kind) !== undefined;
  if (!hasFile) throw badRequest(`There is no ${kind} in the request`);
  const caption = captionFrom(parameters);
  return sendContent(world, parameters, () => {
    checkCaptionLength(caption);
    const file = requireFile(world, parameters, kind, parameters.text(kind), kind);
    return { ...fileContent(file, parameters.integer("duration")), ...caption };
  });
}

export function fileContent(file: StoredFile, duration = 0): Content {
  if (file.kind === "photo") return { photo: photoOf(file) };
  if (file.kind === "voice") return { voice: voiceOf(file, duration) };
  if (file.kind === "audio") {
    return { audio: { ...voiceOf(file, duration), mime_type: file.type, file_name: file.name } };
  }
  return { document: documentOf(file) };
}

function sendAlbum(world: World, parameters: Parameters) {
  const reply = readReply(parameters);
  requiredArgument(parameters, "media");
  const media = parameters.json("media", "Can't parse media JSON object");
  if (!Array.isArray(media)) throw badRequest("Expected an Array of InputMedia");
  const drafts = media.map((item) => readInputMedia(item));
  const chat = requireChat(world, parameters.text("chat_id"), "write");
  const replyTo = findReplied(chat, reply);
  if (drafts.length === 0) throw badRequest("There are no messages to send");
  if (drafts.length > 10) throw badRequest("Too many messages to send as an album");
  if (new Set(drafts.map(({ kind }) => kind)).size > 1) {
    throw badRequest("Can't use the media of the specified type in the album");
  }
  const contents = drafts.map(({ kind, media, caption }) => {
    checkCaptionLength(caption);
    return { ...fileContent(requireFile(world, parameters, kind, media, kind)), ...caption };
  });
  const album = contents.length < 2 ? {} : { media_group_id: nextAlbumId(world) };
  return contents.map(
    (content) =>
      addMessage(world, chat, {
        author: "bot",
        from: userOfBot(world),
        content: { ...album, ...content },
        replyTo,
      }).message,
  );
}

export function nextAlbumId(world: World): string {
  return String(13_500_000_000_000_000n + BigInt(countNext(world.state, "album")));
}

export type InputMedia = { kind: FileKind; media: string; caption: Content };

export function readInputMedia(value: unknown): InputMedia {
  const complain = (what: string) => badRequest(`Can't parse InputMedia: ${what}`);
  if (!isRecord(value)) throw complain("expected an Object");
  const fields = fieldsOf(value, complain);
  const caption = readCaption(
    fields.optionalText("caption"),
    fields.optionalText("parse_mode"),
    value["caption_entities"],
  );
  const type = fields.text("type");
  const media = fields.optionalText("media");
  if (media === "") throw complain("media not found");
  if (type !== "photo" && type !== "document" && type !== "audio") {
    throw complain(`type "${type}" is unsupported`);
  }
  return { kind: type, media, caption };
}
