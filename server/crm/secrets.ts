import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

const ALGORITHM = "aes-256-gcm";
const ID = 4; // bytes: which key it was
const NONCE = 12;
const TAG = 16;

/** Keeps secrets so that a dump of the database gives none of them away. */
export interface SecretBox {
  /** `owner` is bound in: a secret copied to another row does not open. */
  seal(secret: string, owner: string): Buffer;
  /** Throws when the key is another one or a bit was changed. */
  open(sealed: Uint8Array, owner: string): string;
}

/** @param key 32 bytes, see `deriveKey` */
export function createSecretBox(key: Buffer): SecretBox {
  const keyId = createHash("sha256").update(key).digest().subarray(0, ID);
  return {
    seal(secret, owner) {
      const nonce = randomBytes(NONCE);
      const cipher = createCipheriv(ALGORITHM, key, nonce).setAAD(Buffer.from(owner));
      const text = Buffer.concat([cipher.update(secret, "utf8"), cipher.final()]);
      return Buffer.concat([keyId, nonce, cipher.getAuthTag(), text]);
    },
    open(sealed, owner) {
      const bytes = Buffer.from(sealed);
      if (!bytes.subarray(0, ID).equals(keyId)) {
        throw new Error("the secret was sealed with another key: was SECRET_KEY changed?");
      }
      const nonce = bytes.subarray(ID, ID + NONCE);
      const tag = bytes.subarray(ID + NONCE, ID + NONCE + TAG);
      const decipher = createDecipheriv(ALGORITHM, key, nonce)
        .setAAD(Buffer.from(owner))
        .setAuthTag(tag);
      const text = bytes.subarray(ID + NONCE + TAG);
      return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8");
    },
  };
}
