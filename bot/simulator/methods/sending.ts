import { badRequest } from "../api_error.ts";
import { isPrivate, requireChat, userOfBot } from "../chats.ts";
import { countCharacters, type FormattedText } from "../characters.ts";
import { cleanText } from "../cleaned_text.ts";
import { longestCaption, longestText, readFormattedText } from "../formatted_text.ts";
import { checkMarkup, readMarkup } from "../keyboards.ts";
import { addMessage, type Content } from "../messages.ts";
import { fieldsOf } from "../json_fields.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import type { Chat, Entry } from "../state.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";

export const sendingMethods: Methods = {
  sendmessage({ world }, parameters) {
    const content = readText(parameters);
    return sendContent(world, parameters, () => checkTextLength(content, "Message is too long"));
  },
  sendcontact({ world }, parameters) {
    const phone = requiredArgument(parameters, "phone_number");
    const firstName = requiredArgument(parameters, "first_name");
    const lastName = parameters.text("last_name");
    return sendContent(world, parameters, () => ({
      contact: {
        phone_number: phone,
        first_name: firstName,
        ...(lastName === "" ? {} : { last_name: lastName }),
      },
    }));
  },
  sendlocation({ world }, parameters) {
    const location = readLocation(parameters);
    return sendContent(world, parameters, () => ({ location }));
  },
  sendchataction({ world }, parameters) {
    const name = parameters.text("action").toLowerCase();
    if (!actions.has(name)) throw badRequest("Wrong parameter action in request");
    const chat = requireChat(world, parameters.text("chat_id"), "write");
    // The client shows an action for five seconds or until the message comes.
    chat.action = name === "cancel" ? null : { name, until: world.clock.now() + 5000 };
    world.events.emit({ type: "chat", chatKey: chat.key });
    return true;
  },
};

const actions = new Set(
  `cancel typing record_video upload_video record_audio record_voice upload_audio upload_voice
  upload_photo upload_document choose_sticker pick_up_location find_location record_video_note
  upload_video_note`.split(/\s+/),
);

/**
 * The common way of all that is sent, in the order in which Telegram refuses: keyboard's form,
 * chat, replied message, content, keyboard's rules.
 */
export function sendContent(
  world: World,
  parameters: Parameters,
  makeContent: (chat: Chat) => Content,
) {
  const reply = readReply(parameters);
  const markup = readMarkup(parameters);
  const chat = requireChat(world, parameters.text("chat_id"), "write");
  const replyTo = findReplied(chat, reply);
  const content = makeContent(chat);
  const checked = checkMarkup(markup, {
    isInlineOnly: false,
    isPrivate: isPrivate(chat),
    mayBeInsecure: world.rules.allowInsecureMiniApp,
  });
  return addMessage(world, chat, {
    author: "bot",
    from: userOfBot(world),
    content,
    markup: checked,
    replyTo,
  }).message;
}

export function readText(parameters: Parameters): Content {
  const text = parameters.text("text");
  if (text === "") throw badRequest("Message text is empty");
  const formatted = readFormattedText(
    text,
    parameters.text("parse_mode"),
    parameters.json("entities", "Can't parse entities JSON object"),
  );
  return withEntities(
    "text",
    "entities",
    cleanText(formatted, { mayBeEmpty: false, hasCommands: true }),
  );
}

export function checkTextLength(content: Content, complaint: string): Content {
  if (countCharacters(content.text ?? "") > longestText) throw badRequest(complaint);
  return content;
}

/** The caption of a file; empty content when there is none. */
export function readCaption(text: string, parseMode: string, entities: unknown): Content {
  const formatted = readFormattedText(text, parseMode, entities);
  const cleaned = cleanText(formatted, { mayBeEmpty: true, hasCommands: true });
  return withEntities("caption", "caption_entities", cleaned);
}

export function captionFrom(parameters: Parameters): Content {
  return readCaption(
    parameters.text("caption"),
    parameters.text("parse_mode"),
    parameters.json("caption_entities", "Can't parse caption_entities JSON object"),
  );
}

export function checkCaptionLength(content: Content): Content {
  if (countCharacters(content.caption ?? "") > longestCaption) {
    throw badRequest("Message caption is too long");
  }
  return content;
}

/** Undefined where there is nothing, so that an edit can take away what was there. */
function withEntities(
  textName: "text" | "caption",
  entitiesName: "entities" | "caption_entities",
  { text, entities }: FormattedText,
): Content {
  return {
    [textName]: text === "" ? undefined : text,
    [entitiesName]: entities.length === 0 ? undefined : entities,
  };
}

export type Reply = { messageId: number; isOptional: boolean };

export function readReply(parameters: Parameters): Reply {
  if (!parameters.has("reply_parameters")) {
    return {
      messageId: parameters.integer("reply_to_message_id"),
      isOptional: parameters.boolean("allow_sending_without_reply"),
    };
  }
  const value = parameters.json("reply_parameters", "Can't parse reply parameters JSON object");
  if (value === undefined) return { messageId: 0, isOptional: false };
  if (!isRecord(value)) throw badRequest("Object expected as reply parameters");
  const fields = fieldsOf(value);
  return {
    messageId: fields.integer("message_id"),
    isOptional: fields.isTrue("allow_sending_without_reply"),
  };
}

export function findReplied(chat: Chat, { messageId, isOptional }: Reply): Entry | undefined {
  if (messageId <= 0) return undefined;
  const entry = chat.messages.get(messageId);
  if (entry === undefined && !isOptional) throw badRequest("message to be replied not found");
  return entry;
}

export function requiredArgument(parameters: Parameters, name: string): string {
  const value = parameters.text(name);
  if (value === "") throw badRequest(`Parameter "${name}" is required`);
  return value;
}

function readLocation(parameters: Parameters) {
  for (const name of ["latitude", "longitude"]) {
    if (parameters.text(name).trim() === "") throw badRequest(`${name} is empty`);
  }
  const latitude = Number(parameters.text("latitude"));
  const longitude = Number(parameters.text("longitude"));
  if (!(Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180)) {
    throw badRequest("Invalid location specified");
  }
  return { latitude, longitude };
}
