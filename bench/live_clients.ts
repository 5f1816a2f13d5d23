import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { z } from "zod";

/*
 * The other ends of many live sockets, in a process of their own. `POST /open` with tokens and a count
 * opens sockets up to that many; `POST /arrivals` gives and forgets what came: [version, time] of every
 * frame about an estimate, the time in milliseconds of the epoch.
 */

const MOST_OF_ONE = 20;

const sockets: WebSocket[] = [];
let arrivals: [string, number][] = [];

async function openTo(url: string, tokens: readonly string[], count: number): Promise<void> {
  while (sockets.length < count) {
    const batch = Array.from({ length: Math.min(50, count - sockets.length) }, (_, index) =>
      openOne(url, tokens[Math.floor((sockets.length + index) / MOST_OF_ONE)] ?? ""),
    );
    sockets.push(...(await Promise.all(batch)));
  }
}

function openOne(url: string, token: string): Promise<WebSocket> {
  const ready = Promise.withResolvers<WebSocket>();
  const socket = new WebSocket(url, { perMessageDeflate: false });
  socket.on("open", () => socket.send(JSON.stringify({ type: "hello", token, lists: true })));
  socket.on("error", ready.reject);
  socket.on("close", (code) => ready.reject(new Error(`closed with ${code}`)));
  socket.on("message", (data) => {
    const now = performance.timeOrigin + performance.now();
    const text = Buffer.isBuffer(data) ? data.toString("utf8") : "";
    if (text.startsWith('{"type":"ready"')) ready.resolve(socket);
    // Without JSON.parse: what the clients do is not what is measured.
    for (const [, id, version] of text.matchAll(/"estimateId":"([^"]+)","version":(\d+)/g)) {
      arrivals.push([`${id}/${version}`, now]);
    }
  });
  return ready.promise;
}

const orderSchema = z.object({
  url: z.string(),
  tokens: z.array(z.string()),
  count: z.number(),
});

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const answer = async (): Promise<string> => {
      if (request.url === "/open") {
        const order = orderSchema.parse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
        await openTo(order.url, order.tokens, order.count);
        return "[]";
      }
      if (request.url === "/close") {
        for (const socket of sockets.splice(0)) socket.terminate();
        return "[]";
      }
      const given = arrivals;
      arrivals = [];
      return JSON.stringify(given);
    };
    answer().then(
      (text) => response.end(text),
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
process.on("SIGTERM", () => process.exit(0));
