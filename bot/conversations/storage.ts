import type {
  ConversationData,
  ConversationStorage,
  VersionedState,
} from "@grammyjs/conversations";
import { z } from "zod";
import { type Asked, type ChatContext, chatIdOf } from "../context.ts";

/**
 * Changes when stored questions can't be read any more. People in the middle of a question are then told
 * that the bot was updated; what they had answered before is in rows of its own.
 */
export const STATE_VERSION = 1;

export const QUESTION = "question";

const askedSchema = z.object({
  step: z.string(),
  params: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  promptId: z.number().nullable(),
});
const argumentsSchema = z.tuple([askedSchema]);

const storedSchema = z.object({
  version: z.tuple([z.number(), z.union([z.number(), z.string()])]),
  state: z.record(z.string(), z.array(z.looseObject({ args: z.string().optional() }))),
});

/** Conversation state in the update's own transaction, under the chat's id. */
export const chatStateStorage: ConversationStorage<ChatContext, ConversationData> = {
  type: "context",
  version: STATE_VERSION,
  adapter: {
    read: async (ctx) => {
      const value = await ctx.work.chatState.read(keyOf(ctx));
      if (value === undefined) return undefined;
      const stored = storedSchema.safeParse(value).data;
      ctx.asked = stored ? askedIn(stored) : null;
      ctx.isOutdated = stored?.version[1] !== STATE_VERSION || ctx.asked === null;
      if (ctx.isOutdated) {
        await ctx.work.chatState.delete(keyOf(ctx));
        return undefined;
      }
      return value as VersionedState<ConversationData>;
    },
    write: (ctx, state) => ctx.work.chatState.write(keyOf(ctx), withoutFirstUpdate(state)),
    delete: (ctx) => ctx.work.chatState.delete(keyOf(ctx)),
  },
};

function keyOf(ctx: ChatContext): string {
  return String(chatIdOf(ctx));
}

function askedIn({ state }: z.infer<typeof storedSchema>): Asked | null {
  try {
    const args: unknown = JSON.parse(state[QUESTION]?.[0]?.args ?? "");
    return argumentsSchema.safeParse(args).data?.[0] ?? null;
  } catch {
    return null;
  }
}

/**
 * The plugin logs the update that began a conversation, a whole card with its keyboard perhaps. A
 * question never looks at it: only its number is kept, so a state stays far below 2 KB.
 */
function withoutFirstUpdate(stored: VersionedState<ConversationData>) {
  const state = Object.fromEntries(
    Object.entries(stored.state).map(([name, instances]) => [name, instances.map(trim)]),
  );
  return { ...stored, state };
}

function trim(instance: ConversationData[string][number]) {
  const [first, ...rest] = instance.replay.receive;
  if (!first) return instance;
  return {
    ...instance,
    replay: { ...instance.replay, receive: [{ ...first, returnValue: { update_id: 0 } }, ...rest] },
  };
}
