import { createHmac, createPrivateKey, sign } from "node:crypto";
import { accountOf, botChatOf } from "./chats.ts";
import { menuButtonOf } from "./commands.ts";
import { countNext } from "./state.ts";
import { nowInSeconds, type World } from "./world.ts";

export type Launch = {
  url: string;
  /** From a reply keyboard's button: the app may send data and has no query to answer. */
  isFromKeyboard?: boolean;
  startParameter?: string;
  version?: string;
  platform?: string;
  theme?: Record<string, string>;
  /** Seconds since 1970; for tests of old and future launches. */
  authDate?: number;
};

/** The URL to open and the signed `initData` in it, as Telegram's client gets it. */
export type Launched = { url: string; initData: string; queryId: string | null };

/** Launches a Mini App for a person: core.telegram.org/bots/webapps#initializing-mini-apps. */
export function launchMiniApp(world: World, personId: number, launch: Launch): Launched {
  const account = accountOf(world, personId);
  account.isKnownToBot = true;
  const hasQuery = launch.isFromKeyboard !== true && launch.startParameter === undefined;
  const queryId = hasQuery
    ? `AAE${String(countNext(world.state, "query")).padStart(20, "0")}`
    : null;
  if (queryId !== null) world.state.webAppQueries.set(queryId, { personId, isAnswered: false });

  const { id, first_name, last_name, username, language_code } = account.user;
  const fields = new Map<string, string>();
  if (queryId !== null) fields.set("query_id", queryId);
  fields.set(
    "user",
    JSON.stringify({
      id,
      first_name,
      last_name: last_name ?? "",
      ...(username === undefined ? {} : { username }),
      ...(language_code === undefined ? {} : { language_code }),
      allows_write_to_pm: account.hasStartedBot && !account.hasBlockedBot,
    }),
  );
  if (launch.startParameter !== undefined) {
    fields.set("chat_instance", chatInstanceOf(personId));
    fields.set("chat_type", "sender");
    fields.set("start_param", launch.startParameter);
  }
  fields.set("auth_date", String(launch.authDate ?? nowInSeconds(world)));
  const initData = signInitData(world.token, fields);

  const url = new URL(launch.url);
  if (launch.startParameter !== undefined) {
    url.searchParams.set("tgWebAppStartParam", launch.startParameter);
  }
  const hash = encodePairs([
    ["tgWebAppData", initData],
    ["tgWebAppVersion", launch.version ?? "9.1"],
    ["tgWebAppPlatform", launch.platform ?? "weba"],
    ["tgWebAppThemeParams", JSON.stringify(launch.theme ?? dayTheme)],
  ]);
  return { url: `${url.href.split("#")[0]}#${hash}`, initData, queryId };
}

/** The Mini App behind `t.me/<bot>?startapp`: the one of the menu button. Null without one. */
export function mainMiniAppUrl(world: World, personId: number): string | null {
  const button = menuButtonOf(world, botChatOf(world, personId));
  return button.type === "web_app" ? button.web_app.url : null;
}

/** The same for the same chat, as Telegram's. */
export function chatInstanceOf(seed: number): string {
  return String(-4_000_000_000_000_000_000n + BigInt(seed) * 7_919n);
}

/** Adds `signature` and `hash` and encodes: core.telegram.org/bots/webapps#validating-data. */
function signInitData(token: string, fields: Map<string, string>): string {
  const checked = (names: Map<string, string>) =>
    [...names]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => `${name}=${value}`)
      .join("\n");
  const botId = token.split(":")[0] ?? "";
  const message = Buffer.from(`${botId}:WebAppData\n${checked(fields)}`);
  const signed = new Map(fields);
  signed.set("signature", sign(null, message, signingKey).toString("base64url"));
  const secret = createHmac("sha256", "WebAppData").update(token).digest();
  signed.set("hash", createHmac("sha256", secret).update(checked(signed)).digest("hex"));
  return encodePairs([...signed]);
}

/** Telegram encodes a space as %20, not as a plus. */
function encodePairs(pairs: [string, string][]): string {
  return pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&");
}

/** Telegram's key is its own; here any key will do, because nobody can check it against Telegram's. */
const signingKey = createPrivateKey({
  key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 7)]),
  format: "der",
  type: "pkcs8",
});

const dayTheme: Record<string, string> = {
  bg_color: "#ffffff",
  text_color: "#000000",
  hint_color: "#707579",
  link_color: "#3390ec",
  button_color: "#3390ec",
  button_text_color: "#ffffff",
  secondary_bg_color: "#f4f4f5",
  header_bg_color: "#ffffff",
  bottom_bar_bg_color: "#ffffff",
  accent_text_color: "#3390ec",
  section_bg_color: "#ffffff",
  section_header_text_color: "#707579",
  section_separator_color: "#dadce0",
  subtitle_text_color: "#707579",
  destructive_text_color: "#e53935",
};
