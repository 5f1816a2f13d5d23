import type { Phone } from "./phone.ts";
import { pickChat } from "./pick_chat.ts";
import { act } from "./requests.ts";

/**
 * Opens a link as Telegram does: `t.me/<bot>?start=…` brings the START button, `startapp` the Mini
 * App, `t.me/share/url` asks for a chat. Anything else opens in a new tab.
 */
export function openTelegramLink(phone: Phone, link: string): void {
  const url = parseTelegramLink(link);
  if (url === null) {
    window.open(/^\w+:/.test(link) ? link : `http://${link}`, "_blank", "noopener");
    return;
  }
  if (url.path === "share/url") {
    void share(phone, url.parameters);
    return;
  }
  const [name = ""] = url.path.split("/");
  if (name.toLowerCase() !== phone.model.bot().username.toLowerCase()) {
    phone.toast(`@${name} нет в этом Telegram`);
    return;
  }
  const startApp = url.parameters.get("startapp");
  const start = url.parameters.get("start");
  if (startApp !== null) void phone.openMiniApp({ startParameter: startApp });
  else if (start !== null) phone.openChat(phone.botChatKey(), { startPayload: start });
  else phone.openChat(phone.botChatKey());
}

type TelegramLink = { path: string; parameters: URLSearchParams };

export function parseTelegramLink(link: string): TelegramLink | null {
  const deep = /^tg:\/{0,2}resolve\?(.*)$/i.exec(link);
  if (deep !== null) {
    const parameters = new URLSearchParams(deep[1]);
    return { path: parameters.get("domain") ?? "", parameters };
  }
  const share = /^tg:\/{0,2}msg_url\?(.*)$/i.exec(link);
  if (share !== null) return { path: "share/url", parameters: new URLSearchParams(share[1]) };
  const web = /^(?:https?:\/\/)?(?:t\.me|telegram\.me|telegram\.dog)\/([^?#]*)(?:\?([^#]*))?/i.exec(
    link,
  );
  if (web === null) return null;
  return { path: (web[1] ?? "").replace(/\/$/, ""), parameters: new URLSearchParams(web[2] ?? "") };
}

async function share(phone: Phone, parameters: URLSearchParams): Promise<void> {
  const text = [parameters.get("url"), parameters.get("text")].filter(Boolean).join("\n");
  const chatKey = await pickChat(phone, "Кому отправить?");
  if (chatKey === null) return;
  await act(phone.personId, "text", { chatKey, text });
  phone.openChat(chatKey);
}
