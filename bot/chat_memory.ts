import { z } from "zod";
import { ROLES } from "../domain/access.ts";
import { idSchema } from "../domain/ids.ts";
import { type ChatContext, chatIdOf } from "./context.ts";

/**
 * What a chat remembers between updates besides its open question: a few small rows beside the state of
 * the conversations, written in the same transaction.
 */
interface Memory<Value> {
  read(ctx: ChatContext): Promise<Value | null>;
  write(ctx: ChatContext, value: Value): Promise<void>;
  forget(ctx: ChatContext): Promise<void>;
}

/** The message whose buttons are alive, and what it shows. */
const cardSchema = z.object({ messageId: z.number(), thing: z.string() });
export const rememberedCard = defineMemory("card", cardSchema);

const placeSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("estimate"), estimateId: idSchema }),
  z.object({
    kind: z.literal("new"),
    projectId: idSchema.nullable(),
    clientId: idSchema.nullable(),
  }),
  z.object({ kind: z.literal("catalogue") }),
  /** Sent outside any question: nobody said yet where it belongs. */
  z.object({ kind: z.literal("unknown") }),
]);
/** Where the lines of a list go. */
export type ListPlace = z.infer<typeof placeSchema>;

/** The list that waits for «Добавить»; there is one at a time, so a second press finds nothing. */
const pendingListSchema = z.object({
  listId: idSchema,
  place: placeSchema,
  /** The message of the preview. */
  messageId: z.number().nullable(),
  /** The person's message with the list, to read it again when it is edited. */
  sourceId: z.number().nullable(),
  /** When it was sent, in seconds since 1970: parts of one long paste belong together. */
  sentAt: z.number(),
});
export type PendingList = z.infer<typeof pendingListSchema>;
export const pendingList = defineMemory("list", pendingListSchema);

/** A contact that was sent outside any question. */
const pendingContactSchema = z.object({
  name: z.string(),
  phone: z.string(),
  messageId: z.number().nullable(),
});
export const pendingContact = defineMemory("contact", pendingContactSchema);

/** The words that the last list on the screen was searched by. */
const searchSchema = z.object({ messageId: z.number(), words: z.string() });
export const rememberedSearch = defineMemory("search", searchSchema);

/** The album that was answered already: its photos come as updates of their own. */
export const answeredAlbum = defineMemory("album", z.object({ id: z.string() }));

/** The album whose first photo began extra work: the others belong to it. */
export const extraAlbum = defineMemory(
  "extra",
  z.object({ albumId: z.string(), extraId: idSchema }),
);

/** The role that the chat's commands were last published for. */
export const publishedRole = defineMemory("role", z.object({ role: z.enum(ROLES) }));

function defineMemory<Value>(name: string, schema: z.ZodType<Value>): Memory<Value> {
  const keyOf = (ctx: ChatContext) => `${chatIdOf(ctx)}:${name}`;
  return {
    read: async (ctx) => {
      const value = await ctx.work.chatState.read(keyOf(ctx));
      // Mostly there is nothing: schemas say so at the price of an error.
      return value === undefined ? null : (schema.safeParse(value).data ?? null);
    },
    write: (ctx, value) => ctx.work.chatState.write(keyOf(ctx), value),
    forget: (ctx) => ctx.work.chatState.delete(keyOf(ctx)),
  };
}
