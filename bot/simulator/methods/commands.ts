import type { BotCommand, MenuButton } from "grammy/types";
import { badRequest } from "../api_error.ts";
import { countCharacters } from "../characters.ts";
import { botChatOf, requireChat } from "../chats.ts";
import { commandsKey, menuButtonOf } from "../commands.ts";
import { checkLink } from "../links.ts";
import { fieldsOf } from "../json_fields.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";

export const commandMethods: Methods = {
  setmycommands({ world }, parameters) {
    const commands = readCommands(parameters);
    const key = readKey(world, parameters);
    checkCommands(commands);
    if (commands.length === 0) world.state.commands.delete(key);
    else world.state.commands.set(key, commands);
    world.events.emit({ type: "everything" });
    return true;
  },
  getmycommands: ({ world }, parameters) =>
    world.state.commands.get(readKey(world, parameters)) ?? [],
  deletemycommands({ world }, parameters) {
    world.state.commands.delete(readKey(world, parameters));
    world.events.emit({ type: "everything" });
    return true;
  },
  setchatmenubutton({ world }, parameters) {
    const button = readMenuButton(world, parameters);
    if (!parameters.has("chat_id")) {
      world.state.menuButton = button;
      world.events.emit({ type: "everything" });
      return true;
    }
    const chat = privateChatOf(world, parameters);
    chat.menuButton = button.type === "default" ? null : button;
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
  getchatmenubutton({ world }, parameters) {
    const chat = parameters.has("chat_id") ? privateChatOf(world, parameters) : null;
    return menuButtonOf(world, chat);
  },
  setmyname: profileSetter("name", 64, "Bot name is too long"),
  getmyname: profileGetter("name", "name"),
  setmydescription: profileSetter("description", 512, "Bot description is too long"),
  getmydescription: profileGetter("description", "description"),
  setmyshortdescription: profileSetter("short_description", 120, "Bot description is too long"),
  getmyshortdescription: profileGetter("short_description", "short_description"),
};

function readCommands(parameters: Parameters): BotCommand[] {
  const value = parameters.json("commands", "Can't parse commands JSON object");
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest("Expected an Array of BotCommand");
  return value.map((item) => {
    const complain = (what: string) => badRequest(`Can't parse BotCommand: ${what}`);
    if (!isRecord(item)) throw complain("expected an Object");
    const fields = fieldsOf(item, complain);
    const command = fields.text("command").trim().replace(/^\//, "");
    return { command, description: fields.text("description").trim() };
  });
}

function checkCommands(commands: BotCommand[]): void {
  if (commands.length > 100) throw badRequest("BOT_COMMANDS_TOO_MUCH");
  for (const { command, description } of commands) {
    if (command === "") throw badRequest("Command must be non-empty");
    if (command.length > 32) throw badRequest("Command length must not exceed 32");
    if (description === "") throw badRequest("Command description must be non-empty");
    if (countCharacters(description) > 256) {
      throw badRequest("Command description length must not exceed 256");
    }
    if (!/^[a-z0-9_]+$/.test(command)) throw badRequest("BOT_COMMAND_INVALID");
  }
}

function readKey(world: World, parameters: Parameters): string {
  const language = parameters.text("language_code");
  if (!/^(?:[a-z]{2})?$/.test(language)) throw badRequest("Invalid language code specified");
  return commandsKey(readScope(world, parameters), language);
}

function readScope(world: World, parameters: Parameters): string {
  const value = parameters.json("scope", "Can't parse BotCommandScope JSON object");
  if (value === undefined) return "default";
  const complain = (what: string) => badRequest(`Can't parse BotCommandScope: ${what}`);
  if (!isRecord(value)) throw complain("BotCommandScope must be an Object");
  const fields = fieldsOf(value, complain);
  const type = fields.text("type");
  const wide = ["default", "all_private_chats", "all_group_chats", "all_chat_administrators"];
  if (wide.includes(type)) return type;
  if (!["chat", "chat_administrators", "chat_member"].includes(type)) {
    throw complain("Unsupported type specified");
  }
  const chatId = fields.text("chat_id");
  if (chatId === "") throw complain("Empty chat_id specified");
  requireChat(world, chatId, "read");
  return `${type}:${chatId}`;
}

function readMenuButton(world: World, parameters: Parameters): MenuButton {
  const value = parameters.json("menu_button", "Can't parse menu button JSON object");
  if (value === undefined) return { type: "default" };
  const complain = (what: string) => badRequest(`Can't parse menu button: ${what}`);
  if (!isRecord(value)) throw complain("MenuButton must be an Object");
  const fields = fieldsOf(value, complain);
  const type = fields.text("type");
  if (type === "default" || type === "commands") return { type };
  if (type !== "web_app") throw complain("MenuButton has unsupported type");
  const text = fields.text("text");
  const url = fields.object("web_app").text("url");
  if (text === "") throw badRequest("Menu button text must be non-empty");
  if (world.rules.allowInsecureMiniApp && url.startsWith("http://")) {
    return { type, text, web_app: { url } };
  }
  const link = checkLink(url, { beHttps: true });
  if ("problem" in link) throw badRequest(`Menu button Web App ${link.problem}`);
  return { type, text, web_app: { url: link.url } };
}

function privateChatOf(world: World, parameters: Parameters) {
  const id = parameters.integer("chat_id");
  if (id <= 0) throw badRequest("Invalid chat_id specified");
  const account = world.state.accounts.get(id);
  if (account === undefined || !account.isKnownToBot) throw badRequest("user not found");
  return botChatOf(world, id);
}

function profileSetter(field: string, most: number, complaint: string): Methods[string] {
  return ({ world }, parameters) => {
    const text = parameters.text(field);
    if (countCharacters(text) > most) throw badRequest(complaint);
    world.state.profile.set(`${field}:${parameters.text("language_code")}`, text);
    world.events.emit({ type: "everything" });
    return true;
  };
}

function profileGetter(field: string, name: string): Methods[string] {
  return ({ world }, parameters) => ({
    [name]: world.state.profile.get(`${field}:${parameters.text("language_code")}`) ?? "",
  });
}
