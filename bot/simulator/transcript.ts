import type { InlineKeyboardMarkup, Message } from "grammy/types";
import { replyRows } from "./chats.ts";
import type { Chat } from "./state.ts";

/** A chat as text, for a failed test's message and for reading in a terminal. */
export function writeTranscript(chat: Chat): string {
  const lines = [...chat.messages.values()].map(({ message }) => describeMessage(message));
  const rows = replyRows(chat);
  if (rows.length > 0) lines.push("--- keyboard ---", ...rows.map((row) => labelsOf(row)));
  return lines.join("\n");
}

function describeMessage(message: Message): string {
  const name = message.from?.first_name ?? "—";
  const edited = message.edit_date === undefined ? "" : " (edited)";
  const markup = message.reply_markup;
  return [
    `#${message.message_id} ${name}${edited}: ${describeContent(message)}`,
    ...(markup === undefined ? [] : describeButtons(markup)),
  ].join("\n");
}

function describeContent(message: Message): string {
  if (message.text !== undefined) return message.text;
  const caption = message.caption === undefined ? "" : ` ${message.caption}`;
  if (message.document !== undefined) return `<file ${message.document.file_name}>${caption}`;
  if (message.photo !== undefined) return `<photo>${caption}`;
  if (message.voice !== undefined) return `<voice>${caption}`;
  if (message.contact !== undefined) return `<contact ${message.contact.first_name}>`;
  if (message.location !== undefined) return "<location>";
  if (message.sticker !== undefined) return `<sticker ${message.sticker.emoji ?? ""}>`;
  return "<service message>";
}

function describeButtons(markup: InlineKeyboardMarkup): string[] {
  return markup.inline_keyboard.map((row) => `    ${labelsOf(row)}`);
}

function labelsOf(row: readonly { text: string }[]): string {
  return row.map(({ text }) => `[${text}]`).join(" ");
}
