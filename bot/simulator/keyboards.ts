import type {
  ForceReply,
  InlineKeyboardButton,
  InlineKeyboardMarkup,
  KeyboardButton,
  ReplyKeyboardMarkup,
  ReplyKeyboardRemove,
} from "grammy/types";
import { badRequest } from "./api_error.ts";
import { countCharacters } from "./characters.ts";
import { checkLink } from "./links.ts";
import { isRecord, type Parameters } from "./parameters.ts";

export type Markup = InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove | ForceReply;

/** Reads `reply_markup` as telegram-bot-api's `get_reply_markup` does. Null when there is none. */
export function readMarkup(parameters: Parameters): Markup | null {
  const value = parameters.json("reply_markup", "Can't parse reply keyboard markup JSON object");
  return value === undefined ? null : markupFrom(value);
}

export function markupFrom(value: unknown): Markup | null {
  if (!isRecord(value)) throw badRequest("Object expected as reply markup");
  const keyboard = rowsOf(value, "keyboard", 'Field "keyboard" must be an Array of Arrays');
  const inline = rowsOf(
    value,
    "inline_keyboard",
    'Field "inline_keyboard" of the InlineKeyboardMarkup must be an Array of Arrays',
  );
  const replyRows = keyboard.map((row) => row.map((button) => readReplyButton(button)));
  const inlineRows = inline.map((row) => row.map((button) => readInlineButton(button)));
  const placeholder = optionalText(value, "input_field_placeholder");
  const shared = {
    ...(placeholder === "" ? {} : { input_field_placeholder: placeholder }),
    ...(isTrue(value, "selective") ? { selective: true } : {}),
  };
  if (replyRows.length > 0) {
    const flags = ["is_persistent", "resize_keyboard", "one_time_keyboard"];
    const set = Object.fromEntries(
      flags.filter((name) => isTrue(value, name)).map((n) => [n, true]),
    );
    return { keyboard: replyRows, ...set, ...shared };
  }
  if (inlineRows.length > 0) return { inline_keyboard: inlineRows };
  if (isTrue(value, "remove_keyboard")) return { remove_keyboard: true };
  if (isTrue(value, "force_reply")) return { force_reply: true, ...shared };
  return null;
}

export type MarkupRules = {
  isInlineOnly: boolean;
  isPrivate: boolean;
  /** Telegram refuses `http:` Mini Apps; the simulator may be told to allow them. */
  mayBeInsecure: boolean;
};

/** What TDLib and the server refuse after the request was read. Returns the markup as stored. */
export function checkMarkup(markup: Markup | null, rules: MarkupRules): Markup | null {
  if (markup === null) return null;
  if ("inline_keyboard" in markup) {
    const rows = filled(markup.inline_keyboard).map((row) =>
      row.map((button) => checkInlineButton(button, rules)),
    );
    return rows.length === 0 ? null : { inline_keyboard: rows };
  }
  if (rules.isInlineOnly) throw badRequest("Inline keyboard expected");
  if (!("keyboard" in markup)) return markup;
  const rows = filled(markup.keyboard.map((row) => row.map((button) => asObject(button))));
  for (const button of rows.flat()) checkReplyButton(button, rules);
  return rows.length === 0 ? null : { ...markup, keyboard: rows };
}

/** An inline keyboard stays with a forwarded message only when all its buttons are links. */
export function isLinksOnly(markup: InlineKeyboardMarkup): boolean {
  return markup.inline_keyboard.flat().every((button) => "url" in button);
}

export function sameMarkup(a: Markup | null | undefined, b: Markup | null | undefined): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

type ReplyButton = Exclude<KeyboardButton, string>;

function asObject(button: KeyboardButton): ReplyButton {
  return typeof button === "string" ? { text: button } : button;
}

/** Buttons without a text are left out, and so are rows without buttons. */
function filled<Button extends { text: string }>(rows: Button[][]): Button[][] {
  return rows
    .map((row) => row.filter((button) => button.text !== "").slice(0, 12))
    .filter((row) => row.length > 0);
}

function rowsOf(value: Record<string, unknown>, name: string, complaint: string): unknown[][] {
  const rows = value[name];
  if (rows === undefined) return [];
  if (!Array.isArray(rows)) throw badRequest(`Field "${name}" must be of type Array`);
  if (!rows.every((row) => Array.isArray(row))) throw badRequest(complaint);
  return rows;
}

function readReplyButton(value: unknown): ReplyButton {
  const complain = (what: string) => badRequest(`Can't parse keyboard button: ${what}`);
  if (typeof value === "string") return { text: value };
  if (!isRecord(value)) throw complain("KeyboardButton must be a String or an Object");
  const text = requiredText(value, "text", complain);
  if (isTrue(value, "request_contact")) return styled(value, { text, request_contact: true });
  if (isTrue(value, "request_location")) return styled(value, { text, request_location: true });
  if (value["web_app"] !== undefined) {
    return styled(value, { text, web_app: webAppOf(value, complain) });
  }
  for (const name of ["request_poll", "request_users", "request_chat"]) {
    if (value[name] !== undefined) {
      return styled(value, { text, [name]: value[name] });
    }
  }
  return styled(value, { text });
}

