import type { InlineKeyboardButton, ReplyKeyboardMarkup } from "grammy/types";
import { MENU } from "./texts_common.ts";

/** The keyboard that stands under the chat. */
export const MAIN_MENU: ReplyKeyboardMarkup = {
  keyboard: [
    [{ text: MENU.newEstimate }, { text: MENU.estimates }],
    [{ text: MENU.clients }, { text: MENU.projects }],
    [{ text: MENU.settings }, { text: MENU.help }],
  ],
  is_persistent: true,
  resize_keyboard: true,
};

/** At most two in a row: a thumb in a glove. */
export function inPairs(buttons: readonly InlineKeyboardButton[]): InlineKeyboardButton[][] {
  const rows: InlineKeyboardButton[][] = [];
  for (let index = 0; index < buttons.length; index += 2)
    rows.push(buttons.slice(index, index + 2));
  return rows;
}

/** Telegram cuts long labels by the width of the phone; a label is one line anyway. */
export const LABEL_LENGTH = 60;
