import type { ChatView, MessageView } from "../views.ts";
import type { Composer } from "./composer.ts";
import { copy } from "./inline_keyboard.ts";
import type { Phone } from "./phone.ts";
import { pickChat } from "./pick_chat.ts";
import { act } from "./requests.ts";
import { openMenu } from "./sheet.ts";

type Item = Parameters<typeof openMenu>[2][number];

/** What can be done with a message: by its arrow, the right button or a long press. */
export function openMessageMenu(
  phone: Phone,
  chat: ChatView,
  { message }: MessageView,
  composer: Composer,
): void {
  const { personId } = phone;
  const text = message.text ?? message.caption;
  const isOwn = message.from?.id === personId;
  const items: (Item | false)[] = [
    { label: "Ответить", icon: "reply", act: () => composer.replyTo(message) },
    text !== undefined && { label: "Копировать", icon: "copy", act: () => void copy(phone, text) },
    {
      label: "Переслать",
      icon: "forward",
      act: () => void forward(phone, chat.key, message.message_id),
    },
    isOwn &&
      message.text !== undefined &&
      chat.kind === "bot" && { label: "Изменить", icon: "edit", act: () => composer.edit(message) },
    chat.kind === "bot" && {
      label: "Удалить",
      icon: "trash",
      isDangerous: true,
      act: () => void act(personId, "delete", { messageId: message.message_id }),
    },
  ];
  openMenu(
    phone.element,
    "Действия с сообщением",
    items.filter((item) => item !== false),
  );
}

async function forward(phone: Phone, chatKey: string, messageId: number): Promise<void> {
  const toChatKey = await pickChat(phone, "Кому переслать?");
  if (toChatKey === null) return;
  const sent = await act(phone.personId, "forward", { chatKey, messageId, toChatKey });
  if (sent === null) phone.toast("Это сообщение нельзя переслать");
  else phone.openChat(toChatKey);
}
