import { h } from "./dom.ts";
import { answerStorage } from "./mini_app_storage.ts";
import { openMiniAppPopup } from "./mini_app_popup.ts";
import type { BottomButton, MiniAppHost } from "./mini_app_host.ts";
import type { Phone } from "./phone.ts";
import { pickChat } from "./pick_chat.ts";
import { act } from "./requests.ts";
import { ask } from "./sheet.ts";
import { switchInline } from "./inline_keyboard.ts";
import { currentTheme, miniAppTheme } from "./theme.ts";

export type Bridge = { send(eventType: string, eventData?: unknown): void; close(): void };

type Data = Record<string, unknown>;
type Handler = (data: Data) => unknown;

/**
 * Telegram's protocol for Mini Apps in an iframe: JSON `{ eventType, eventData }` both ways,
 * docs.telegram-mini-apps.com/platform/methods.
 */
export function createMiniAppBridge(phone: Phone, host: MiniAppHost): Bridge {
  const { element, personId } = phone;

  function send(eventType: string, eventData: unknown = null): void {
    host.frame.contentWindow?.postMessage(JSON.stringify({ eventType, eventData }), "*");
  }

  const sendTheme = () => send("theme_changed", { theme_params: miniAppTheme(currentTheme()) });
  const sendViewport = () =>
    send("viewport_changed", {
      height: host.frame.clientHeight,
      width: host.frame.clientWidth,
      is_expanded: true,
      is_state_stable: true,
    });
  const noArea = { top: 0, bottom: 0, left: 0, right: 0 };

  const handlers: Record<string, Handler> = {
    iframe_ready: () => sendTheme(),
    iframe_will_reload: () => reload(host.frame),
    web_app_expand: sendViewport,
    web_app_close: () => host.close(),
    web_app_request_theme: sendTheme,
    web_app_request_viewport: sendViewport,
    web_app_request_safe_area: () => send("safe_area_changed", noArea),
    web_app_request_content_safe_area: () => send("content_safe_area_changed", noArea),
    web_app_setup_main_button: (data) => host.setButton("main", readButton(data)),
    web_app_setup_secondary_button: (data) => host.setButton("secondary", readButton(data)),
    web_app_setup_back_button: (data) => host.setBack(data["is_visible"] === true),
    web_app_setup_settings_button: (data) => host.setSettings(data["is_visible"] === true),
    web_app_setup_closing_behavior: (data) =>
      host.setClosingConfirmation(data["need_confirmation"] === true),
    web_app_set_header_color: (data) => host.setHeaderColour(colourOf(data)),
    web_app_set_background_color: (data) => host.setBackground(colourOf(data)),
    web_app_open_popup: (data) =>
      openMiniAppPopup(element, data, (id) =>
        send("popup_closed", id === null ? {} : { button_id: id }),
      ),
    web_app_open_link: (data) => window.open(textOf(data, "url"), "_blank", "noopener"),
    web_app_open_tg_link: (data) => {
      host.close();
      phone.openLink(`https://t.me${textOf(data, "path_full")}`);
    },
    web_app_data_send: (data) => {
      // Telegram gives this to apps of the reply keyboard only.
      if (host.isFromKeyboard) void host.sendData(textOf(data, "data"));
    },
    web_app_switch_inline_query: (data) => {
      host.close();
      void switchInline(phone, textOf(data, "query"));
    },
    web_app_send_prepared_message: (data) => sharePrepared(textOf(data, "id")),
    web_app_request_file_download: (data) => download(data),
    web_app_request_write_access: () => requestWriteAccess(),
    web_app_request_phone: () => requestPhone(),
    web_app_check_home_screen: () => send("home_screen_checked", { status: "unsupported" }),
    web_app_add_to_home_screen: () => send("home_screen_failed", { error: "UNSUPPORTED" }),
    web_app_request_fullscreen: () => send("fullscreen_failed", { error: "UNSUPPORTED" }),
    web_app_open_invoice: (data) =>
      send("invoice_closed", { slug: data["slug"], status: "failed" }),
    web_app_open_scan_qr_popup: () => send("scan_qr_popup_closed"),
    web_app_read_text_from_clipboard: (data) =>
      send("clipboard_text_received", { req_id: data["req_id"], data: null }),
    web_app_check_location: () => send("location_checked", { available: false }),
  };

  async function sharePrepared(preparedId: string): Promise<void> {
    const chatKey = await pickChat(phone, "Кому отправить?");
    if (chatKey === null) {
      send("prepared_message_failed", { error: "USER_DECLINED" });
      return;
    }
    const sent = await act(personId, "share", { preparedId, chatKey });
    if (sent === null) send("prepared_message_failed", { error: "MESSAGE_EXPIRED" });
    else send("prepared_message_sent");
  }

  async function download(data: Data): Promise<void> {
    const name = textOf(data, "file_name");
    const agreed = await ask(element, "Скачать файл?", name, "Скачать");
    send("file_download_requested", { status: agreed ? "downloading" : "cancelled" });
    if (!agreed) return;
    h("a", {
      href: textOf(data, "url"),
      download: name,
      target: "_blank",
      rel: "noopener",
    }).click();
  }

  async function requestWriteAccess(): Promise<void> {
    const agreed =
      phone.model.person(personId)?.hasStarted === true ||
      (await ask(element, "Разрешить сообщения?", "Бот сможет писать вам.", "Разрешить"));
    if (agreed) await act(personId, "allow-writing");
    send("write_access_requested", { status: agreed ? "allowed" : "cancelled" });
  }

  async function requestPhone(): Promise<void> {
    const agreed = await ask(
      element,
      "Отправить номер?",
      "Бот увидит ваш номер телефона.",
      "Отправить",
    );
    if (agreed) await act(personId, "contact");
    send("phone_requested", { status: agreed ? "sent" : "cancelled" });
  }

  function onMessage(event: MessageEvent): void {
    if (event.source !== host.frame.contentWindow || typeof event.data !== "string") return;
    const message = readMessage(event.data);
    if (message === null) return;
    const { eventType, eventData } = message;
    if (answerStorage(personId, eventType, eventData, send)) return;
    void handlers[eventType]?.(eventData);
  }

  const resized = new ResizeObserver(sendViewport);
  resized.observe(host.frame);
  window.addEventListener("message", onMessage);
  document.addEventListener("themechange", sendTheme);
  return {
    send,
    close() {
      resized.disconnect();
      window.removeEventListener("message", onMessage);
      document.removeEventListener("themechange", sendTheme);
    },
  };
}

