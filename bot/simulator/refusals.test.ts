import { beforeEach, describe, expect, test } from "vitest";
import type { Message } from "grammy/types";
import type { Person } from "./person.ts";
import { createTestSimulator, testToken } from "./testing.ts";

let made: ReturnType<typeof createTestSimulator>;
let person: Person;

beforeEach(() => {
  made = createTestSimulator();
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
});

async function send(parameters: Record<string, unknown>): Promise<Message> {
  const answer = await made.call("sendMessage", { chat_id: person.id, text: "да", ...parameters });
  expect(answer.description).toBeUndefined();
  return answer.result as Message;
}

const inline = (button: object) => ({ inline_keyboard: [[button]] });

describe("a message is refused as Telegram refuses it", () => {
  test.each<[string, Record<string, unknown>]>([
    ["message text is empty", { text: "" }],
    ["text must be non-empty", { text: " \n\u200b" }],
    ["text must be non-empty", { text: "<b> </b>", parse_mode: "HTML" }],
    ["message is too long", { text: "ы".repeat(4097) }],
    ["text is too long", { text: "ы".repeat(20_000) }],
    ["unsupported parse_mode", { parse_mode: "BBCode" }],
    ["chat_id is empty", { chat_id: "" }],
    ["chat not found", { chat_id: 42 }],
    ["chat not found", { chat_id: "@someone" }],
    ["message to be replied not found", { reply_parameters: { message_id: 99 } }],
    ["BUTTON_DATA_INVALID", { reply_markup: inline({ text: "A", callback_data: "ы".repeat(33) }) }],
    [
      "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
      { reply_markup: inline({ text: "A" }) },
    ],
    [
      "can't parse inline keyboard button: Can't find field \"text\"",
      { reply_markup: inline({ callback_data: "a" }) },
    ],
    ['field "inline_keyboard" must be of type Array', { reply_markup: { inline_keyboard: null } }],
    [
      'field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
      { reply_markup: { inline_keyboard: [{ text: "A", callback_data: "a" }] } },
    ],
    ["object expected as reply markup", { reply_markup: [] }],
    ["can't parse reply keyboard markup JSON object", { reply_markup: "{" }],
    [
      "inline keyboard button URL 'localhost:8080/app' is invalid: Wrong HTTP URL",
      { reply_markup: inline({ text: "A", url: "localhost:8080/app" }) },
    ],
    [
      "inline keyboard button Web App URL 'http://127.0.0.1/app' is invalid: Only HTTPS links are allowed",
      { reply_markup: inline({ text: "A", web_app: { url: "http://127.0.0.1/app" } }) },
    ],
    [
      "keyboard button Web App URL 'http://a.ru/' is invalid: Only HTTPS links are allowed",
      { reply_markup: { keyboard: [[{ text: "A", web_app: { url: "http://a.ru/" } }]] } },
    ],
    [
      "BUTTON_COPY_TEXT_INVALID",
      { reply_markup: inline({ text: "A", copy_text: { text: "x".repeat(257) } }) },
    ],
  ])("%s", async (description, parameters) => {
    const answer = await made.refusal("sendMessage", {
      chat_id: person.id,
      text: "да",
      ...parameters,
    });
    expect(answer).toBe(`400 Bad Request: ${description}`);
  });

  test("nothing is left in the chat after a refusal", async () => {
    const before = person.messages().length;
    await made.refusal("sendMessage", { chat_id: person.id, text: "<b>", parse_mode: "HTML" });
    expect(person.messages()).toHaveLength(before);
  });
});

describe("the longest that passes", () => {
  test("4096 characters of text count code points, not UTF-16 units", async () => {
    expect((await send({ text: "😀".repeat(4096) })).text).toHaveLength(8192);
  });

  test("64 bytes of callback data are 32 Cyrillic letters", async () => {
    await send({ reply_markup: inline({ text: "A", callback_data: "ы".repeat(32) }) });
    expect(person.buttons()).toEqual([["A"]]);
  });
});

