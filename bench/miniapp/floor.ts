import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One answer of the real server. */
export interface Answer {
  readonly path: string;
  /** Bytes as they travelled. */
  readonly size: number;
  /** Bytes of the content, gzipped. */
  readonly gzipped: number;
}

/**
 * A page that does nothing: it fetches as many bytes as the app does, page first, then files and data all at
 * once, and shows a word. What is faster than this only the network could make faster.
 */
export async function startFloor(answers: readonly Answer[]) {
  const files = answers.filter(({ path }) => path !== "/app/");
  const paths = JSON.stringify(files.map((_, index) => `/${index}`));
  const script = `Promise.all(${paths}.map(async (path) => (await fetch(path)).arrayBuffer())).then(() => {
    document.body.append(document.createElement("pre"));
  });`;
  const page = `<!doctype html><title>floor</title><body><script>${script}</script>`;
  const server = createServer(({ url }, response) => {
    if (url === "/") {
      response.setHeader("Content-Type", "text/html");
      response.end(page);
      return;
    }
    // Random bytes can't be compressed on the way.
    response.end(randomBytes(files[Number(url?.slice(1))]?.size ?? 0));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}/`, close: () => void server.close() };
}
