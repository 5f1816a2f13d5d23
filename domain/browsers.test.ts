import { expect, it } from "vitest";
import { nameBrowser } from "./browsers.ts";

const MOZILLA = "Mozilla/5.0";

it.each([
  [
    `${MOZILLA} (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36`,
    "Chrome, Android",
  ],
  [
    `${MOZILLA} (iPhone; CPU iPhone OS 17_5 like Mac OS X) Version/17.5 Safari/604.1`,
    "Safari, iPhone",
  ],
  [`${MOZILLA} (Macintosh; Intel Mac OS X 14_5) Version/17.5 Safari/605.1.15`, "Safari, macOS"],
  // It calls itself Chrome and Safari, too.
  [
    `${MOZILLA} (Windows NT 10.0) AppleWebKit/537.36 Chrome/124.0 YaBrowser/24.6 Safari/537.36`,
    "Яндекс Браузер, Windows",
  ],
  [`${MOZILLA} (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0`, "Firefox, Linux"],
  ["curl/8.5.0", "Браузер"],
  ["", "Браузер"],
])("a device with «%s» is called «%s»", (userAgent, name) => {
  expect(nameBrowser(userAgent)).toBe(name);
});
