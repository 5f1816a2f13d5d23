import { on } from "@telegram-apps/sdk-react";
import { useEffect, useEffectEvent } from "react";
import { attempt } from "./attempt.ts";
import { postEvent } from "./bridge.ts";

export interface MainButton {
  readonly text: string;
  readonly isEnabled: boolean;
  readonly isBusy: boolean;
  readonly onPress: () => void;
}

/** Shows Telegram's main button at the bottom while `button` is given. */
export function useMainButton(button: MainButton | null): void {
  const press = useEffectEvent(() => {
    if (button?.isEnabled && !button.isBusy) button.onPress();
  });
  const isShown = button !== null;
  const { text, isEnabled, isBusy } = button ?? HIDDEN;
  useEffect(() => {
    if (!isShown) return;
    const look = { is_active: isEnabled && !isBusy, is_progress_visible: isBusy, is_visible: true };
    attempt(() => postEvent("web_app_setup_main_button", { ...look, text }));
  }, [isShown, text, isEnabled, isBusy]);
  useEffect(() => {
    if (!isShown) return undefined;
    const stop = on("main_button_pressed", () => press());
    return () => {
      stop();
      attempt(() => postEvent("web_app_setup_main_button", { is_visible: false }));
    };
  }, [isShown]);
}

const HIDDEN = { text: "", isEnabled: false, isBusy: false };