describe("editing is refused", () => {
  test("when nothing changes, keyboard included", async () => {
    const markup = inline({ text: "A", callback_data: "a" });
    const { message_id } = await send({ reply_markup: markup });
    const same = { chat_id: person.id, message_id, text: "да", reply_markup: markup };
    expect(await made.refusal("editMessageText", same)).toBe(
      "400 Bad Request: message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    );
    expect((await made.call("editMessageText", { ...same, reply_markup: undefined })).ok).toBe(
      true,
    );
  });

  test("when formatting changes nothing", async () => {
    const { message_id } = await send({ text: "<b>да</b>", parse_mode: "HTML" });
    const again = { chat_id: person.id, message_id, text: "*да*", parse_mode: "MarkdownV2" };
    expect(await made.refusal("editMessageText", again)).toContain("message is not modified");
  });

  test("when the message is not there", async () => {
    const gone = { chat_id: person.id, message_id: 77, text: "нет" };
    expect(await made.refusal("editMessageText", gone)).toBe(
      "400 Bad Request: message to edit not found",
    );
  });

  test("when a person wrote the message", async () => {
    const { message_id } = person.sendText("моё");
    const foreign = { chat_id: person.id, message_id, text: "чужое" };
    expect(await made.refusal("editMessageText", foreign)).toBe(
      "400 Bad Request: message can't be edited",
    );
  });

  test("when the message came with a reply keyboard, its removal or a forced reply", async () => {
    const markups = [{ keyboard: [["A"]] }, { remove_keyboard: true }, { force_reply: true }];
    for (const markup of markups) {
      const { message_id } = await send({ reply_markup: markup });
      const edit = { chat_id: person.id, message_id, text: "другое" };
      expect(await made.refusal("editMessageText", edit)).toBe(
        "400 Bad Request: message can't be edited",
      );
    }
  });

  test("when a reply keyboard is given instead of an inline one", async () => {
    const { message_id } = await send({});
    const edit = { chat_id: person.id, message_id, text: "x", reply_markup: { keyboard: [["A"]] } };
    expect(await made.refusal("editMessageText", edit)).toBe(
      "400 Bad Request: inline keyboard expected",
    );
  });

  test("when the new text is too long, with the server's own word", async () => {
    const { message_id } = await send({});
    const edit = { chat_id: person.id, message_id, text: "x".repeat(4097) };
    expect(await made.refusal("editMessageText", edit)).toBe("400 Bad Request: MESSAGE_TOO_LONG");
  });

  test("when a file has no text and a text has no caption", async () => {
    const { message_id } = await send({});
    const caption = { chat_id: person.id, message_id, caption: "x" };
    expect(await made.refusal("editMessageCaption", caption)).toBe(
      "400 Bad Request: there is no caption in the message to edit",
    );
    const fileId = person.sendDocument({ bytes: Buffer.from("x"), name: "x.txt" }).document
      ?.file_id;
    const sent = await made.call("sendDocument", { chat_id: person.id, document: fileId });
    const text = { chat_id: person.id, message_id: (sent.result as Message).message_id, text: "x" };
    expect(await made.refusal("editMessageText", text)).toBe(
      "400 Bad Request: there is no text in the message to edit",
    );
  });
});

describe("deleting is refused", () => {
  test("when the message is not there", async () => {
    expect(await made.refusal("deleteMessage", { chat_id: person.id, message_id: 77 })).toBe(
      "400 Bad Request: message to delete not found",
    );
  });

  test("after 48 hours", async () => {
    const { message_id } = await send({});
    await made.clock.advance(49 * 3_600_000);
    expect(await made.refusal("deleteMessage", { chat_id: person.id, message_id })).toBe(
      "400 Bad Request: message can't be deleted for everyone",
    );
  });

  test("when no message is named", async () => {
    expect(await made.refusal("deleteMessages", { chat_id: person.id, message_ids: [] })).toBe(
      "400 Bad Request: message identifiers are not specified",
    );
  });
});

describe("a chat is refused", () => {
  test("403 after the person has blocked the bot, until unblocked", async () => {
    person.block();
    const text = { chat_id: person.id, text: "да" };
    expect(await made.refusal("sendMessage", text)).toBe(
      "403 Forbidden: bot was blocked by the user",
    );
    expect(await made.refusal("sendChatAction", { chat_id: person.id, action: "typing" })).toBe(
      "403 Forbidden: bot was blocked by the user",
    );
    person.unblock();
    expect((await made.call("sendMessage", text)).ok).toBe(true);
  });

  test("400 before the person has ever met the bot, 403 when met without a start", async () => {
    const stranger = made.simulator.person({ firstName: "Иван" });
    const text = { chat_id: stranger.id, text: "да" };
    expect(await made.refusal("sendMessage", text)).toBe("400 Bad Request: chat not found");
    stranger.typeInline("смета");
    expect(await made.refusal("sendMessage", text)).toBe(
      "403 Forbidden: bot can't initiate conversation with a user",
    );
  });
});

describe("answers to presses are refused", () => {
  async function press() {
    await send({ reply_markup: inline({ text: "A", callback_data: "a" }) });
    return person.press("A").queryId;
  }
  const tooOld =
    "400 Bad Request: query is too old and response timeout expired or query ID is invalid";

  test("when unknown, and the second time", async () => {
    expect(await made.refusal("answerCallbackQuery", { callback_query_id: "1" })).toBe(tooOld);
    const id = await press();
    expect((await made.call("answerCallbackQuery", { callback_query_id: id })).ok).toBe(true);
    expect(await made.refusal("answerCallbackQuery", { callback_query_id: id })).toBe(tooOld);
  });

  test("when too late", async () => {
    const id = await press();
    await made.clock.advance(31_000);
    expect(await made.refusal("answerCallbackQuery", { callback_query_id: id })).toBe(tooOld);
  });

  test("when the text is over 200 characters", async () => {
    const answer = { callback_query_id: await press(), text: "x".repeat(201) };
    expect(await made.refusal("answerCallbackQuery", answer)).toBe(
      "400 Bad Request: MESSAGE_TOO_LONG",
    );
  });

  test("when the link is not one of the bot itself", async () => {
    const id = await press();
    const answer = { callback_query_id: id, url: "https://example.com/" };
    expect(await made.refusal("answerCallbackQuery", answer)).toBe("400 Bad Request: URL_INVALID");
  });
});

describe("files are refused", () => {
  test("when there is none in the request", async () => {
    expect(await made.refusal("sendDocument", { chat_id: person.id })).toBe(
      "400 Bad Request: there is no document in the request",
    );
  });

  test("when the id is unknown or of another kind", async () => {
    const photo = person.sendPhoto().photo?.at(-1)?.file_id;
    expect(await made.refusal("sendDocument", { chat_id: person.id, document: photo })).toBe(
      "400 Bad Request: can't use file of type Photo as Document",
    );
    expect(await made.refusal("sendDocument", { chat_id: person.id, document: "nonsense" })).toBe(
      "400 Bad Request: wrong file identifier/HTTP URL specified",
    );
    expect(await made.refusal("getFile", { file_id: "nonsense" })).toBe(
      "400 Bad Request: invalid file_id",
    );
  });

  test("when a bot downloads more than 20 MB", async () => {
    const bytes = Buffer.alloc(20 * 1024 * 1024 + 1);
    const { document } = person.sendDocument({ bytes, name: "смета.xlsx" });
    expect(await made.refusal("getFile", { file_id: document?.file_id })).toBe(
      "400 Bad Request: file is too big",
    );
  });

  test("when a bot uploads more than 50 MB", async () => {
    const body = new FormData();
    body.set("chat_id", String(person.id));
    body.set("document", new Blob([new Uint8Array(50 * 1024 * 1024 + 1)]), "смета.zip");
    const url = `http://simulator/bot${testToken}/sendDocument`;
    const response = await made.simulator.fetch(new Request(url, { method: "POST", body }));
    expect(await response.json()).toMatchObject({
      error_code: 413,
      description: "Request Entity Too Large",
    });
  });

  test("when the caption is over 1024 characters", async () => {
    const { document } = person.sendDocument({ bytes: Buffer.from("x"), name: "x.txt" });
    const caption = "x".repeat(1025);
    const parameters = { chat_id: person.id, document: document?.file_id, caption };
    expect(await made.refusal("sendDocument", parameters)).toBe(
      "400 Bad Request: message caption is too long",
    );
  });

  test("when an album mixes kinds or is too large", async () => {
    const photo = { type: "photo", media: person.sendPhoto().photo?.at(-1)?.file_id };
    const file = person.sendDocument({ bytes: Buffer.from("x"), name: "x.txt" }).document?.file_id;
    const mixed = [photo, { type: "document", media: file }];
    expect(await made.refusal("sendMediaGroup", { chat_id: person.id, media: mixed })).toBe(
      "400 Bad Request: can't use the media of the specified type in the album",
    );
    const many = Array.from({ length: 11 }, () => photo);
    expect(await made.refusal("sendMediaGroup", { chat_id: person.id, media: many })).toBe(
      "400 Bad Request: too many messages to send as an album",
    );
  });
});

describe("commands and the menu button are refused", () => {
  test.each<[string, string, Record<string, unknown>]>([
    [
      "BOT_COMMAND_INVALID",
      "setMyCommands",
      { commands: [{ command: "Сметы", description: "x" }] },
    ],
    [
      "command description must be non-empty",
      "setMyCommands",
      { commands: [{ command: "new", description: "" }] },
    ],
    [
      "BOT_COMMANDS_TOO_MUCH",
      "setMyCommands",
      { commands: Array.from({ length: 101 }, (_, n) => ({ command: `c${n}`, description: "x" })) },
    ],
    ["invalid language code specified", "setMyCommands", { commands: [], language_code: "rus" }],
    [
      "can't parse BotCommandScope: Unsupported type specified",
      "setMyCommands",
      { commands: [], scope: { type: "everyone" } },
    ],
    [
      "menu button Web App URL 'http://a.ru/' is invalid: Only HTTPS links are allowed",
      "setChatMenuButton",
      { menu_button: { type: "web_app", text: "Сметы", web_app: { url: "http://a.ru/" } } },
    ],
    [
      "can't parse menu button: MenuButton has unsupported type",
      "setChatMenuButton",
      { menu_button: { type: "x" } },
    ],
  ])("%s", async (description, method, parameters) => {
    expect(await made.refusal(method, parameters)).toBe(`400 Bad Request: ${description}`);
  });
});

test("an http Mini App is allowed only when the simulator was told so", async () => {
  made = createTestSimulator({ allowInsecureMiniApp: true });
  person = made.simulator.person({ firstName: "Алексей" });
  person.start();
  await send({
    reply_markup: inline({ text: "A", web_app: { url: "http://127.0.0.1:8080/app/" } }),
  });
  expect(person.press("A").launched?.url).toContain("http://127.0.0.1:8080/app/#tgWebAppData=");
});
