import { generateKeyPairSync, sign } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** A server that speaks TLS as PostgreSQL does, in front of one that does not. */
export interface TlsProxy {
  /** The database's, through the proxy and with TLS. */
  readonly url: string;
  /** Hangs up on everybody. */
  hangUp(): void;
  close(): void;
}

export async function openTlsProxy(databaseUrl: string): Promise<TlsProxy> {
  const target = new URL(databaseUrl);
  const identity = createIdentity();
  const clients = new Set<Socket>();
  const proxy = createServer((client) => {
    clients.add(client);
    client.on("error", () => undefined);
    client.once("data", () => {
      client.write("S");
      const inside = new TLSSocket(client, { isServer: true, ...identity });
      const server = connect(Number(target.port), target.hostname);
      inside.on("error", () => undefined).on("close", () => server.destroy());
      server.on("error", () => undefined).on("close", () => inside.destroy());
      inside.pipe(server).pipe(inside);
    });
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  const url = new URL(databaseUrl);
  url.hostname = "127.0.0.1";
  url.port = String((proxy.address() as AddressInfo).port);
  url.searchParams.set("sslmode", "require");
  const hangUp = (): void => {
    for (const client of clients) client.destroy();
    clients.clear();
  };
  return {
    url: url.href,
    hangUp,
    close: () => {
      hangUp();
      proxy.close();
    },
  };
}

/** A key of this moment and a certificate that it signed itself (RFC 5280, Ed25519 as in RFC 8410). */
function createIdentity(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const name = sequence(set(sequence(COMMON_NAME, encode(0x0c, Buffer.from("localhost")))));
  const validity = sequence(time("20200101000000Z"), time("20491231235959Z"));
  const signed = sequence(
    encode(0xa0, encode(0x02, Buffer.of(2))),
    encode(0x02, Buffer.of(1)),
    sequence(ED25519),
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
  );
  const signature = encode(0x03, Buffer.concat([Buffer.of(0), sign(null, signed, privateKey)]));
  const certificate = sequence(signed, sequence(ED25519), signature).toString("base64");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${certificate}\n-----END CERTIFICATE-----\n`,
  };
}

const COMMON_NAME = Buffer.from("0603550403", "hex");
const ED25519 = Buffer.from("06032b6570", "hex");

/** One value of DER: tag, length, content. */
function encode(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const head = length < 128 ? [tag, length] : [tag, 0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from(head), content]);
}

const sequence = (...parts: readonly Buffer[]): Buffer => encode(0x30, Buffer.concat(parts));
const set = (part: Buffer): Buffer => encode(0x31, part);
const time = (text: string): Buffer => encode(0x18, Buffer.from(text));
