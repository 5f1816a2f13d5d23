import { hash } from "node:crypto";

/** Only the SHA-256 of a token is kept: tokens are long and random, so a slow hash protects nothing. */
export function hashToken(token: string): Buffer {
  return hash("sha256", token, "buffer");
}