function readMessage(data: string): { eventType: string; eventData: Data } | null {
  try {
    const { eventType, eventData } = JSON.parse(data) as { eventType: unknown; eventData: unknown };
    if (typeof eventType !== "string") return null;
    const isObject = typeof eventData === "object" && eventData !== null;
    return { eventType, eventData: isObject ? (eventData as Data) : {} };
  } catch {
    return null; // Other things in the page may post messages of their own.
  }
}

function readButton(data: Data): BottomButton {
  return {
    isVisible: data["is_visible"] === true && textOf(data, "text").trim() !== "",
    isActive: data["is_active"] !== false,
    isBusy: data["is_progress_visible"] === true,
    text: textOf(data, "text"),
    colour: textOf(data, "color") || "var(--accent)",
    textColour: textOf(data, "text_color") || "#fff",
  };
}

const named: Record<string, string> = {
  bg_color: "var(--surface)",
  secondary_bg_color: "var(--surface-2)",
  bottom_bar_bg_color: "var(--surface)",
};

function colourOf(data: Data): string {
  const key = textOf(data, "color_key") || textOf(data, "color");
  return named[key] ?? key;
}

function textOf(data: Data, name: string): string {
  const value = data[name];
  return typeof value === "string" ? value : "";
}

function reload(frame: HTMLIFrameElement): void {
  frame.src = frame.getAttribute("src") ?? "";
}
