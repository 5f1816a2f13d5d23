import { z } from "zod";

/** A uuid v7 in the usual form; the time in it makes rows of one moment lie side by side. */
export type Id = string;

export const idSchema = z.uuid();

/** Whether a text could name anything: PostgreSQL refuses to look for what could not. */
export function isId(text: string): boolean {
  return idSchema.safeParse(text).success;
}

/**
 * Makes a uuid v7 (RFC 9562, 5.7).
 * @param now milliseconds since 1970
 * @param random at least 10 random bytes
 */
export function makeId(now: number, random: Uint8Array): Id {
  const time = now.toString(16).padStart(12, "0");
  const byte = (index: number): number => random[index] ?? 0;
  const hex = (index: number): string => hexOf(byte(index));
  const version = hexOf((byte(0) & 0x0f) | 0x70);
  const variant = hexOf((byte(2) & 0x3f) | 0x80);
  const node = hex(4) + hex(5) + hex(6) + hex(7) + hex(8) + hex(9);
  return `${time.slice(0, 8)}-${time.slice(8)}-${version}${hex(1)}-${variant}${hex(3)}-${node}`;
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

function hexOf(byte: number): string {
  return HEX[byte] ?? "";
}

/** 32 hexadecimal digits → 8-4-4-4-12. */
function formatUuid(hex: string): Id {
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const [HYPHEN, ZERO, NINE] = [0x2d, 0x30, 0x39];
/** Makes a small letter of a letter; then «a» stands for 10. */
const [SMALL, TEN] = [0x20, 0x61 - 10];
const BASE64URL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/** 22 characters of base64url: a uuid that fits into callback data and deep links. */
export function packId(id: Id): string {
  let packed = "";
  let bits = 0;
  let length = 0;
  for (let index = 0; index < id.length; index += 1) {
    const code = id.charCodeAt(index);
    if (code === HYPHEN) continue;
    bits = (bits << 4) | (code <= NINE ? code - ZERO : (code | SMALL) - TEN);
    length += 4;
    if (length < 6) continue;
    length -= 6;
    packed += BASE64URL.charAt(bits >> length);
    bits &= (1 << length) - 1;
  }
  return length === 0 ? packed : packed + BASE64URL.charAt(bits << (6 - length));
}

/** The reverse of `packId`; null for anything else. */
export function unpackId(packed: string): Id | null {
  if (!/^[A-Za-z0-9_-]{22}$/.test(packed)) return null;
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const id = formatUuid(Array.from(binary, (char) => hexOf(char.charCodeAt(0))).join(""));
  return idSchema.safeParse(id).success ? id : null;
}
