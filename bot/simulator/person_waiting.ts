import type { Message } from "grammy/types";
import { botChatOf } from "./chats.ts";
import type { Chronicle } from "./chronicle.ts";
import { findFile } from "./files.ts";
import { writeTranscript } from "./transcript.ts";
import { waitReal, waitLimitMs } from "./waiting.ts";
import type { World } from "./world.ts";

/** A part of the text or caption, a pattern, or any condition. */
type MessageTest = string | RegExp | ((message: Message) => boolean);

export type PersonWaiting = {
  /**
   * The bot's first message in the chat with this person, sent or edited since the person's last
   * action, that passes; as it was at that moment. Rejects after ten real seconds and shows the chat.
   */
  waitFor(test: MessageTest, options?: { limitMs?: number; chatKey?: string }): Promise<Message>;
  /** The bytes of a message's file, as the person would open it. */
  download(message: Message): Uint8Array;
};

export function createPersonWaiting(
  world: World,
  chronicle: Chronicle,
  personId: number,
  mark: { since: number },
): PersonWaiting {
  function waitFor(
    test: MessageTest,
    options: { limitMs?: number; chatKey?: string } = {},
  ): Promise<Message> {
    const chat = botChatOf(world, personId);
    const chatKey = options.chatKey ?? chat.key;
    const since = mark.since;
    const look = () =>
      chronicle
        .since(since)
        .find(
          ({ chatKey: key, message }) =>
            key === chatKey && isByBot(world, message) && passes(message, test),
        )?.message;
    const explain = () =>
      `no message passed ${describeTest(test)}; the chat of ${personId}:\n${writeTranscript(chat)}`;
    return waitReal(world.events, look, explain, options.limitMs ?? waitLimitMs);
  }

  return {
    waitFor,
    download(message) {
      const fileId =
        message.document?.file_id ?? message.photo?.at(-1)?.file_id ?? message.voice?.file_id;
      const file = fileId === undefined ? undefined : findFile(world, fileId);
      const bytes = file === undefined ? undefined : world.fileBytes.get(file.uniqueId);
      if (bytes === undefined) throw new Error(`message ${message.message_id} has no file`);
      return bytes;
    },
  };
}

function isByBot(world: World, message: Message): boolean {
  return message.from?.id === world.bot.id || message.via_bot?.id === world.bot.id;
}

function passes(message: Message, test: MessageTest): boolean {
  if (typeof test === "function") return test(message);
  const text = message.text ?? message.caption ?? "";
  return typeof test === "string" ? text.includes(test) : test.test(text);
}

function describeTest(test: MessageTest): string {
  return typeof test === "function" ? "the test" : String(test);
}
