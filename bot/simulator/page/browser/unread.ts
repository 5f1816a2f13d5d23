import type { ChatView, MessageView } from "../views.ts";
import { act } from "./requests.ts";

export function countUnread(chat: ChatView, personId: number): number {
  return chat.messages.filter((view) => isUnread(chat, view, personId)).length;
}

export function isUnread(chat: ChatView, { message }: MessageView, personId: number): boolean {
  return message.message_id > chat.readUpTo && message.from?.id !== personId;
}

/** Tells that the person has seen everything in the chat. */
export function markRead(chat: ChatView, personId: number): void {
  const last = chat.messages.at(-1)?.message.message_id ?? 0;
  if (last <= chat.readUpTo || document.hidden) return;
  chat.readUpTo = last;
  void act(personId, "read", { chatKey: chat.key, messageId: last });
}
