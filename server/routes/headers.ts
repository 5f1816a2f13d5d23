import type { MiddlewareHandler } from "hono";
import { compress } from "hono/compress";
import { secureHeaders } from "hono/secure-headers";
import { SCRIPT_HASH, STYLE_HASH } from "../pages/layout.ts";
import type { AppDependencies, AppEnvironment } from "./dependencies.ts";

const YEAR = 365 * 24 * 3600; // s

type HeadersConfig = Pick<AppDependencies["config"], "isSecure" | "simulatorOrigin">;

/**
 * Compresses what is worth it. `Vary` is said before there is an answer: said afterwards, as `compress`
 * does by itself, it would copy the whole answer, also for who asks for nothing compressed.
 */
export function compressed(): MiddlewareHandler<AppEnvironment> {
  const compressing = compress();
  return (context, next) => {
    context.header("Vary", "Accept-Encoding");
    return compressing(context, next);
  };
}

/** For everything that is not a page: nothing may be loaded from it and nothing may frame it. */
export function apiHeaders({ isSecure }: HeadersConfig): MiddlewareHandler<AppEnvironment> {
  return secureHeaders({
    strictTransportSecurity: isSecure && `max-age=${YEAR}; includeSubDomains`,
    xFrameOptions: "DENY",
    contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] },
  });
}

/**
 * For the Mini App: its own scripts and styles only. Telegram's web client shows it in a frame, the
 * others open it by itself.
 */
export function miniappHeaders(config: HeadersConfig): MiddlewareHandler<AppEnvironment> {
  const simulator = config.simulatorOrigin === null ? [] : [config.simulatorOrigin];
  return secureHeaders({
    strictTransportSecurity: config.isSecure && `max-age=${YEAR}; includeSubDomains`,
    xFrameOptions: false,
    // The chat page of the simulator lives on another port.
    crossOriginOpenerPolicy: false,
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      styleSrc: ["'self'"],
      imgSrc: ["'self'", "data:", "blob:"],
      connectSrc: ["'self'"],
      fontSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      objectSrc: ["'none'"],
      frameAncestors: ["https://web.telegram.org", ...simulator],
    },
  });
}

/**
 * For the manager's page: style and script from its own path only, no frame around it, nothing kept.
 */
export function managerHeaders({
  isSecure,
}: Pick<HeadersConfig, "isSecure">): MiddlewareHandler<AppEnvironment> {
  const secure = secureHeaders({
    strictTransportSecurity: isSecure && `max-age=${YEAR}; includeSubDomains`,
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: ["'self'"],
      scriptSrc: ["'self'"],
      connectSrc: ["'self'"],
      imgSrc: ["'self'", "data:"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
  return async (context, next) => {
    await secure(context, next);
    // Not by `context.header`: it would copy the whole answer.
    const { headers } = context.res;
    headers.set("X-Robots-Tag", "noindex, nofollow");
    if (!headers.has("Cache-Control")) headers.set("Cache-Control", "no-store");
  };
}

/**
 * For the pages of strangers: their one style and script by hash, forms to this site, nothing else. The
 * address holds a secret, so it is told to nobody and indexed nowhere, and the page is not kept.
 */
export function pageHeaders({
  isSecure,
}: Pick<HeadersConfig, "isSecure">): MiddlewareHandler<AppEnvironment> {
  const secure = secureHeaders({
    strictTransportSecurity: isSecure && `max-age=${YEAR}; includeSubDomains`,
    xFrameOptions: "DENY",
    referrerPolicy: "no-referrer",
    contentSecurityPolicy: {
      defaultSrc: ["'none'"],
      styleSrc: [STYLE_HASH],
      scriptSrc: [SCRIPT_HASH],
      connectSrc: ["'self'"],
      // Photos of extra work.
      imgSrc: ["'self'"],
      formAction: ["'self'"],
      baseUri: ["'none'"],
      frameAncestors: ["'none'"],
    },
  });
  return async (context, next) => {
    await secure(context, next);
    const { headers } = context.res;
    headers.set("X-Robots-Tag", "noindex, nofollow");
    headers.set("Cache-Control", "no-store");
  };
}
