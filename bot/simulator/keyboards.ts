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
import { fieldsOf, type Complain, type Fields } from "./json_fields.ts";
import { isRecord, type Parameters } from "./parameters.ts";

export type ReplyButton = Exclude<KeyboardButton, string>;
export type ReplyKeyboard = Omit<ReplyKeyboardMarkup, "keyboard"> & { keyboard: ReplyButton[][] };
export type Markup = InlineKeyboardMarkup | ReplyKeyboard | ReplyKeyboardRemove | ForceReply;

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
  const fields = fieldsOf(value);
  const placeholder = fields.optionalText("input_field_placeholder");
  const shared = {
    ...(placeholder === "" ? {} : { input_field_placeholder: placeholder }),
    ...(fields.isTrue("selective") ? { selective: true } : {}),
  };
  if (replyRows.length > 0) {
    const flags = ["is_persistent", "resize_keyboard", "one_time_keyboard"];
    const set = Object.fromEntries(
      flags.filter((name) => fields.isTrue(name)).map((n) => [n, true]),
    );
    return { keyboard: replyRows, ...set, ...shared };
  }
  if (inlineRows.length > 0) return { inline_keyboard: inlineRows };
  if (fields.isTrue("remove_keyboard")) return { remove_keyboard: true };
  if (fields.isTrue("force_reply")) return { force_reply: true, ...shared };
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
  const rows = filled(markup.keyboard);
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
  const fields = fieldsOf(value, complain);
  const common = { text: fields.text("text"), ...styleOf(fields, complain) };
  if (fields.isTrue("request_contact")) return { ...common, request_contact: true };
  if (fields.isTrue("request_location")) return { ...common, request_location: true };
  if (fields.has("web_app")) return { ...common, web_app: webAppOf(fields) };
  const asked = ["request_poll", "request_users", "request_chat"].find((name) => fields.has(name));
  return asked === undefined ? common : { ...common, [asked]: value[asked] };
}

function readInlineButton(value: unknown): InlineKeyboardButton {
  const complain = (what: string) => badRequest(`Can't parse inline keyboard button: ${what}`);
  if (!isRecord(value)) throw complain("InlineKeyboardButton must be an Object");
  const fields = fieldsOf(value, complain);
  const common = { text: fields.text("text"), ...styleOf(fields, complain) };
  const url = fields.optionalText("url");
  if (url !== "") return { ...common, url };
  const data = fields.optionalText("callback_data");
  if (data !== "") return { ...common, callback_data: data };
  if (fields.has("switch_inline_query")) {
    return { ...common, switch_inline_query: fields.text("switch_inline_query") };
  }
  if (fields.has("switch_inline_query_chosen_chat")) {
    const query = fields.object("switch_inline_query_chosen_chat").optionalText("query");
    return { ...common, switch_inline_query_chosen_chat: { query } };
  }
  if (fields.has("switch_inline_query_current_chat")) {
    const query = fields.text("switch_inline_query_current_chat");
    return { ...common, switch_inline_query_current_chat: query };
  }
  if (fields.has("login_url")) {
    return { ...common, login_url: { url: fields.object("login_url").text("url") } };
  }
  if (fields.has("web_app")) return { ...common, web_app: webAppOf(fields) };
  if (fields.has("copy_text")) {
    return { ...common, copy_text: { text: fields.object("copy_text").text("text") } };
  }
  throw complain("Text buttons are unallowed in the inline keyboard");
}

function styleOf(fields: Fields, complain: Complain): Pick<ReplyButton, "style"> {
  const style = fields.optionalText("style").toLowerCase();
  if (style === "" || style === "default") return {};
  if (style === "primary" || style === "danger" || style === "success") return { style };
  throw complain("invalid button style specified");
}

function webAppOf(fields: Fields): { url: string } {
  return { url: fields.object("web_app").text("url") };
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
