import { type HttpBindings, serve } from "@hono/node-server";
import type { Hono } from "hono";

export interface Listening {
  /** `http://127.0.0.1:port`, without a slash at the end. */
  url: string;
  port: number;
  close(): Promise<void>;
}

/** Serves the app on the loopback interface only; port 0 takes a free one. */
export async function listen(app: Hono<{ Bindings: HttpBindings }>, port = 0): Promise<Listening> {
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname: "127.0.0.1", port }, (address) => {
      resolve({
        url: `http://127.0.0.1:${String(address.port)}`,
        port: address.port,
        close: async () => closeServer(server),
      });
    });
    server.once("error", reject);
  });
}

async function closeServer(server: ReturnType<typeof serve>): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    if ("closeAllConnections" in server) server.closeAllConnections();
  });
}
