import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { guardedLookup, isPublicAddress } from "./addresses.ts";
import { createHttp } from "./http.ts";

it.each([
  "127.0.0.1",
  "10.1.2.3",
  "172.20.0.1",
  "192.168.1.1",
  "169.254.169.254",
  "100.64.0.1",
  "0.0.0.0",
  "::1",
  "::",
  "::ffff:10.0.0.1",
  "::ffff:7f00:1",
  "64:ff9b::7f00:1",
  "2002:7f00:1::",
  "fd00::1",
  "fe80::1",
  "ff02::1",
  "255.255.255.255",
  "не адрес",
])("takes %s for private", (address) => {
  expect(isPublicAddress(address)).toBe(false);
});

it.each(["1.1.1.1", "95.163.41.10", "2a00:1450:4010::8a", "::ffff:1.1.1.1"])(
  "takes %s for public",
  (address) => {
    expect(isPublicAddress(address)).toBe(true);
  },
);

async function ask(url: string, rule = isPublicAddress) {
  const http = createHttp(rule, true);
  onTestFinished(() => http.close());
  return http.send({
    method: "GET",
    url: new URL(url),
    headers: {},
    body: null,
    timeout: 2000,
    signal: new AbortController().signal,
  });
}

async function serve(): Promise<{ port: number; hits: () => number }> {
  let hits = 0;
  const server = createServer((_, response) => {
    hits += 1;
    response.end("{}");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, hits: () => hits };
}

it.each(["127.0.0.1", "localhost", "2130706433", "0x7f.1", "0177.0.0.1", "[::ffff:127.0.0.1]"])(
  "opens no connection to %s",
  async (host) => {
    const { port, hits } = await serve();
    await expect(ask(`http://${host}:${port}/`)).rejects.toMatchObject({
      code: "forbidden_address",
      wasSent: false,
    });
    expect(hits()).toBe(0);
  },
);

it("opens one where private addresses are allowed", async () => {
  const { port } = await serve();
  expect((await ask(`http://localhost:${port}/`, () => true)).status).toBe(200);
});

it("speaks plain http only where it is allowed", async () => {
  const http = createHttp(() => true, false);
  const request = { method: "GET", headers: {}, body: null, timeout: 2000 };
  const { signal } = new AbortController();
  const url = new URL("http://example.ru/");
  await expect(http.send({ ...request, url, signal })).rejects.toMatchObject({
    code: "plain_http",
  });
});

it("follows no redirect, wherever it points", async () => {
  const inner = await serve();
  const server = createServer((_, response) => {
    response.writeHead(302, { Location: `http://127.0.0.1:${inner.port}/` }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  expect((await ask(`http://localhost:${port}/`, () => true)).status).toBe(302);
  expect(inner.hits()).toBe(0);
});

it("connects to the very addresses that were checked, whatever a name says next", async () => {
  const checked: string[] = [];
  const lookup = guardedLookup((address) => checked.push(address) > 0);
  const found = await new Promise<unknown>((resolve, reject) => {
    lookup("localhost", { all: true }, (error, addresses) =>
      error ? reject(error) : resolve(addresses),
    );
  });
  expect(found).toEqual(checked.map((address) => expect.objectContaining({ address })));
  expect(checked.length).toBeGreaterThan(0);
});
