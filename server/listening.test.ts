import { once } from "node:events";
import { Agent, get } from "node:http";
import { connect } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, describe, expect, it } from "vitest";
import { listen, type Listening } from "./listening.ts";

let listening: Listening;

afterEach(() => listening.close(0));

async function openWith(answer: () => Promise<Response>): Promise<void> {
  listening = await listen({ host: "127.0.0.1", port: 0 });
  listening.open(answer);
}

/** One request over a connection that is kept; the body, or the code of what went wrong. */
function ask(agent: Agent): Promise<string> {
  return new Promise((resolve) => {
    get(listening.url, { agent }, (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
    }).on("error", (error) => resolve("code" in error ? String(error.code) : "broken"));
  });
}

describe("a server that drains", () => {
  it("answers what is under way before it is done, and takes nothing new", async () => {
    let answer: (response: Response) => void = () => undefined;
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await openWith(() => {
      asked();
      return new Promise((resolve) => {
        answer = resolve;
      });
    });
    const first = ask(new Agent({ keepAlive: true }));
    await isAsked;
    const drained = listening.drain(10_000).then(() => "drained");
    expect(await ask(new Agent())).toBe("ECONNREFUSED");
    expect(await Promise.race([drained, Promise.resolve("not yet")])).toBe("not yet");
    answer(new Response("done"));
    expect(await first).toBe("done");
    expect(await drained).toBe("drained");
  });

  it("leaves no kept connection on which somebody would still be answered", async () => {
    await openWith(() => Promise.resolve(new Response("done")));
    const agent = new Agent({ keepAlive: true });
    expect(await ask(agent)).toBe("done");
    await listening.drain(10_000);
    expect(await ask(agent)).toMatch(/ECONNREFUSED|ECONNRESET/);
  });

  it("tells whoever connected before and asks only afterwards to come again", async () => {
    let answered = 0;
    await openWith(() => {
      answered += 1;
      return Promise.resolve(new Response("done"));
    });
    const late = connect(Number(new URL(listening.url).port), "127.0.0.1");
    await once(late, "connect");
    // Accepted, or it would be cut off with the port.
    await new Promise((resolve) => listening.server.getConnections(resolve));
    await sleep(50);
    await listening.drain(10_000);
    const said: Buffer[] = [];
    late.on("data", (chunk: Buffer) => said.push(chunk));
    late.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    await once(late, "close");
    const text = Buffer.concat(said).toString("utf8");
    expect(text).toMatch(/^HTTP\/1\.1 503 /);
    expect(text).toMatch(/connection: close/i);
    expect(text).toContain("Смётка останавливается");
    expect(answered).toBe(0);
  });

  it("waits for nobody longer than it may", async () => {
    let asked: () => void = () => undefined;
    const isAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    await openWith(() => {
      asked();
      return new Promise(() => undefined);
    });
    const never = ask(new Agent());
    await isAsked;
    await listening.drain(20);
    await listening.close(0);
    expect(await never).toBe("ECONNRESET");
  });
});
