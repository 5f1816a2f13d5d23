import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A wire in front of a TCP server that can be slow, cut or silent. */
export interface Proxy {
  readonly port: number;
  /** Milliseconds that every piece of data waits, in each direction. */
  setLatency(ms: number): void;
  /** While silent, nothing passes in either direction and connections stay open (a black hole). */
  setSilent(isSilent: boolean): void;
  /**
   * Lets nothing more through on those connections whose first words hold `text`, and does not close
   * them: half-open. Returns how many there are.
   */
  freeze(text: string): number;
  /** Breaks those connections whose first words hold `text`. Returns how many there were. */
  cutWhere(text: string): number;
  /** From now on breaks a connection on which the client says this; null: none. */
  cutOn(text: string | null): void;
  /** Breaks every connection at once. */
  cutAll(): void;
  /** Breaks the connection that is open for longest; false when there is none. */
  cutOne(): boolean;
  /** Breaks each connection for which `isDoomed` says so. Returns how many. */
  cutSome(isDoomed: () => boolean): number;
  close(): Promise<void>;
}

interface Wire {
  readonly inner: Socket;
  readonly outer: Socket;
  /** What the client said first. PostgreSQL's clients name themselves there. */
  greeting: string | null;
  isFrozen: boolean;
}

export async function startProxy(target: { host: string; port: number }): Promise<Proxy> {
  const wires = new Set<Wire>();
  let latency = 0;
  let isSilent = false;
  let deadly: string | null = null;
  const waiting: (() => void)[] = [];

  function carry(wire: Wire, from: Socket, to: Socket): void {
    from.on("data", (data) => {
      wire.greeting ??= data.toString("latin1");
      if (wire.isFrozen) return;
      if (deadly !== null && from === wire.inner && data.includes(deadly)) return cut(wire);
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
    const wire: Wire = { inner, outer, greeting: null, isFrozen: false };
    wires.add(wire);
    const cut = (): void => {
      wires.delete(wire);
      inner.destroy();
      outer.destroy();
    };
    for (const socket of [inner, outer]) socket.on("error", cut).on("close", cut);
    carry(wire, inner, outer);
    carry(wire, outer, inner);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const cut = ({ inner, outer }: Wire): void => {
    inner.resetAndDestroy();
    outer.destroy();
  };
  const having = (text: string): Wire[] =>
    [...wires].filter(({ greeting }) => greeting?.includes(text));
  return {
    port: typeof address === "object" && address ? address.port : 0,
    setLatency: (ms) => {
      latency = ms;
    },
    setSilent: (silent) => {
      isSilent = silent;
      if (!silent) for (const pass of waiting.splice(0)) pass();
    },
    freeze: (text) => {
      const found = having(text);
      for (const wire of found) wire.isFrozen = true;
      return found.length;
    },
    cutWhere: (text) => {
      const found = having(text);
      for (const wire of found) cut(wire);
      return found.length;
    },
    cutOn: (text) => {
      deadly = text;
    },
    cutAll: () => wires.forEach(cut),
    cutOne: () => {
      const [oldest] = wires;
      if (oldest) cut(oldest);
      return oldest !== undefined;
    },
    cutSome: (isDoomed) => {
      const doomed = [...wires].filter(isDoomed);
      for (const wire of doomed) cut(wire);
      return doomed.length;
    },
    close: async () => {
      const closed = once(server, "close");
      server.close();
      wires.forEach(cut);
      await closed;
    },
  };
}
