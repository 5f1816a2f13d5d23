import { viewAvatar } from "./avatar.ts";
import { h } from "./dom.ts";
import type { Phone } from "./phone.ts";
import { act } from "./requests.ts";
import { openSheet } from "./sheet.ts";

/** Asks for a chat: with the bot or with another person. Null when the person leaves it. */
export function pickChat(phone: Phone, title: string): Promise<string | null> {
  const { model, personId } = phone;
  const others = model.people().filter(({ id }) => id !== personId);
  return new Promise((resolve) => {
    openSheet(phone.element, { title, onClose: () => resolve(null) }, (close) => {
      const choose = async (find: () => Promise<string | null>) => {
        const chatKey = await find();
        resolve(chatKey);
        close();
      };
      const row = (name: string, note: string, find: () => Promise<string | null>) =>
        h(
          "button",
          { class: "chat-row", type: "button", on: { click: () => void choose(find) } },
          viewAvatar(name),
          h(
            "span",
            { class: "chat-row-text" },
            h("span", { class: "chat-row-title" }, name),
            h("span", { class: "chat-row-last" }, note),
          ),
        );
      return [
        ...others.map((other) =>
          row(other.name, other.role, async () => {
            const opened = await act<{ chatKey: string }>(personId, "chat", { otherId: other.id });
            return opened?.chatKey ?? null;
          }),
        ),
        row(model.bot().name, "бот", async () => phone.botChatKey()),
      ];
    });
  });
}
