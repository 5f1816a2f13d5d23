import { onMainButtonClick, setMainButtonParams } from "@telegram-apps/sdk-react";
import { useEffect, useEffectEvent } from "react";

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
    setMainButtonParams.ifAvailable(
      isShown
        ? { text, isEnabled: isEnabled && !isBusy, isLoaderVisible: isBusy, isVisible: true }
        : { isVisible: false },
    );
  }, [isShown, text, isEnabled, isBusy]);
  useEffect(() => {
    if (!isShown) return undefined;
    const [isListening, stop] = onMainButtonClick.ifAvailable(() => press());
    return () => {
      if (isListening) stop();
      setMainButtonParams.ifAvailable({ isVisible: false, isLoaderVisible: false });
    };
  }, [isShown]);
}

const HIDDEN = { text: "", isEnabled: false, isBusy: false };
