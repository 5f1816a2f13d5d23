/**
 * Telegram as a Mini App sees it, for browser tests. Runs inside the page before anything else, so it
 * is one function without outside names. The protocol: docs.telegram-mini-apps.com/platform.
 */
export function installTelegram(options: {
  theme: Record<string, string>;
  /** False: a client that never tells the size of the window. */
  answersViewport: boolean;
}): void {
  const posted: { name: string; data: Record<string, unknown> }[] = [];
  const receive = (name: string, data: unknown) => {
    const telegram = (window as unknown as { Telegram?: { WebView?: Receiver } }).Telegram;
    telegram?.WebView?.receiveEvent(name, data);
  };
  const answer = (name: string) => {
    const insets = { top: 0, bottom: 0, left: 0, right: 0 };
    if (name === "web_app_request_theme") {
      receive("theme_changed", { theme_params: options.theme });
    }
    if (name === "web_app_request_viewport" && options.answersViewport) {
      const { innerHeight: height, innerWidth: width } = window;
      receive("viewport_changed", { height, width, is_expanded: true, is_state_stable: true });
    }
    if (name === "web_app_request_safe_area") receive("safe_area_changed", insets);
    if (name === "web_app_request_content_safe_area") {
      receive("content_safe_area_changed", insets);
    }
  };
  interface Receiver {
    receiveEvent: (name: string, data: unknown) => void;
  }
  Object.assign(window, {
    TelegramWebviewProxy: {
      postEvent(name: string, json: string) {
        posted.push({ name, data: JSON.parse(json || "{}") as Record<string, unknown> });
        setTimeout(answer, 5, name);
      },
    },
    testTelegram: { posted, receive },
  });
}

export const lightTheme: Record<string, string> = {
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
  destructive_text_color: "#df3f40",
};

export const darkTheme: Record<string, string> = {
  bg_color: "#212121",
  text_color: "#ffffff",
  hint_color: "#aaaaaa",
  link_color: "#8774e1",
  button_color: "#8774e1",
  button_text_color: "#ffffff",
  secondary_bg_color: "#0f0f0f",
  header_bg_color: "#212121",
  bottom_bar_bg_color: "#212121",
  accent_text_color: "#8774e1",
  section_bg_color: "#212121",
  section_header_text_color: "#aaaaaa",
  section_separator_color: "#0f0f0f",
  subtitle_text_color: "#aaaaaa",
  destructive_text_color: "#e53935",
};
