import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { createTelegramHttp } from "./telegram_http.ts";

let server: Server;
let url: string;
let sockets: Set<Socket>;

beforeEach(async () => {
  sockets = new Set();
  server = createServer((request, response) => {
    sockets.add(request.socket);
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      if (request.url === "/silent") return;
      if (request.url === "/half") {
        response.writeHead(200, { "Content-Length": "100" }).write("{");
        response.destroy();
        return;
      }
      const { "content-length": length = null } = request.headers;
      response.writeHead(request.url === "/busy" ? 429 : 200).end(JSON.stringify({ body, length }));
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const HEADERS = { "content-type": "application/json" };

function call(
  path: string,
  body: string | AsyncIterable<Uint8Array>,
  stop = new AbortController(),
) {
  const { signal } = stop;
  return send(`${url}${path}`, { method: "POST", headers: HEADERS, body, signal });
}

const send = createTelegramHttp();

describe("calls to Telegram", () => {
  it("give status and whole answer, and keep their connection", async () => {
    const first = await call("/ok", '{"text":"смета ёж"}');
    expect(await first.json()).toEqual({ body: '{"text":"смета ёж"}', length: "26" });
    // It is free again in the turn after its answer.
    await turn();
    const second = await call("/busy", "{}");
    expect([second.status, JSON.parse(await second.text())]).toEqual([
      429,
      { body: "{}", length: "2" },
    ]);
    expect(sockets.size).toBe(1);
  });

  it("send an upload on a connection of its own", async () => {
    await call("/ok", "{}");
    async function* parts() {
      yield new TextEncoder().encode("первая ");
      yield new TextEncoder().encode("вторая");
    }
    const answer = await call("/ok", parts());
    expect(await answer.json()).toEqual({ body: "первая вторая", length: null });
    expect(sockets.size).toBe(2);
  });

  it("reject when the answer breaks off, nobody listens, or the upload fails", async () => {
    await expect(call("/half", "{}")).rejects.toThrow(/other side closed/);
    // oxlint-disable-next-line require-yield
    async function* broken(): AsyncGenerator<Uint8Array> {
      throw new Error("no such file");
    }
    await expect(call("/ok", broken())).rejects.toThrow(/no such file/);
    server.closeAllConnections();
    server.close();
    await once(server, "close");
    await expect(call("/ok", "{}")).rejects.toThrow("ECONNREFUSED");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });

  it("end when they are called off", async () => {
    const stop = new AbortController();
    const silent = call("/silent", "{}", stop);
    await expect.poll(() => sockets.size).toBe(1);
    stop.abort();
    await expect(silent).rejects.toThrow("aborted");
  });
});
