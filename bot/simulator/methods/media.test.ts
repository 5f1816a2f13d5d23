import { beforeEach, describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import type { Person } from "../person.ts";
import { onePixel } from "../sample_files.ts";
import { createTestSimulator, testToken, type ApiAnswer } from "../testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

const call = (method: string, rest: object = {}) =>
  made.call(method, { chat_id: person.id, ...rest });
const refusal = (method: string, rest: object = {}) =>
  made.refusal(method, { chat_id: person.id, ...rest });

/** As a client library uploads: multipart, the files beside the parameters. */
async function upload(
  method: string,
  parts: Record<string, string | { name: string; bytes: Uint8Array }>,
): Promise<ApiAnswer> {
  const body = new FormData();
  body.set("chat_id", String(person.id));
  for (const [name, part] of Object.entries(parts)) {
    if (typeof part === "string") body.set(name, part);
    else body.set(name, new Blob([Buffer.from(part.bytes)]), part.name);
  }
  const url = `http://simulator/bot${testToken}/${method}`;
  const response = await made.simulator.fetch(new Request(url, { method: "POST", body }));
  return (await response.json()) as ApiAnswer;
}

const png = (bytes: Uint8Array = onePixel) => ({ name: "photo.png", bytes });

/** A PNG by its header, of any size. */
function picture(width: number, height: number): Uint8Array {
  const bytes = Buffer.from(onePixel);
  bytes.writeUInt32BE(width, 16);
  bytes.writeUInt32BE(height, 20);
  return bytes;
}

test("each kind is sent as itself and known by its id afterwards", async () => {
  const { result } = await upload("sendPhoto", { photo: png(picture(1000, 500)) });
  const { photo } = result as Message;
  expect(photo?.map(({ width, height }) => [width, height])).toEqual([
    [90, 45],
    [320, 160],
    [800, 400],
    [1000, 500],
  ]);
  const again = { photo: photo?.at(-1)?.file_id, caption: "Кухня" };
  expect((await call("sendPhoto", again)).result).toMatchObject({ photo, caption: "Кухня" });

  const voice = { name: "a.ogg", bytes: Buffer.from("OggS") };
  expect((await upload("sendVoice", { voice, duration: "7" })).result).toMatchObject({
    voice: { duration: 7, mime_type: "audio/ogg" },
  });
  const audio = { name: "песня.mp3", bytes: Buffer.from("ID3") };
  expect((await upload("sendAudio", { audio })).result).toMatchObject({
    audio: { duration: 0, file_name: "песня.mp3", mime_type: "audio/mpeg" },
  });
});

describe("a file is refused", () => {
  test.each<[string, Uint8Array]>([
    ["file must be non-empty", Buffer.alloc(0)],
    ["IMAGE_PROCESS_FAILED", Buffer.from("это не снимок")],
    ["PHOTO_INVALID_DIMENSIONS", picture(6000, 4001)],
    ["PHOTO_INVALID_DIMENSIONS", picture(210, 10)],
    [
      "file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
      Buffer.alloc(10 * 1024 * 1024 + 1),
    ],
  ])("%s", async (description, bytes) => {
    expect((await upload("sendPhoto", { photo: png(bytes) })).description).toBe(
      `Bad Request: ${description}`,
    );
  });

  test("by an address, or when its part is not there", async () => {
    expect(await refusal("sendPhoto", { photo: "https://a.ru/x.png" })).toBe(
      "400 Bad Request: wrong HTTP URL specified",
    );
    expect((await upload("sendPhoto", { photo: "attach://other" })).description).toBe(
      "Bad Request: there is no photo in the request",
    );
  });

  test("the largest and the longest picture pass", async () => {
    expect((await upload("sendPhoto", { photo: png(picture(6000, 4000)) })).ok).toBe(true);
    expect((await upload("sendPhoto", { photo: png(picture(200, 10)) })).ok).toBe(true);
  });
});

describe("an album", () => {
  test("of uploads has one group id; of one picture it has none", async () => {
    const media = [
      { type: "photo", media: "attach://a", caption: "<b>Кухня</b>", parse_mode: "HTML" },
      { type: "photo", media: "attach://b" },
    ];
    const parts = { media: JSON.stringify(media), a: png(), b: png() };
    const { result } = await upload("sendMediaGroup", parts);
    const [first, second] = result as Message[];
    expect(first).toMatchObject({ caption: "Кухня", caption_entities: [{ type: "bold" }] });
    expect(first?.media_group_id).toBe(second?.media_group_id);
    const one = { media: JSON.stringify(media.slice(1)), b: png() };
    const [single] = (await upload("sendMediaGroup", one)).result as Message[];
    expect(single).not.toHaveProperty("media_group_id");
  });

  const item = "can't parse InputMedia: ";
  test.each<[string, unknown]>([
    ['parameter "media" is required', ""],
    ["can't parse media JSON object", "["],
    ["expected an Array of InputMedia", {}],
    ["there are no messages to send", []],
    [`${item}expected an Object`, ["x"]],
    [`${item}Can't find field "type"`, [{ media: "x" }]],
    [`${item}media not found`, [{ type: "photo" }]],
    [`${item}type "sticker" is unsupported`, [{ type: "sticker", media: "x" }]],
    ["wrong file identifier/HTTP URL specified", [{ type: "audio", media: "x" }]],
  ])("is refused: %s", async (description, media) => {
    expect(await refusal("sendMediaGroup", { media })).toBe(`400 Bad Request: ${description}`);
  });
});

describe("an edit of a file", () => {
  async function sendPhoto(): Promise<number> {
    return ((await upload("sendPhoto", { photo: png(), caption: "Кухня" })).result as Message)
      .message_id;
  }

  test("changes the caption, or takes it away", async () => {
    const message_id = await sendPhoto();
    await call("editMessageCaption", { message_id, caption: "Ванная" });
    expect(person.lastMessage()).toMatchObject({ caption: "Ванная" });
    await call("editMessageCaption", { message_id });
    expect(person.lastMessage()).not.toHaveProperty("caption");
    expect(await refusal("editMessageCaption", { message_id, caption: "x".repeat(1025) })).toBe(
      "400 Bad Request: message caption is too long",
    );
  });

  test("puts a document in the place of a picture, and takes the caption with it", async () => {
    const message_id = await sendPhoto();
    const bytes = Buffer.from("x");
    const parts = {
      message_id: String(message_id),
      media: JSON.stringify({ type: "document", media: "attach://file" }),
      file: { name: "смета.pdf", bytes },
    };
    expect((await upload("editMessageMedia", parts)).ok).toBe(true);
    const edited = person.messages().at(-1);
    if (edited === undefined) throw new Error("the message is gone");
    expect(edited).toMatchObject({ document: { file_name: "смета.pdf" } });
    expect(edited).not.toHaveProperty("photo");
    expect(edited).not.toHaveProperty("caption");
    expect(Buffer.from(person.download(edited))).toEqual(bytes);
  });
});

describe("deleting is refused", () => {
  test.each<[string, string, object]>([
    ["chat identifier is not specified", "deleteMessage", { chat_id: "", message_id: 1 }],
    ["message identifier is not specified", "deleteMessage", {}],
    [
      "too many message identifiers specified",
      "deleteMessages",
      { message_ids: Array.from({ length: 101 }, (_, id) => id) },
    ],
    ["can't parse message identifiers JSON object", "deleteMessages", { message_ids: "[" }],
  ])("%s", async (description, method, parameters) => {
    expect(await refusal(method, parameters)).toBe(`400 Bad Request: ${description}`);
  });

  test("when it is another person's message in a group", async () => {
    const group = made.simulator.group({ title: "Ленина 12", members: [person] });
    group.addBot(person);
    const { message_id } = person.sendText("/new", { chatKey: group.chatKey });
    expect(await made.refusal("deleteMessage", { chat_id: group.id, message_id })).toBe(
      "400 Bad Request: message can't be deleted",
    );
    const own = await made.call("sendMessage", { chat_id: group.id, text: "да" });
    const { message_id: sent } = own.result as Message;
    const gone = { chat_id: group.id, message_id: sent };
    expect((await made.call("deleteMessage", gone)).result).toBe(true);
  });
});
