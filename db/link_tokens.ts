import { createHash } from "node:crypto";

/** Only the SHA-256 of a token is kept: tokens are long and random, so a slow hash protects nothing. */
export function hashToken(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
