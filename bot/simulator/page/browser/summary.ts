import type { Message } from "grammy/types";

/** A message in one line, for lists, replies and the pinned bar. */
export function summaryOf(message: Message): string {
  if (message.text !== undefined) return message.text;
  const caption = message.caption === undefined ? "" : `, ${message.caption}`;
  if (message.document !== undefined) return `📎 ${message.document.file_name ?? "Файл"}${caption}`;
  if (message.photo !== undefined) return `🖼 Фотография${caption}`;
  if (message.voice !== undefined) return "🎤 Голосовое сообщение";
  if (message.contact !== undefined) return `👤 ${message.contact.first_name}`;
  if (message.location !== undefined) return "📍 Геопозиция";
  if (message.sticker !== undefined) return `${message.sticker.emoji ?? ""} Стикер`;
  return serviceText(message) ?? "Сообщение";
}

/** What Telegram writes in the middle of a chat; null for ordinary messages. */
export function serviceText(message: Message): string | null {
  const name = message.from?.first_name ?? "";
  if (message.pinned_message !== undefined) {
    const pinned = message.pinned_message;
    const what =
      "text" in pinned && pinned.text !== undefined ? `«${pinned.text.slice(0, 40)}»` : "сообщение";
    return `${name} закрепляет ${what}`;
  }
  if (message.web_app_data !== undefined) {
    return `Вы передали боту данные из «${message.web_app_data.button_text}»`;
  }
  if (message.new_chat_members !== undefined) {
    return `${name} добавляет: ${message.new_chat_members.map((user) => user.first_name).join(", ")}`;
  }
  if (message.left_chat_member !== undefined) {
    return `${name} удаляет: ${message.left_chat_member.first_name}`;
  }
  if (message.write_access_allowed !== undefined) return "Вы разрешили боту писать вам";
  if (message.migrate_to_chat_id !== undefined || message.migrate_from_chat_id !== undefined) {
    return "Группа стала супергруппой";
  }
  return null;
}
