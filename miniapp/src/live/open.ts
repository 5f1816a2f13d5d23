import type { Session } from "../session.ts";
import { createLiveChannel, type LiveChannel, type LiveSocket } from "./channel.ts";
import { tellLists } from "./list_news.ts";

/** The live channel of this window, on the server that the app came from. */
export function openLive(session: Pick<Session, "token" | "drop">): LiveChannel {
  const address = new URL("/api/v1/live", window.location.href);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return createLiveChannel({
    open: () => openSocket(address),
    session,
    onLists: tellLists,
    now: () => performance.now(),
    random: Math.random,
    after: (milliseconds, callback) => void setTimeout(callback, milliseconds),
  });
}

function openSocket(address: URL): LiveSocket {
  const socket = new WebSocket(address);
  const opened: LiveSocket = {
    send: (text) => {
      // Between the loss of a connection and the word of it.
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    close: () => socket.close(),
    onopen: null,
    onmessage: null,
    onclose: null,
  };
  socket.addEventListener("open", () => opened.onopen?.());
  socket.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
    opened.onmessage?.({ data });
  });
  socket.addEventListener("close", ({ code }) => opened.onclose?.({ code }));
  return opened;
}
