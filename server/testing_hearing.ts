import type { Sql } from "../db/client.ts";
import { type Proxy, startProxy } from "./testing_proxy.ts";

/** Which connections of a program listen, as the wire tells: pg_stat_activity knows only the last statement. */
export interface Ear {
  readonly proxy: Proxy;
  /** The channels of each connection that ran LISTEN and is open, by its port. */
  listening(): Promise<Map<number, string[]>>;
  /** How many calls of a channel have come in. */
  calls(channel: string): number;
  /** Ends the backends of the connections that listen; how many there were. None is among the listening then. */
  cut(): Promise<number>;
}

/** For a backend to end. */
const LIMIT = 20_000; // ms

/** @param sql of the same database, not through the proxy */
export async function startEar(databaseUrl: string, sql: Sql): Promise<Ear> {
  const channels = new Map<number, string[]>();
  const asked = new Map<number, string[]>();
  const calls = new Map<string, number>();
  const proxy = await startProxy(new URL(databaseUrl), (port, sender, data) => {
    const text = data.toString("latin1");
    if (sender === "database") {
      // NotificationResponse: type, length, process, channel, payload.
      for (const [, channel = ""] of text.matchAll(/A.{8}(smetka_\w+)\0/gs)) {
        calls.set(channel, (calls.get(channel) ?? 0) + 1);
      }
      // CommandComplete: only now does it hear.
      for (const _ of text.matchAll(/C.{4}LISTEN\0/gs)) {
        const channel = asked.get(port)?.shift() ?? "";
        channels.set(port, [...(channels.get(port) ?? []), channel].toSorted());
      }
      return;
    }
    for (const [, channel = ""] of text.matchAll(/\blisten "?(\w+)/gi)) {
      asked.set(port, [...(asked.get(port) ?? []), channel]);
    }
  });
  const listening = async () => {
    const open = await sql`
      select client_port
      from pg_stat_activity
      where datname = current_database() and client_port = any(${[...channels.keys()]}::int[])
    `;
    const ports = new Set(open.map((row) => Number(row["client_port"])));
    return new Map([...channels].filter(([port]) => ports.has(port)));
  };
  return {
    proxy,
    listening,
    calls: (channel) => calls.get(channel) ?? 0,
    cut: async () => {
      const ports = [...(await listening()).keys()];
      const cut = await sql`
        select pg_terminate_backend(pid, ${LIMIT}::bigint) as is_gone
        from pg_stat_activity
        where datname = current_database() and client_port = any(${ports}::int[])
      `;
      return cut.filter((row) => row["is_gone"] === true).length;
    },
  };
}
