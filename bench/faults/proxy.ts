import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A wire in front of a TCP server that can be slow, cut or silent. */
export interface Proxy {
  readonly port: number;
  /** Milliseconds that every piece of data waits, in each direction. */
  setLatency(ms: number): void;
  /** While silent, nothing passes in either direction and connections stay open (a black hole). */
  setSilent(isSilent: boolean): void;
  /** Breaks every connection at once. */
  cutAll(): void;
  /** Breaks the connection that is open for longest; false when there is none. */
  cutOne(): boolean;
  close(): Promise<void>;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const wires = new Set<readonly [Socket, Socket]>();
  let latency = 0;
  let isSilent = false;
  const waiting: (() => void)[] = [];

  function carry(from: Socket, to: Socket): void {
    from.on("data", (data) => {
      const pass = (): void => {
        if (!to.destroyed) to.write(data);
      };
      if (isSilent) waiting.push(pass);
      // Timers of one delay fire in the order they were set.
      else if (latency > 0) setTimeout(pass, latency);
      else pass();
    });
  }

  const server = createServer({ noDelay: true }, (inner) => {
    const outer = connect({ ...target, noDelay: true });
    const wire = [inner, outer] as const;
    wires.add(wire);
    const cut = (): void => {
      wires.delete(wire);
      inner.destroy();
      outer.destroy();
    };
    for (const socket of wire) socket.on("error", cut).on("close", cut);
    carry(inner, outer);
    carry(outer, inner);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const cut = ([inner, outer]: readonly [Socket, Socket]): void => {
    inner.resetAndDestroy();
    outer.destroy();
  };
  return {
    port: typeof address === "object" && address ? address.port : 0,
    setLatency: (ms) => {
      latency = ms;
    },
    setSilent: (silent) => {
      isSilent = silent;
      if (!silent) for (const pass of waiting.splice(0)) pass();
    },
    cutAll: () => wires.forEach(cut),
    cutOne: () => {
      const [oldest] = wires;
      if (oldest) cut(oldest);
      return oldest !== undefined;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      wires.forEach(cut);
      await closed;
    },
  };
}
