import {
  on,
  retrieveLaunchParams,
  retrieveRawInitData,
  targetOrigin,
} from "@telegram-apps/sdk-react";
import { attempt } from "./attempt.ts";
import { hideBackButton } from "./back_button.ts";
import { openBridge, postEvent } from "./bridge.ts";

/** What the launch says. Only `initData` is signed; the rest is as good as its sender. */
export interface Launch {
  /** Goes to the server as it is. */
  readonly initData: string;
  /** Tells the people of one device apart; nothing else may hang on it. */
  readonly personId: string;
  /** Of `t.me/bot?startapp=…`. */
  readonly startParam: string | null;
  readonly version: string;
  readonly theme: Theme;
}

/** "bg_color" → "#ffffff"; old clients name only some of them. */
type Theme = Readonly<Record<string, string | undefined>>;

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
  attempt(() => openBridge(launch.version));
  hideBackButton();
  followTheme(launch.theme);
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
      version: parameters.tgWebAppVersion,
      theme: parameters.tgWebAppThemeParams,
    };
  } catch {
    return null;
  }
}

/** Forms and scroll bars follow the theme; Telegram's own bars take the colours of the page. */
function followTheme(theme: Theme): void {
  const { dataset, style } = document.documentElement;
  const apply = (colours: Theme) => {
    for (const [name, colour] of Object.entries(colours)) {
      if (colour) style.setProperty(`--tg-theme-${name.replaceAll("_", "-")}`, colour);
    }
    const background = colours["bg_color"];
    if (background) dataset["theme"] = isDark(background) ? "dark" : "light";
  };
  apply(theme);
  on("theme_changed", ({ theme_params }) => apply(theme_params));
  // After a reload the launch still names the theme of the first opening.
  attempt(() => postEvent("web_app_request_theme"));
  attempt(() => postEvent("web_app_set_header_color", { color_key: "secondary_bg_color" }));
}

/** @param colour "#rrggbb" */
function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) =>
    parseInt(colour.slice(at, at + 2), 16),
  );
  return Math.hypot(red * 0.547, green * 0.766, blue * 0.338) < 120;
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
