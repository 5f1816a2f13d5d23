import { hideBackButton, onBackButtonClick, showBackButton } from "@telegram-apps/sdk-react";
import { useEffect, useEffectEvent } from "react";

/** Shows Telegram's back button while `onPress` is given. */
export function useBackButton(onPress: (() => void) | null): void {
  const press = useEffectEvent(() => onPress?.());
  const isShown = onPress !== null;
  useEffect(() => {
    if (!isShown) return undefined;
    showBackButton.ifAvailable();
    const [isListening, stop] = onBackButtonClick.ifAvailable(() => press());
    return () => {
      if (isListening) stop();
      hideBackButton.ifAvailable();
    };
  }, [isShown]);
}

/** False in clients that have no such button: the page then needs one of its own. */
export function hasBackButton(): boolean {
  return showBackButton.isAvailable();
}
