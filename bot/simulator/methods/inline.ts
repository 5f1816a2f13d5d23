import type { InlineQueryResult } from "grammy/types";
import { badRequest } from "../api_error.ts";
import { fieldsOf, type Complain } from "../json_fields.ts";
import { isRecord, type Parameters } from "../parameters.ts";
import { countNext } from "../state.ts";
import { resultToContent } from "../inline_results.ts";
import { sendChosenResult } from "../inline_messages.ts";
import type { World } from "../world.ts";
import { isTooOld } from "./callbacks.ts";
import type { Methods } from "./method.ts";

const mostResults = 50;
const preparedLifetimeMs = 24 * 3_600_000;

export const inlineMethods: Methods = {
  answerinlinequery({ world }, parameters) {
    const results = readResults(world, parameters);
    const id = parameters.text("inline_query_id");
    const query = world.state.inlineQueries.get(id);
    if (query === undefined || query.results !== null || isTooOld(world, query.createdAt)) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    query.results = results;
    world.events.emit({ type: "inline_answer", personId: query.personId, queryId: id, results });
    return true;
  },
  answerwebappquery({ world }, parameters) {
    const result = readResult(world, parameters.json("result", "Can't parse result JSON object"));
    const query = world.state.webAppQueries.get(parameters.text("web_app_query_id"));
    if (query === undefined || query.isAnswered) {
      throw badRequest("query is too old and response timeout expired or query ID is invalid");
    }
    query.isAnswered = true;
    const inlineMessageId = sendChosenResult(
      world,
      query.personId,
      `bot:${query.personId}`,
      result,
    );
    return inlineMessageId === null ? {} : { inline_message_id: inlineMessageId };
  },
  savepreparedinlinemessage({ world }, parameters) {
    const personId = parameters.integer("user_id");
    if (personId <= 0) throw badRequest("Invalid user_id specified");
    const result = readResult(world, parameters.json("result", "Can't parse result JSON object"));
    if (!world.state.accounts.has(personId)) throw badRequest("user not found");
    const kinds = [
      "allow_user_chats",
      "allow_bot_chats",
      "allow_group_chats",
      "allow_channel_chats",
    ];
    if (!kinds.some((name) => parameters.boolean(name))) throw badRequest("PEER_TYPES_INVALID");
    const id = `prepared${countNext(world.state, "inline")}`;
    const expiresAt = world.clock.now() + preparedLifetimeMs;
    world.state.preparedMessages.set(id, { personId, result, expiresAt });
    return { id, expiration_date: Math.floor(expiresAt / 1000) };
  },
};

function readResults(world: World, parameters: Parameters): InlineQueryResult[] {
  const value = parameters.json("results", "Can't parse inline query results JSON object");
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw badRequest("Expected an Array of inline query results");
  if (value.length > mostResults) throw badRequest("Too many inline query results specified");
  const complain = (what: string) => badRequest(`Can't parse inline query result: ${what}`);
  const results = value.map((item) => readResult(world, item, complain));
  if (new Set(results.map(({ id }) => id)).size < results.length) {
    throw badRequest("RESULT_ID_DUPLICATE");
  }
  return results;
}

/** @param complain a result of a list is named in the complaint, a single one is not */
function readResult(
  world: World,
  value: unknown,
  complain: Complain = badRequest,
): InlineQueryResult {
  if (value === undefined) throw badRequest("Result isn't specified");
  if (!isRecord(value)) throw complain("Inline query result must be an object");
  const fields = fieldsOf(value, complain);
  const type = fields.text("type").toLowerCase();
  const id = fields.text("id");
  if (type !== "article" && type !== "document" && type !== "photo") {
    throw complain(`type "${type}" is unsupported for the inline query result`);
  }
  const title = type === "photo" ? "" : fields.text("title");
  // Built once for its refusals: a wrong text or keyboard must show itself here, not when chosen.
  resultToContent(world, fields);
  if (id === "" || Buffer.byteLength(id) > 64) throw badRequest("RESULT_ID_INVALID");
  if (type === "article" && title === "") throw badRequest("ARTICLE_TITLE_EMPTY");
  return { ...value, type } as unknown as InlineQueryResult;
}
