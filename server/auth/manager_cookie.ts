import { parse } from "hono/utils/cookie";

/** With the first name a browser takes the cookie only over https, for this host and for all of it. */
export function managerCookieName(isSecure: boolean): string {
  return isSecure ? "__Host-smetka_manager" : "smetka_manager";
}

/** The token in a `Cookie` header; null for none and for what is no token. */
export function readManagerCookie(header: string | undefined, isSecure: boolean): string | null {
  const name = managerCookieName(isSecure);
  const token = parse(header ?? "", name)[name] ?? "";
  return /^[\w-]{43}$/.test(token) ? token : null;
}
