import { createHmac, randomBytes } from "node:crypto";
import { type Id, packId, unpackId } from "../../domain/ids.ts";

/** Of a link's secret part. */
const SECRET_SIZE = 24; // bytes
const LINK_TOKEN = /^([A-Za-z0-9_-]{22})[A-Za-z0-9_-]{32}$/;

/** A new secret of 256 bits as 43 characters of base64url, to be shown once; only a hash is kept. */
export function makeToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * The token of a link that strangers open: 54 characters, the company's id in front of 192 random
 * bits. So the company is known before anything is looked up, and the lookup is that company's own.
 */
export function makeLinkToken(companyId: Id): string {
  return packId(companyId) + randomBytes(SECRET_SIZE).toString("base64url");
}

/**
 * The token of a link that a program shares: the same for the same thing, so that doing it twice makes
 * one link. As unguessable as `secret`.
 * @param secret see `deriveKey`
 */
export function deriveLinkToken(companyId: Id, secret: Buffer, thing: Id): string {
  const mac = createHmac("sha256", secret).update(`${companyId} ${thing}`).digest();
  return packId(companyId) + mac.subarray(0, SECRET_SIZE).toString("base64url");
}

/** The company that a link's token names; null for what `makeLinkToken` never makes. */
export function readLinkToken(token: string): Id | null {
  return unpackId(LINK_TOKEN.exec(token)?.[1] ?? "");
}
