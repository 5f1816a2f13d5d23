import { badRequest } from "../api_error.ts";
import { countCharacters } from "../characters.ts";
import type { World } from "../world.ts";
import type { Methods } from "./method.ts";

const longestAnswer = 200;

export const callbackMethods: Methods = {
  answercallbackquery({ world }, parameters) {
    const id = parameters.text("callback_query_id");
    const query = world.state.callbackQueries.get(id);
    if (query === undefined || query.answer !== null || isTooOld(world, query.createdAt)) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    const text = parameters.text("text");
    if (countCharacters(text) > longestAnswer) throw badRequest("MESSAGE_TOO_LONG");
    const url = parameters.text("url");
    if (url !== "" && !isOwnLink(world, url)) throw badRequest("URL_INVALID");
    query.answer = { text, showAlert: parameters.boolean("show_alert"), url };
    world.events.emit({
      type: "callback_answer",
      personId: query.personId,
      queryId: id,
      answer: query.answer,
    });
    return true;
  },
};

export function isTooOld(world: World, createdAt: number): boolean {
  return world.clock.now() - createdAt > world.rules.queryLifetimeMs;
}

/** The only links that an answer may open for a bot without games. */
function isOwnLink(world: World, url: string): boolean {
  const name = world.bot.username.toLowerCase();
  const found = /^(?:https?:\/\/)?(?:t|telegram)\.me\/(\w+)\?start=/i.exec(url);
  const deep = /^tg:\/\/resolve\?domain=(\w+)&start=/i.exec(url);
  return (found?.[1] ?? deep?.[1] ?? "").toLowerCase() === name;
}
