import {
  bindThemeParamsCssVars,
  init,
  isThemeParamsDark,
  mountThemeParamsSync,
  on,
  postEvent,
  retrieveLaunchParams,
  retrieveRawInitData,
  targetOrigin,
} from "@telegram-apps/sdk-react";
import { attempt } from "./attempt.ts";
import { hideBackButton } from "./back_button.ts";

/** What the launch says. Only `initData` is signed; the rest is as good as its sender. */
export interface Launch {
  /** Goes to the server as it is. */
  readonly initData: string;
  /** Tells the people of one device apart; nothing else may hang on it. */
  readonly personId: string;
  /** Of `t.me/bot?startapp=…`. */
  readonly startParam: string | null;
  readonly platform: string;
  readonly version: string;
}

/**
 * Starts the Telegram SDK. Null outside Telegram. Never waits: what a client does not know or answer
 * (old versions, the viewport of some) is done without.
 */
export function startTelegram(): Launch | null {
  const launch = readLaunch();
  if (!launch) return null;
  // The simulator's chat page frames the app from an address of its own.
  const origin = document.querySelector<HTMLMetaElement>('meta[name="telegram-origin"]')?.content;
  if (origin) targetOrigin.set(origin);
  // Telegram's web client may send styles of its own; the policy of the page allows none.
  init({ acceptCustomStyles: false });

  attempt(mountThemeParamsSync);
  attempt(bindThemeParamsCssVars);
  hideBackButton();
  followTheme();
  followInsets();
  attempt(() => postEvent("web_app_expand"));
  return launch;
}

/** Tells Telegram to take its placeholder away. Call after the first paint. */
export function showApp(): void {
  attempt(() => postEvent("web_app_ready"));
}

function readLaunch(): Launch | null {
  try {
    const parameters = retrieveLaunchParams();
    const initData = retrieveRawInitData();
    if (!initData) return null;
    return {
      initData,
      personId: String(parameters.tgWebAppData?.user?.id ?? 0),
      startParam: parameters.tgWebAppStartParam ?? parameters.tgWebAppData?.start_param ?? null,
      platform: parameters.tgWebAppPlatform,
      version: parameters.tgWebAppVersion,
    };
  } catch {
    return null;
  }
}

/** Forms and scroll bars follow the theme; Telegram's own bars take the colours of the page. */
function followTheme(): void {
  const apply = () => {
    document.documentElement.dataset["theme"] = isThemeParamsDark() ? "dark" : "light";
  };
  apply();
  isThemeParamsDark.sub(apply);
  attempt(() => postEvent("web_app_set_header_color", { color_key: "secondary_bg_color" }));
}

/**
 * What Telegram's own bars cover (since 8.0). The SDK's viewport is not used: some clients never
 * answer it, and the page's own units do for the rest.
 */
function followInsets(): void {
  const style = document.documentElement.style;
  const keep = (name: string) => (inset: { top: number; bottom: number }) => {
    style.setProperty(`--${name}-top`, `${inset.top}px`);
    style.setProperty(`--${name}-bottom`, `${inset.bottom}px`);
  };
  on("safe_area_changed", keep("safe-area"));
  on("content_safe_area_changed", keep("content-area"));
  attempt(() => postEvent("web_app_request_safe_area"));
  attempt(() => postEvent("web_app_request_content_safe_area"));
}
