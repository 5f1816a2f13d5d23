import type { Api } from "grammy";
import type { Logger } from "pino";
import { describeError } from "../domain/described_error.ts";
import { COMMANDS } from "./texts_common.ts";
import { PROFILE } from "./texts_start.ts";

/**
 * Tells Telegram the commands, the menu button and the texts of the profile. Repeating it changes
 * nothing; what fails is logged, for the bot works without.
 */
export async function publishProfile(
  api: Api,
  { miniAppUrl, log }: { miniAppUrl: string | null; log: Logger },
): Promise<void> {
  const menuButton = miniAppUrl
    ? ({
        type: "web_app",
        text: PROFILE.menuButton,
        web_app: { url: miniAppUrl },
      } as const)
    : ({ type: "commands" } as const);
  const calls: readonly (readonly [string, () => Promise<unknown>])[] = [
    [
      "setMyCommands",
      () => api.setMyCommands([...COMMANDS], { scope: { type: "all_private_chats" } }),
    ],
    ["setChatMenuButton", () => api.setChatMenuButton({ menu_button: menuButton })],
    ["setMyDescription", () => api.setMyDescription(PROFILE.description)],
    ["setMyShortDescription", () => api.setMyShortDescription(PROFILE.shortDescription)],
  ];
  for (const [method, call] of calls) {
    try {
      await call();
    } catch (error) {
      log.warn({ error: describeError(error), method }, "could not publish the profile");
    }
  }
}
