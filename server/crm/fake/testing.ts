import { type HttpBindings, serve } from "@hono/node-server";
import { Hono } from "hono";
import { type FormValue, parseForm } from "./form.ts";

/** A handler of webhooks that remembers what came, for tests of the fakes. */
export interface Receiver {
  url: string;
  received: Record<string, FormValue>[];
  /** What it answers from now on; `hang` never answers. */
  answerWith(answer: number | "hang"): void;
  close(): Promise<void>;
}

export async function createReceiver(): Promise<Receiver> {
  const received: Receiver["received"] = [];
  let answer: number | "hang" = 200;
  const app = new Hono<{ Bindings: HttpBindings }>();
  app.post("/hook", async (context) => {
    received.push(parseForm(await context.req.text()));
    if (answer === "hang") return new Promise<never>(() => undefined);
    return new Response("", { status: answer });
  });
  return new Promise((resolve) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port: 0 }, ({ port }) => {
      resolve({
        url: `http://127.0.0.1:${String(port)}/hook`,
        received,
        answerWith(next) {
          answer = next;
        },
        close: async () =>
          new Promise((done) => {
            server.close(() => done());
            if ("closeAllConnections" in server) server.closeAllConnections();
          }),
      });
    });
  });
}
