import { PsqlAdapter } from "@grammyjs/storage-psql";
import type { Queryable, Transaction } from "./client.ts";

type Client = NonNullable<Parameters<typeof PsqlAdapter.create>[0]>["client"];

/**
 * The storage of grammY's conversations on the table `chat_state`, inside a transaction.
 * storage-psql wants a client of `pg` and would create its table: this stands in for the client,
 * leaves the table to the migrations and names the columns.
 */
async function openChatState(
  tx: Transaction,
  onSent: () => void = () => undefined,
): Promise<PsqlAdapter<unknown>> {
  const client = {
    query: async (text: string, parameters: readonly string[] = []) => {
      if (/^\s*create/i.test(text)) return { rows: [] };
      // Sent now, not when somebody awaits it: what follows on the connection runs behind it.
      const statement = text.replace("select *", "select key, value");
      // Unprepared it would wait for the types of its parameters, and hold back the commit behind it.
      const rows = tx.unsafe(statement, [...parameters], { prepare: true });
      void rows.execute();
      onSent();
      return { rows: await rows };
    },
  };
  // Typed as pg.Client, of which it only ever calls `query`.
  return PsqlAdapter.create({ tableName: "chat_state", client: client as unknown as Client });
}

/**
 * What a chat remembers, read when its update was opened and written at its end. `flush` sends the
 * writes and resolves when they are on their way, so that they travel with the commit; `written` tells
 * how they went.
 */
export interface ChatStateBuffer {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  flush(): Promise<{ written: Promise<unknown> }>;
}

export function bufferChatState(
  tx: Transaction,
  loaded: ReadonlyMap<string, unknown>,
): ChatStateBuffer {
  const values = new Map(loaded);
  const changed = new Set<string>();
  return {
    read: (key) => Promise.resolve(values.get(key)),
    write: async (key, value) => {
      values.set(key, value);
      changed.add(key);
    },
    delete: async (key) => {
      if (values.delete(key)) changed.add(key);
    },
    flush: async () => {
      const sent = Promise.withResolvers<void>();
      let unsent = changed.size;
      if (unsent === 0) return { written: Promise.resolve() };
      const storage = await openChatState(tx, () => {
        unsent -= 1;
        if (unsent === 0) sent.resolve();
      });
      const written = Promise.all(
        Array.from(changed, async (key) => {
          if (values.has(key)) await storage.write(key, values.get(key));
          else await storage.delete(key);
        }),
      );
      written.catch(sent.reject);
      await sent.promise;
      return { written };
    },
  };
}

/** As the owner of the tables: chats that nobody wrote to for so long. Returns how many rows went. */
export async function deleteChatStatesBefore(
  sql: Queryable,
  moment: Date,
  limit: number,
): Promise<number> {
  const result = await sql`
    delete from chat_state
    where key in (
      select key
      from chat_state
      where updated_at < ${moment}
      order by updated_at
      limit ${limit}
    )
  `;
  return result.count;
}
