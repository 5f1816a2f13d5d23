import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A road to the database that can go dead. */
export interface Proxy {
  readonly url: string;
  /** The connections of now stay open and nothing passes any more; later ones live. */
  freeze(): void;
  close(): void;
}

/**
 * @param watch sees what passes; `port` is what pg_stat_activity calls client_port
 */
export async function startProxy(
  target: URL,
  watch: (port: number, sender: "program" | "database", data: Buffer) => void = () => undefined,
): Promise<Proxy> {
  const sockets = new Set<Socket>();
  const frozen = new WeakSet<Socket>();
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to, sender] of [
      [near, far, "program"],
      [far, near, "database"],
    ] as const) {
      sockets.add(from);
      from.on("data", (data: Buffer) => {
        if (frozen.has(from)) return;
        watch(far.localPort ?? 0, sender, data);
        to.write(data);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        sockets.delete(from);
        to.destroy();
      });
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const url = new URL(target);
  url.hostname = "127.0.0.1";
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.toString(),
    freeze: () => {
      for (const socket of sockets) frozen.add(socket);
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
