import { BlockList, isIP } from "node:net";
import { getConnInfo } from "@hono/node-server/conninfo";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { AppDependencies } from "./dependencies.ts";

/** A browser in which somebody of a company opened a preview or the Mini App. */
const OWN_DEVICE = "smetka_own";
const YEAR = 365 * 24 * 3600; // s

/** Programs that fetch a link to show it in a chat, or to index it. Browsers inside apps are not here. */
const PROGRAMS =
  /bot\b|bots\b|crawl|spider|facebookexternalhit|facebot|whatsapp|vkshare|preview|embedly|curl|wget|python|go-http|java\/|okhttp|axios|node-fetch|undici/i;

/** A person with a browser, as far as the request shows. */
export function isPerson(context: Context): boolean {
  const userAgent = context.req.header("User-Agent") ?? "";
  const purpose = context.req.header("Sec-Purpose") ?? context.req.header("Purpose") ?? "";
  return userAgent !== "" && !PROGRAMS.test(userAgent) && !purpose.includes("prefetch");
}

export function isOwnDevice(context: Context): boolean {
  return getCookie(context, OWN_DEVICE) !== undefined;
}

/** From now on this browser's openings of clients' pages are not the client's. */
export function markOwnDevice(
  context: Context,
  { isSecure }: Pick<AppDependencies["config"], "isSecure">,
): void {
  setCookie(context, OWN_DEVICE, "1", {
    path: "/",
    maxAge: YEAR,
    httpOnly: true,
    sameSite: "Lax",
    secure: isSecure,
  });
}

/**
 * Whether a form was sent by this site's own page. The address of the page is a secret already; this
 * also stops a page that somehow learned it. `Origin: null` is what our own referrer policy makes of it.
 */
export function isSameSite(context: Context): boolean {
  const site = context.req.header("Sec-Fetch-Site");
  if (site !== undefined) return site === "same-origin" || site === "none";
  const origin = context.req.header("Origin");
  if (origin === undefined || origin === "null") return true;
  return URL.canParse(origin) && new URL(origin).host === context.req.header("Host");
}

/** Networks from which only a proxy of this installation can come. */
const NEAR = new BlockList();
NEAR.addSubnet("127.0.0.0", 8);
NEAR.addSubnet("10.0.0.0", 8);
NEAR.addSubnet("172.16.0.0", 12);
NEAR.addSubnet("192.168.0.0", 16);
NEAR.addAddress("::1", "ipv6");
NEAR.addSubnet("fc00::", 7, "ipv6");

/**
 * The address of the visitor. Behind a proxy on this machine or in this network it is the last entry of
 * X-Forwarded-For, which that proxy wrote; anything else in the header anybody may have made up.
 */
export function addressOf(context: Context): string {
  const near = peerOf(context).replace(/^::ffff:/i, "");
  if (near !== "" && !isNear(near)) return near;
  const told = context.req.header("X-Forwarded-For")?.split(",").at(-1)?.trim() ?? "";
  return isIP(told) === 0 ? near : told;
}

function isNear(address: string): boolean {
  return NEAR.check(address, isIP(address) === 6 ? "ipv6" : "ipv4");
}

/** Empty where there is no connection: a request that was made in the process itself. */
function peerOf(context: Context): string {
  const hasConnection = Boolean((context.env as { incoming?: unknown } | undefined)?.incoming);
  return hasConnection ? (getConnInfo(context).remote.address ?? "") : "";
}
