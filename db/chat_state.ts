import { PsqlAdapter } from "@grammyjs/storage-psql";
import type { Queryable } from "./client.ts";
import type { Statement } from "./statements.ts";

type Client = NonNullable<Parameters<typeof PsqlAdapter.create>[0]>["client"];

/**
 * The storage of grammY's conversations on the table `chat_state`; what it writes is put down in `writes`.
 * storage-psql wants a client of `pg` and would create its table: this stands in for the client and
 * leaves the table to the migrations.
 */
async function openChatState(writes: Statement[]): Promise<PsqlAdapter<unknown>> {
  const client = {
    query: async (text: string, parameters: readonly string[] = []) => {
      if (!/^\s*create/i.test(text)) writes.push({ text, parameters });
      return { rows: [] };
    },
  };
  // Typed as pg.Client, of which it only ever calls `query`.
  return PsqlAdapter.create({ tableName: "chat_state", client: client as unknown as Client });
}

/** What a chat remembers, read when its update was opened and written at its end. */
export interface ChatStateBuffer {
  read(key: string): Promise<unknown>;
  write(key: string, value: unknown): Promise<void>;
  delete(key: string): Promise<void>;
  /** What has to be written: see `writeTogether`. */
  changes(): Promise<readonly Statement[]>;
}

export function bufferChatState(loaded: ReadonlyMap<string, unknown>): ChatStateBuffer {
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
    changes: async () => {
      const writes: Statement[] = [];
      if (changed.size === 0) return writes;
      const storage = await openChatState(writes);
      for (const key of changed) {
        if (values.has(key)) await storage.write(key, values.get(key));
        else await storage.delete(key);
      }
      return writes;
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
