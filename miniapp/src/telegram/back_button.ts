import { on } from "@telegram-apps/sdk-react";
import { useEffect, useEffectEvent } from "react";
import { attempt } from "./attempt.ts";
import { postEvent } from "./bridge.ts";

/** Shows Telegram's back button while `onPress` is given. */
export function useBackButton(onPress: (() => void) | null): void {
  const press = useEffectEvent(() => onPress?.());
  const isShown = onPress !== null;
  useEffect(() => {
    if (!isShown) return undefined;
    show(true);
    const stop = on("back_button_pressed", () => press());
    return () => {
      stop();
      show(false);
    };
  }, [isShown]);
}

/** False in clients that have no such button (before 6.1): the page then needs one of its own. */
export function hasBackButton(): boolean {
  return canShow;
}

let canShow = false;

/** By a raw event; it throws where the client's version lacks the button. */
function show(is_visible: boolean): void {
  attempt(() => {
    postEvent("web_app_setup_back_button", { is_visible });
    canShow = true;
  });
}

/** Call once, before the first render. */
export function hideBackButton(): void {
  show(false);
}
