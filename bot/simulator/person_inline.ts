import type { InlineQueryResult } from "grammy/types";
import { accountOf } from "./chats.ts";
import { sendChosenResult } from "./inline_messages.ts";
import type { PersonParts } from "./person_parts.ts";
import { countNext } from "./state.ts";
import { pushUpdate } from "./updates.ts";
import { waitReal } from "./waiting.ts";

type InlineQuery = {
  id: string;
  /** What the bot offers. Rejects when it has not answered in ten seconds. */
  results(): Promise<InlineQueryResult[]>;
};

export type PersonInline = {
  /** Types `@bot query` in some chat. */
  typeInline(query: string): InlineQuery;
  /** Sends an offered result into a chat of this person; returns the inline message's id. */
  chooseResult(queryId: string, resultId: string, chatKey: string): string | null;
  /** Sends what `savePreparedInlineMessage` prepared, as `shareMessage` of a Mini App does. */
  sharePrepared(preparedId: string, chatKey: string): string | null;
};

export function createPersonInline({ world, personId, act }: PersonParts): PersonInline {
  return {
    typeInline(query) {
      act();
      const account = accountOf(world, personId);
      account.isKnownToBot = true;
      const id = String(3_000_000_000_000_000_000n + BigInt(countNext(world.state, "query")));
      const createdAt = world.clock.now();
      world.state.inlineQueries.set(id, { personId, query, createdAt, results: null });
      const payload = { id, from: account.user, query, offset: "", chat_type: "sender" };
      pushUpdate(world, "inline_query", payload, `inline:${personId}`);
      const look = () => world.state.inlineQueries.get(id)?.results ?? undefined;
      const explain = () => `the bot did not answer the inline query «${query}»`;
      return { id, results: () => waitReal(world.events, look, explain) };
    },
    chooseResult(queryId, resultId, chatKey) {
      const query = world.state.inlineQueries.get(queryId);
      const result = query?.results?.find(({ id }) => id === resultId);
      if (query === undefined || result === undefined) {
        throw new Error(`the inline query ${queryId} has no result ${resultId}`);
      }
      act();
      const inlineMessageId = sendChosenResult(world, personId, chatKey, result);
      pushUpdate(
        world,
        "chosen_inline_result",
        {
          result_id: resultId,
          from: accountOf(world, personId).user,
          query: query.query,
          ...(inlineMessageId === null ? {} : { inline_message_id: inlineMessageId }),
        },
        `chosen:${personId}`,
      );
      return inlineMessageId;
    },
    sharePrepared(preparedId, chatKey) {
      const prepared = world.state.preparedMessages.get(preparedId);
      if (prepared?.personId !== personId || prepared.expiresAt < world.clock.now()) {
        throw new Error(`no prepared message ${preparedId} for person ${personId}`);
      }
      act();
      world.state.preparedMessages.delete(preparedId);
      return sendChosenResult(world, personId, chatKey, prepared.result);
    },
  };
}
