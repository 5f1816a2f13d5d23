import { PsqlAdapter } from "@grammyjs/storage-psql";
import type { Queryable } from "./client.ts";
import type { Statement } from "./statements.ts";

type Client = NonNullable<Parameters<typeof PsqlAdapter.create>[0]>["client"];

/**
 * The storage of grammY's conversations on the table `chat_state`; what it writes is handed on as a statement.
 * storage-psql wants a client of `pg` and would create its table: this stands in for the client and
 * leaves the table to the migrations.
 */
async function openChatState(): Promise<ChatStateWriter> {
  let written: Statement | null = null;
  const client = {
    query: async (text: string, parameters: readonly string[] = []) => {
      written = { text, parameters };
      return { rows: [] };
    },
  };
  // Typed as pg.Client, of which it only ever calls `query`.
  const adapter = await PsqlAdapter.create({
    tableName: "chat_state",
    client: client as unknown as Client,
  });
  // Of the table that the migrations make.
  written = null;
  /** It asks before anything else happens, so what was written last is what was asked for. */
  const noteQuery = async (asking: Promise<void>): Promise<Statement> => {
    const statement = written;
    written = null;
    await asking;
    if (statement === null) throw new TypeError("storage-psql wrote nothing");
    return statement;
  };
  return {
    write: (key, value) => noteQuery(adapter.write(key, value)),
    delete: (key) => noteQuery(adapter.delete(key)),
  };
}

interface ChatStateWriter {
  write(key: string, value: unknown): Promise<Statement>;
  delete(key: string): Promise<Statement>;
}

/** Opened once: it knows nothing of the chats. */
const opening = openChatState();

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
      if (changed.size === 0) return [];
      const storage = await opening;
      const writes = [...changed].map((key) =>
        values.has(key) ? storage.write(key, values.get(key)) : storage.delete(key),
      );
      return Promise.all(writes);
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
