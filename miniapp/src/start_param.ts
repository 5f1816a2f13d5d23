import type { Id } from "../../domain/ids.ts";

/** `e_` and 22 characters of base64url (see `packId`) name an estimate; null for anything else. */
export function estimateOfStartParam(startParam: string | null): Id | null {
  const packed = /^e_([A-Za-z0-9_-]{22})$/.exec(startParam ?? "")?.[1];
  if (packed === undefined) return null;
  const binary = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const hex = Array.from(binary, (char) => char.charCodeAt(0).toString(16).padStart(2, "0"));
  return hex.join("").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