function readInlineButton(value: unknown): InlineKeyboardButton {
  const complain = (what: string) => badRequest(`Can't parse inline keyboard button: ${what}`);
  if (!isRecord(value)) throw complain("InlineKeyboardButton must be an Object");
  const text = requiredText(value, "text", complain);
  const url = optionalText(value, "url");
  if (url !== "") return styled(value, { text, url });
  const data = optionalText(value, "callback_data");
  if (data !== "") return styled(value, { text, callback_data: data });
  for (const name of ["switch_inline_query", "switch_inline_query_current_chat"] as const) {
    if (value[name] !== undefined) {
      const query = requiredText(value, name, complain);
      return styled(value, { text, [name]: query } as unknown as InlineKeyboardButton);
    }
  }
  for (const name of ["switch_inline_query_chosen_chat", "login_url"] as const) {
    if (value[name] !== undefined) {
      if (!isRecord(value[name])) throw complain(`Field "${name}" must be of type Object`);
      return styled(value, { text, [name]: value[name] } as unknown as InlineKeyboardButton);
    }
  }
  if (value["web_app"] !== undefined) {
    return styled(value, { text, web_app: webAppOf(value, complain) });
  }
  const copy = value["copy_text"];
  if (isRecord(copy)) {
    return styled(value, { text, copy_text: { text: requiredText(copy, "text", complain) } });
  }
  throw complain("Text buttons are unallowed in the inline keyboard");
}

function styled<Button extends object>(value: Record<string, unknown>, button: Button): Button {
  const style = optionalText(value, "style").toLowerCase();
  if (style === "" || style === "default") return button;
  if (!["primary", "danger", "success"].includes(style)) {
    throw badRequest("invalid button style specified");
  }
  return { ...button, style };
}

function webAppOf(
  value: Record<string, unknown>,
  complain: (what: string) => Error,
): { url: string } {
  const webApp = value["web_app"];
  if (!isRecord(webApp)) throw complain('Field "web_app" must be of type Object');
  return { url: requiredText(webApp, "url", complain) };
}

function checkReplyButton(button: ReplyButton, rules: MarkupRules): void {
  if (!rules.isPrivate) {
    if ("request_contact" in button) {
      throw badRequest("Phone number can be requested in private chats only");
    }
    if ("request_location" in button) {
      throw badRequest("Location can be requested in private chats only");
    }
    if ("web_app" in button) throw badRequest("Web App buttons can be used in private chats only");
  }
  if ("web_app" in button) checkWebApp(button.web_app.url, "Keyboard button Web App", rules);
}

function checkInlineButton(button: InlineKeyboardButton, rules: MarkupRules): InlineKeyboardButton {
  if ("callback_data" in button && Buffer.byteLength(button.callback_data) > 64) {
    throw badRequest("BUTTON_DATA_INVALID");
  }
  if ("copy_text" in button && countCharacters(button.copy_text.text) > 256) {
    throw badRequest("BUTTON_COPY_TEXT_INVALID");
  }
  if ("url" in button) {
    const link = checkLink(button.url, { beHttps: false });
    if ("problem" in link) throw badRequest(`Inline keyboard button ${link.problem}`);
    return { ...button, url: link.url };
  }
  if ("web_app" in button) {
    if (!rules.isPrivate) throw badRequest("BUTTON_TYPE_INVALID");
    const url = checkWebApp(button.web_app.url, "Inline keyboard button Web App", rules);
    return { ...button, web_app: { url } };
  }
  return button;
}

function checkWebApp(url: string, what: string, rules: MarkupRules): string {
  if (rules.mayBeInsecure && url.startsWith("http://")) return url;
  const link = checkLink(url, { beHttps: true });
  if ("problem" in link) throw badRequest(`${what} ${link.problem}`);
  return link.url;
}

function requiredText(
  value: Record<string, unknown>,
  name: string,
  complain: (what: string) => Error,
): string {
  const text = value[name];
  if (text === undefined) throw complain(`Can't find field "${name}"`);
  if (typeof text === "number") return String(text);
  if (typeof text !== "string") throw complain(`Field "${name}" must be of type String`);
  return text;
}

function optionalText(value: Record<string, unknown>, name: string): string {
  const text = value[name];
  if (text === undefined || text === null) return "";
  if (typeof text === "number") return String(text);
  if (typeof text !== "string") throw badRequest(`Field "${name}" must be of type String`);
  return text;
}

function isTrue(value: Record<string, unknown>, name: string): boolean {
  const flag = value[name];
  if (flag === undefined || typeof flag === "boolean") return flag === true;
  throw badRequest(`Field "${name}" must be of type Boolean`);
}
