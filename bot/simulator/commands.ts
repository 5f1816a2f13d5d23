import type { BotCommand, MenuButton } from "grammy/types";
import type { Chat } from "./state.ts";
import type { World } from "./world.ts";

/** What a scope of commands is stored under; the same names as Telegram's scopes. */
export function commandsKey(scope: string, language: string): string {
  return `${scope}|${language}`;
}

/** The commands that a person sees in the private chat: the narrowest scope, then the language. */
export function commandsFor(world: World, chat: Chat, language: string | undefined): BotCommand[] {
  const scopes = [`chat:${chat.memberIds[0] ?? 0}`, "all_private_chats", "default"];
  const languages = [language?.slice(0, 2) ?? "", ""];
  for (const scope of scopes) {
    for (const code of languages) {
      const commands = world.state.commands.get(commandsKey(scope, code));
      if (commands !== undefined) return commands;
    }
  }
  return [];
}

/** The chat's own menu button, or the one for all chats. */
export function menuButtonOf(world: World, chat: Chat | null): MenuButton {
  return chat?.menuButton ?? world.state.menuButton;
}
